import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Locator, Page } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { askAs, dialogOf, openVisitor, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { eventually } from "./harness/eventually.ts";
import type { Credentials, Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const PUT_AWAY = "causeway.announcements.put-away";
const BACKGROUND = "causeway-background";
const SAID = `At 18:00 the "east" wing <b>restarts</b> & 日本's line, too.\nSave your work  first.`;
const TOMASZ = { username: "twilk", displayName: "Tomasz Wilk", password: "a long way over water" } as const;
const GRACE = { username: "gmbeki", displayName: "Grace Mbeki", password: "a long way over land" } as const;
const LENA = { username: "lkrause", displayName: "Lena Krause", password: "a long way through air" } as const;

let site: Site;
let browser: Browser;
/** In administration. */
let admin: Person;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  admin = await signedInAt(browser, `${site.address}/login`);
  for (const person of [TOMASZ, GRACE])
    await askAs(admin.page, "POST", "/api/login/users", { ...person, settings: { "console.use": true } });
  await askAs(admin.page, "POST", "/api/login/users", { ...LENA, settings: { "announcements.make": true } });
}, 90_000);
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

async function atConsole(credentials: Credentials): Promise<Person> {
  const person = await openVisitor(browser);
  await person.signInToConsole(site, credentials);
  return person;
}

const announcementsOf = (page: Page): Locator => page.getByRole("status", { name: "Announcements" });
const panelOf = (page: Page): Locator => page.getByRole("region", { name: "Announcements" });
/** What has the focus, by its label or its words. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>("(document.activeElement.ariaLabel ?? document.activeElement.innerText).trim()");
const whenAsked = (page: Page) => page.waitForResponse((response) => response.url().endsWith("/announcements"));

/** The page is looked at again, as when its tab comes to the front. */
async function lookAgain(page: Page): Promise<void> {
  const asked = whenAsked(page);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await asked;
}

async function say(page: Page, text: string, stands: string): Promise<void> {
  const dialog = dialogOf(page);
  await dialog.getByLabel("What you say").fill(text);
  await dialog.getByLabel("How long").selectOption({ label: stands });
  await dialog.getByRole("button", { name: "Tell everybody" }).click();
  await page.getByText("Everybody is told").waitFor();
}

test(
  "B2 NA5 what an administrator says stands over everybody's page as it was typed, until it is put away or taken back",
  async () => {
    await using tomasz = await atConsole(TOMASZ);
    await using grace = await signedInAt(browser, `${site.address}/login/account`, GRACE);
    const { page } = admin;
    await panelOf(page).getByRole("button", { name: "Tell everybody" }).click();
    const dialog = dialogOf(page);
    await dialog.getByText(/\d (person is|people are) signed in now/u).waitFor();
    await dialog.getByText("500 characters left.").waitFor();
    expect(await dialog.getByRole("button", { name: "Tell everybody" }).isDisabled()).toBe(true);
    expect(await accessibilityFindings(page)).toEqual([]);
    await say(page, SAID, "4 hours");

    const seen = announcementsOf(tomasz.page);
    await seen.getByText(/^From .*, until \d/u).waitFor();
    expect(await seen.locator(".said").evaluate((said) => said.textContent)).toBe(SAID);
    expect(await seen.locator("b").count()).toBe(0);
    expect(await accessibilityFindings(tomasz.page)).toEqual([]);
    await tomasz.page.setViewportSize({ width: 390, height: 844 });
    expect(await tomasz.page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    await tomasz.page.setViewportSize({ width: 1440, height: 900 });

    await lookAgain(grace.page);
    const putAway = announcementsOf(grace.page).getByRole("button", { name: "Put this announcement away" });
    await putAway.click();
    await putAway.waitFor({ state: "detached" });
    expect(await focused(grace.page)).toBe("Announcements");
    const asked = whenAsked(grace.page);
    await grace.page.reload();
    expect((await (await asked).json()).announcements).toHaveLength(1);
    await grace.page.getByRole("navigation", { name: "Administration" }).waitFor();
    expect(await announcementsOf(grace.page).getByRole("group").count()).toBe(0);

    await site.killAndRestart();
    await using late = await atConsole(GRACE);
    await announcementsOf(late.page).getByText("Save your work").waitFor();

    await panelOf(page).getByRole("button", { name: "Take back" }).click();
    await page.getByText("Announcement taken back").waitFor();
    await panelOf(page).getByText("Nothing is being said to everybody.").waitFor();
    await eventually("the focus stays in the panel", async () => (await focused(page)) === "Tell everybody");
    await announcementsOf(late.page).getByRole("group").waitFor({ state: "detached" });
    await seen.getByRole("group").waitFor({ state: "detached" });
    await lookAgain(grace.page);
    expect(await grace.page.evaluate((key) => localStorage.getItem(key), PUT_AWAY)).toBe("[]");
    for (const person of [admin, tomasz, grace, late]) expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "B2 whoever may announce and nothing else finds it at Status and in the palette, and others find neither",
  async () => {
    await using lena = await signedInAt(browser, `${site.address}/login`, LENA);
    await panelOf(lena.page).waitFor();
    expect(await lena.page.getByRole("region", { name: "Now" }).count()).toBe(0);
    await lena.page.keyboard.press("Control+K");
    await dialogOf(lena.page).getByRole("combobox").fill("tell every");
    await lena.page.keyboard.press("Enter");
    await say(lena.page, "Lunch is here", "15 minutes");
    await announcementsOf(lena.page).getByText("Lunch is here").waitFor();
    await panelOf(lena.page).getByText("From Lena Krause").waitFor();
    await panelOf(lena.page).getByRole("button", { name: "Take back" }).click();
    await announcementsOf(lena.page).getByRole("group").waitFor({ state: "detached" });
    await using grace = await signedInAt(browser, `${site.address}/login`, GRACE);
    await grace.page.getByRole("heading", { name: "My account" }).waitFor();
    await grace.page.keyboard.press("Control+K");
    await dialogOf(grace.page).getByRole("combobox").fill("tell every");
    await dialogOf(grace.page)
      .getByText(/Nothing/u)
      .first()
      .waitFor();
    expect([...lena.mishaps, ...grace.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "B2 a page that asks by itself does not count as somebody who is there: idle, it asks whether somebody is",
  async () => {
    await using person = await signedInAt(browser, `${site.address}/login/account`);
    const { page } = person;
    await page.clock.install();
    const asked: { path: string; background: string | null }[] = [];
    page.on("request", (request) => {
      const path = new URL(request.url()).pathname;
      if (path.startsWith("/api/")) asked.push({ path, background: request.headers()[BACKGROUND] ?? null });
    });
    const statusOf = () => asked.filter(({ path }) => path === "/api/login/status").map(({ background }) => background);
    await page.goto(`${site.address}/login`);
    await panelOf(page).waitFor();
    expect(statusOf()).toEqual([null]);
    await page.clock.runFor(31_000);
    await page.waitForLoadState("networkidle");
    expect(statusOf()).toEqual([null, "1", "1"]);
    expect(asked).toContainEqual({ path: "/api/login/announcements", background: "1" });
    await page.clock.fastForward(58.5 * 60_000);
    await page.clock.runFor(40_000);
    await dialogOf(page).getByText("Nothing happened for a while.").waitFor();
    asked.length = 0;
    await dialogOf(page).getByRole("button", { name: "Stay signed in" }).click();
    await dialogOf(page).waitFor({ state: "detached" });
    expect(asked).toContainEqual({ path: "/api/login/account", background: null });
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
