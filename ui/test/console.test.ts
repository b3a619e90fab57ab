import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Locator, Page, WebSocket } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { askAs } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { eventually } from "./harness/eventually.ts";
import { addManyJumpItems, MANY_GROUPS, MANY_TAGS, MANY_TOTAL, nameOf } from "./harness/many-jump-items.ts";
import { Person } from "./harness/pages.ts";
import { ADMIN, Site } from "./harness/site.ts";

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  addManyJumpItems(site);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** A row of the compact table. */
const ROW_PX = 32;

const rowsOf = (page: Page): Locator => page.locator("[role=grid] tbody tr[id]");
const names = (page: Page): Promise<string[]> => rowsOf(page).locator("td:nth-child(3) .mono").allTextContents();
const total = async (page: Page): Promise<number> =>
  Number(await page.locator("[role=grid]").getAttribute("aria-rowcount")) - 1;

async function atHome(): Promise<Person> {
  const person = await Person.open(browser);
  await person.signInToConsole(site);
  await rowsOf(person.page).first().waitFor();
  return person;
}

async function search(page: Page, text: string): Promise<void> {
  await page.getByLabel("Search Jump Items").fill(text);
}

async function chooseGroup(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Jump Groups" }).getByRole("button", { name }).click();
}

test("LOGIN-27 logging out says so, closes the socket and ends the sign-in", async () => {
  await using person = await Person.open(browser);
  const sockets: WebSocket[] = [];
  person.page.on("websocket", (socket) => sockets.push(socket));
  await person.signInToConsole(site);
  await eventually("the console's socket", () => sockets.length === 1);
  await person.page.getByRole("button", { name: /Open user menu/ }).click();
  await person.page.getByRole("menuitem", { name: "Log out" }).click();
  await person.page.getByText("You are logged out of the console.").waitFor();
  await eventually("the socket to close", () => sockets[0]?.isClosed());
  const status = await person.page.evaluate(async () => (await fetch("/api/console/account")).status);
  expect(status).toBe(401);
  expect(person.mishaps).toEqual([]);
});

test("PREF-02 PREF-03 the theme is light, dark or the system's, which is named and followed", async () => {
  await using person = await atHome();
  const { page } = person;
  const shown = (): Promise<string | null> => page.locator("html").getAttribute("data-theme");
  const choose = async (name: RegExp): Promise<void> => {
    await page.getByRole("button", { name: /Open user menu/ }).click();
    await page.getByRole("menuitemcheckbox", { name }).click();
  };
  await choose(/^Dark$/);
  expect(await shown()).toBe("dark");
  await choose(/^Light$/);
  expect(await shown()).toBe("light");
  await choose(/^System/);
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await eventually(`the page to be ${scheme}`, async () => (await shown()) === scheme);
    await page.getByRole("button", { name: /Open user menu/ }).click();
    const label = await page.getByRole("menuitemcheckbox", { name: /^System/ }).textContent();
    expect(label?.toLowerCase()).toContain(scheme);
    await page.keyboard.press("Escape");
  }
  expect(person.mishaps).toEqual([]);
});

test("JUMP-12 every one of 25,000 Jump Items can be reached by scrolling and by searching", async () => {
  await using person = await atHome();
  const { page } = person;
  expect(await total(page)).toBe(MANY_TOTAL);
  await page.locator("[role=grid]").press("End");
  await eventually("the last row", async () => (await names(page)).includes(nameOf(24_999)));
  const scroller = page.locator(".scroller");
  for (const part of [0.137, 0.5, 0.941]) {
    const place = await scroller.evaluate((node, at) => (node.scrollTop = Math.floor(node.scrollHeight * at)), part);
    const expected = nameOf(Math.floor(place / ROW_PX));
    await eventually(`row ${expected}`, async () => (await names(page)).includes(expected));
    expect(await page.locator("[role=grid] tbody tr").count()).toBeLessThan(120);
  }
  await search(page, "NMC-19999");
  await eventually("the one found", async () => (await total(page)) === 1);
  expect(await names(page)).toEqual([nameOf(19_999)]);
  expect(person.mishaps).toEqual([]);
});

test("JUMP-05 Jump Items stand under their Jump Groups and tags", async () => {
  await using person = await atHome();
  const { page } = person;
  for (const [name, count] of MANY_GROUPS) {
    await chooseGroup(page, name);
    await eventually(`${count} in ${name}`, async () => (await total(page)) === count);
    await page.getByRole("heading", { level: 1, name }).waitFor();
  }
  await chooseGroup(page, MANY_TAGS[0]);
  await eventually("those with the tag", async () => (await total(page)) === 6000);
  expect(new Set(await page.locator("tbody .tag").allTextContents())).toEqual(new Set([MANY_TAGS[0]]));
  expect(person.mishaps).toEqual([]);
});

