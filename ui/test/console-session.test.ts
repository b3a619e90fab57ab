import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { Person } from "./harness/pages.ts";
import { ADMIN, Site } from "./harness/site.ts";

/** "Start sessions only", which every site has. */
const START_ROLE = "AAAAAAAAAAAAAAAAAAAAAQ";
const TOMASZ = { username: "tomasz", displayName: "Tomasz Wilk", password: "a long way over water" } as const;

let site: Site;
let browser: Browser;
let computer: Computer;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
  await using admin = await Person.open(browser);
  const settings = { "console.use": true, "session.join": true, "session.end": true, systemJumpItemRole: START_ROLE };
  await askAsAdmin(admin.page, "POST", "/api/login/users", { ...TOMASZ, settings });
}, 90_000);
afterAll(async () => {
  await computer?.[Symbol.asyncDispose]();
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** Asks the API of /login as the administrator, from a page of the site. */
async function askAsAdmin(page: Page, method: string, path: string, body: object): Promise<void> {
  await page.goto(`${site.address}/login`);
  const status = await page.evaluate(
    async ({ admin, asked }) => {
      const ask = (verb: string, address: string, content: object): Promise<Response> =>
        fetch(address, {
          method: verb,
          headers: { "content-type": "application/json" },
          body: JSON.stringify(content),
        });
      await ask("POST", "/api/login/sign-in", admin);
      return (await ask(asked.method, asked.path, asked.body)).status;
    },
    { admin: ADMIN, asked: { method, path, body } },
  );
  expect(status).toBe(200);
}

/** Signs in and presses the Jump button of the one row. */
async function jump(person: Person, credentials: { username: string; password: string } = ADMIN): Promise<void> {
  await person.signInToConsole(site, credentials);
  const row = person.page.locator("[role=grid] tbody tr[id]").first();
  await row.getByText(/Online|In session/).waitFor();
  await row.hover();
  await row.getByRole("button", { name: /^Jump to/ }).click();
  await person.page.getByRole("region", { name: "Session" }).waitFor();
  await person.page.locator(".stabs [aria-selected=true] .stones[data-s=live]").waitFor();
}

async function endSession({ page }: Person): Promise<void> {
  await page.getByRole("button", { name: "End", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "End session" }).click();
  await page.locator("[role=grid]").first().waitFor();
}

const log = (page: Page): Promise<string[]> => page.getByRole("log").locator(".sysmsg > span").allTextContents();

test("JUMP-10 the Jump button of a row starts a session with its own tab, tools and log", async () => {
  await using person = await Person.open(browser);
  const { page } = person;
  await page.emulateMedia({ reducedMotion: "reduce" });
  await jump(person);
  expect(await page.getByRole("tab", { name: "System Info" }).count()).toBe(1);
  await page.getByText("owner", { exact: false }).first().waitFor();
  await eventually("the log's first line", async () => (await log(page)).length > 0);
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.keyboard.press("Alt+1");
  await page.getByText("In session").first().waitFor();
  await page.keyboard.press("Alt+2");
  await page.reload();
  await page.getByRole("region", { name: "Session" }).waitFor();
  await endSession(person);
  expect(person.mishaps).toEqual([]);
});

test("a row and its details tell how busy the computer is and was", async () => {
  await using person = await Person.open(browser);
  const { page } = person;
  await person.signInToConsole(site);
  const lately = { name: /^CPU \d+% now, \d+% in the busiest of the last 24 hours$/u };
  const row = page.locator("[role=grid] tbody tr[id]").first();
  await row.getByRole("img", lately).waitFor();
  const details = page.getByRole("complementary", { name: "Details" });
  await details.getByRole("img", lately).waitFor();
  await details.getByRole("progressbar", { name: /^Disk / }).waitFor();
  expect(await details.getByRole("progressbar", { name: /^Disk / }).count()).toBe(1);
  expect(person.mishaps).toEqual([]);
});

test("on a phone who is here lies over the tools while it is asked for, and is beside them where there is room", async () => {
  await using person = await Person.open(browser);
  const { page } = person;
  await jump(person);
  const pane = page.getByRole("complementary", { name: "Who is here and what happened" });
  await pane.waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await pane.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Show who is here" }).click();
  await pane.getByRole("list", { name: "Participants" }).waitFor();
  const box = await pane.boundingBox();
  expect((box?.x ?? 999) + (box?.width ?? 999)).toBeLessThanOrEqual(390);
  await page.keyboard.press("Alt+c");
  await pane.waitFor({ state: "detached" });
  await page.setViewportSize({ width: 1280, height: 800 });
  await pane.waitFor();
  await endSession(person);
  expect(person.mishaps).toEqual([]);
});

test("JUMP-34 somebody else Jumps into the running session; the owner is told and goes on", async () => {
  await using owner = await Person.open(browser);
  await using guest = await Person.open(browser);
  await jump(owner);
  await jump(guest, TOMASZ);
  await owner.page.getByText(`${TOMASZ.displayName} joined`, { exact: false }).first().waitFor();
  const people = owner.page.getByRole("list", { name: "Participants" }).getByRole("listitem");
  await eventually("both to be listed", async () => (await people.count()) === 2);
  expect(await people.nth(1).textContent()).toContain(TOMASZ.displayName);
  await eventually("a line of it", async () =>
    (await log(owner.page)).some((line) => line.includes(TOMASZ.displayName)),
  );
  await guest.page.getByRole("button", { name: "Leave" }).click();
  await eventually("the guest to be gone", async () => (await people.count()) === 1);
  await endSession(owner);
  expect([...owner.mishaps, ...guest.mishaps]).toEqual([]);
});

test("a session that somebody ends says to the others who ended it and leads them home", async () => {
  await using owner = await Person.open(browser);
  await using guest = await Person.open(browser);
  await jump(owner);
  await jump(guest, TOMASZ);
  await endSession(owner);
  await guest.page.getByRole("heading", { name: "The session has ended" }).waitFor();
  expect(await accessibilityFindings(guest.page)).toEqual([]);
  await guest.page.getByRole("button", { name: "Back to Home" }).click();
  await guest.page.locator("[role=grid]").first().waitFor();
  await eventually("its tab to be gone", async () => (await guest.page.locator(".stabs a").count()) === 1);
  expect([...owner.mishaps, ...guest.mishaps]).toEqual([]);
});

test("a computer whose connection drops is waited for, and the session goes on", async () => {
  await using person = await Person.open(browser);
  const { page } = person;
  await jump(person);
  const banner = page.locator(".banner", { hasText: "does not answer." });
  site.agentNetwork.cut();
  try {
    await banner.waitFor();
  } finally {
    site.agentNetwork.restore();
  }
  await banner.waitFor({ state: "detached" });
  await page.locator(".stabs [aria-selected=true] .stones[data-s=live]").waitFor();
  await endSession(person);
  expect(person.mishaps).toEqual([]);
});

test("a server that is killed and comes back finds its sessions running", async () => {
  await using person = await Person.open(browser);
  const { page } = person;
  await jump(person);
  await site.killAndRestart();
  await page.getByText(/^The connection to the server is lost\.$/).waitFor();
  await page.locator(".stabs [aria-selected=true] .stones[data-s=live]").waitFor();
  await endSession(person);
  expect(person.mishaps).toEqual([]);
});

test("turning the web console off ends running consoles at once and says how to turn it on", async () => {
  await using person = await Person.open(browser);
  await using admin = await Person.open(browser);
  await person.signInToConsole(site);
  await person.page.locator(".topbar .avatar[data-p=on]").waitFor();
  await askAsAdmin(admin.page, "PATCH", "/api/login/settings", { isConsoleEnabled: false });
  try {
    await person.page.getByRole("heading", { name: "The web console is off" }).waitFor();
    expect(await accessibilityFindings(person.page)).toEqual([]);
  } finally {
    await askAsAdmin(admin.page, "PATCH", "/api/login/settings", { isConsoleEnabled: true });
  }
  await person.page.getByRole("button", { name: "Try again" }).click();
  await person.page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  expect(person.mishaps).toEqual([]);
});