test("JUMP-16 the list shows name, host name, jump method, group, status and last access, and sorts by them", async () => {
  await using person = await atHome();
  const { page } = person;
  for (const column of ["Host name", "Jump method", "Jump Group"]) {
    await page.getByRole("button", { name: "Choose columns" }).click();
    await page.getByRole("menuitemcheckbox", { name: column }).click();
  }
  await page.keyboard.press("]");
  const heads = await page.locator("[role=grid] thead th").allTextContents();
  for (const column of ["Status", "Name", "Host name", "Jump method", "Jump Group", "Last accessed"])
    expect(heads.map((head) => head.trim())).toContain(column);
  await page.getByRole("button", { name: "Last accessed" }).click();
  await eventually("the one accessed last", async () => (await names(page))[0] === nameOf(24_999));
  await page.getByRole("button", { name: "Name", exact: true }).click();
  await eventually("the first by name", async () => (await names(page))[0] === nameOf(0));
  await page.getByRole("button", { name: "Name", exact: true }).click();
  await eventually("the last by name", async () => (await names(page))[0] === nameOf(24_999));
  await page.getByRole("button", { name: "Status" }).click();
  await eventually("online first", async () => (await rowsOf(page).first().textContent())?.includes("Online"));
  expect(person.mishaps).toEqual([]);
});

test("JUMP-28 comments are searched, shown and sorted by", async () => {
  await using person = await atHome();
  const { page } = person;
  await page.getByRole("button", { name: "Choose columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Comments" }).click();
  await page.keyboard.press("]");
  await search(page, "printer usb");
  await eventually("the one with the comment", async () => (await total(page)) === 1);
  expect(await names(page)).toEqual([nameOf(17_042)]);
  await search(page, "");
  await page.getByRole("button", { name: "Comments" }).click();
  await eventually("the first by comment", async () => (await names(page))[0] === nameOf(17_042));
  expect(person.mishaps).toEqual([]);
});

test("a search that finds nothing offers the nearest spelling", async () => {
  await using person = await atHome();
  const { page } = person;
  await search(page, "slef-checkout");
  await page.getByText("Did you mean").waitFor();
  await page.getByRole("button", { name: "self-checkout" }).click();
  await eventually("what was meant is found", async () => (await total(page)) === Math.floor(MANY_TOTAL / 3));
  expect(await page.getByLabel("Search Jump Items").inputValue()).toBe("self-checkout");
});

test("a list that shows nothing says what hides its rows, and shows them again", async () => {
  await using person = await atHome();
  const { page } = person;
  await search(page, "nowhere");
  await page.getByText("The search “nowhere” hides 25,000 Jump Items.").waitFor();
  await page.getByRole("button", { name: "Show them" }).click();
  await eventually("all rows", async () => (await total(page)) === MANY_TOTAL);
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Offline" }).click();
  await eventually("the offline rows", async () => (await total(page)) === MANY_TOTAL / 5);
  await page.getByRole("button", { name: "Remove filter Status" }).click();
  await eventually("all rows again", async () => (await total(page)) === MANY_TOTAL);
  expect(person.mishaps).toEqual([]);
});

test("the keyboard moves, selects, copies the host name, finds the search and folds the panels", async () => {
  await using person = await atHome();
  const { page } = person;
  const grid = page.locator("[role=grid]");
  await grid.focus();
  await grid.press("Home");
  for (let step = 0; step < 3; step++) await grid.press("ArrowDown");
  await page.getByRole("heading", { name: nameOf(3) }).waitFor();
  await page.keyboard.press("c");
  await eventually("the host name", async () => {
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    return copied === nameOf(3).toLowerCase();
  });
  await grid.press("Space");
  await grid.press("ArrowDown");
  await grid.press("Space");
  await page.getByText("2 selected").waitFor();
  await grid.press("Escape");
  await page.getByText("2 selected").waitFor({ state: "detached" });
  await page.keyboard.press("[");
  await page.getByRole("navigation", { name: "Jump Groups" }).waitFor({ state: "detached" });
  await page.keyboard.press("]");
  await page.getByRole("complementary", { name: "Details" }).waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.keyboard.type("00007");
  await eventually("what was typed in the search", async () => (await names(page))[0] === nameOf(7));
  await page.reload();
  await rowsOf(page).first().waitFor();
  expect(await page.getByRole("navigation", { name: "Jump Groups" }).count()).toBe(0);
  expect(person.mishaps).toEqual([]);
});

test("the palette finds Jump Items and runs commands by typing", async () => {
  await using person = await atHome();
  const { page } = person;
  await page.keyboard.press("Control+k");
  await page.keyboard.type("label printer");
  await page.getByRole("option", { name: nameOf(17_042) }).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.getByRole("combobox").fill("> theme dark");
  await page.getByRole("option", { name: /Dark/ }).waitFor();
  await page.keyboard.press("Enter");
  await eventually("the dark theme", async () => (await page.locator("html").getAttribute("data-theme")) === "dark");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("> theme light");
  await page.keyboard.press("Enter");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(person.mishaps).toEqual([]);
});

test("what is known of a Jump Item is asked for once a move, and a row whose details do not come shows no other's", async () => {
  await using person = await atHome();
  const { page } = person;
  const asked: string[] = [];
  page.on("request", (request) => {
    const id = /\/api\/console\/jump-items\/([\w-]{22})$/u.exec(new URL(request.url()).pathname)?.[1];
    if (id !== undefined) asked.push(id);
  });
  await rowsOf(page).nth(3).click();
  await page.getByRole("heading", { name: nameOf(3), exact: true }).waitFor();
  // Long enough for a loop of questions to show.
  await Bun.sleep(1500);
  expect(asked).toHaveLength(1);
  await page.route("**/api/console/jump-items/*", (route) => route.abort());
  await rowsOf(page).nth(4).click();
  await page.getByText("The details did not load").waitFor();
  expect(await page.getByRole("heading", { name: nameOf(3), exact: true }).count()).toBe(0);
  await page.unroute("**/api/console/jump-items/*");
  await page.getByRole("complementary", { name: "Details" }).getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: nameOf(4), exact: true }).waitFor();
});

test("on a slow line the list comes although something changes all the time", async () => {
  await using person = await atHome();
  const { page } = person;
  const isList = (url: string): boolean => new URL(url).pathname === "/api/console/jump-items";
  const { rows } = await askAs<{ rows: { id: string }[] }>(page, "GET", "/api/console/jump-items?limit=1&sort=name");
  let answers = 0;
  page.on("requestfinished", (request) => {
    if (isList(request.url()) && request.method() === "GET") answers += 1;
  });
  await page.route("**/api/console/jump-items?*", async (route) => {
    // Longer than the second after which the next change is told.
    await Bun.sleep(1600);
    await route.continue().catch(() => undefined);
  });
  for (let round = 0; round < 16; round += 1) {
    const changes = { comments: `round ${round}` };
    await askAs(page, "PATCH", "/api/console/jump-items", { ids: [rows[0]!.id], changes });
    await Bun.sleep(400);
  }
  await eventually("the last change in the list", async () =>
    (await rowsOf(page).first().textContent())?.includes("round 15"),
  );
  expect(answers).toBeGreaterThan(2);
});

test("removing several asks for their number, removes them and leaves the rest where they were", async () => {
  await using person = await atHome();
  const { page } = person;
  const before = await total(page);
  await search(page, "NMC-0100");
  await eventually("ten rows", async () => (await total(page)) === 10);
  await rowsOf(page).nth(1).getByRole("checkbox").click();
  await rowsOf(page).nth(4).getByRole("checkbox").click();
  const bar = page.getByRole("toolbar", { name: "Selected Jump Items" });
  await bar.getByRole("button", { name: "Properties" }).focus();
  await page.keyboard.press("Escape");
  await bar.waitFor({ state: "detached" });
  await page.getByRole("complementary", { name: "Details" }).waitFor();
  await rowsOf(page).nth(1).getByRole("checkbox").click();
  await rowsOf(page).nth(4).getByRole("checkbox").click();
  await bar.getByRole("button", { name: "Remove" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Remove 2 Jump Clients?" });
  const button = dialog.getByRole("button", { name: "Remove 2 Jump Clients" });
  expect(await button.isDisabled()).toBe(true);
  expect(await accessibilityFindings(page)).toEqual([]);
  await dialog.getByLabel("Type 2 to confirm").fill("2");
  await button.click();
  await eventually("eight rows", async () => (await total(page)) === 8);
  expect(await names(page)).not.toContain(nameOf(1001));
  await search(page, "");
  await eventually("two fewer", async () => (await total(page)) === before - 2);
  expect(person.mishaps).toEqual([]);
});

test("a lost connection is told with its attempts and comes back by itself", async () => {
  await using person = await atHome();
  const { page } = person;
  const banner = page.getByText(/^The connection to the server is lost\.$/);
  await page.locator(".topbar .avatar[data-p=on]").waitFor();
  site.browserNetwork.cut();
  try {
    await banner.waitFor();
    await page.getByText(/^Attempt [2-9]/).waitFor();
  } finally {
    site.browserNetwork.restore();
  }
  await banner.waitFor({ state: "detached" });
  await page.locator(".topbar .avatar[data-p=on]").waitFor();
  expect(person.mishaps).toEqual([]);
});

test("the home and the sign-in page have no accessibility findings in either theme", async () => {
  await using person = await Person.open(browser);
  const { page } = person;
  // Colours on their way from one theme to the other are neither.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(`${site.address}/console`);
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await person.signInToConsole(site, ADMIN);
  await rowsOf(page).first().waitFor();
  await page.getByRole("heading", { name: nameOf(0) }).waitFor();
  for (const theme of ["light", "dark"]) {
    await page.evaluate((name) => (document.documentElement.dataset["theme"] = name), theme);
    expect(await accessibilityFindings(page)).toEqual([]);
  }
  expect(person.mishaps).toEqual([]);
});
