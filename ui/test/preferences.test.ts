import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { dialogOf, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const PATIENCE_MS = 10_000;

let site: Site;
let browser: Browser;
let computer: Computer;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
  writeFileSync(join(computer.home, "rota.txt"), "Monday");
}, 90_000);
afterAll(async () => {
  await computer?.[Symbol.asyncDispose]();
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

async function atConsole(): Promise<Person> {
  const person = await Person.open(browser);
  person.page.context().setDefaultTimeout(PATIENCE_MS);
  await person.signInToConsole(site);
  return person;
}

async function openPreferences(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Open user menu/u }).click();
  await page.getByRole("menuitem", { name: "Preferences" }).click();
  await dialogOf(page).waitFor();
}

async function closePreferences(page: Page): Promise<void> {
  await dialogOf(page).getByRole("button", { name: "Close" }).last().click();
  await dialogOf(page).waitFor({ state: "detached" });
}

/** Clicks, and waits until the server keeps what it changed. */
async function kept(page: Page, click: () => Promise<void>): Promise<void> {
  const answer = page.waitForResponse((response) => response.url().endsWith("/api/console/preferences"));
  await click();
  expect((await answer).status()).toBe(200);
}

const theme = (page: Page): Promise<string | null> => page.locator("html").getAttribute("data-theme");

test(
  "PREF-01 PREF-02 PREF-03 preferences lie over the console until they are closed, and System says what it is now",
  async () => {
    await using person = await atConsole();
    const { page } = person;
    await page.emulateMedia({ colorScheme: "light" });
    await openPreferences(page);
    const choice = dialogOf(page).getByRole("radiogroup", { name: "Theme" });
    await kept(page, () => choice.getByRole("radio", { name: "Dark" }).click());
    expect(await theme(page)).toBe("dark");
    await kept(page, () => choice.getByRole("radio", { name: "Light", exact: true }).click());
    expect(await theme(page)).toBe("light");
    await kept(page, () => choice.getByRole("radio", { name: /^System/u }).click());
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await eventually(`the page to be ${colorScheme}`, async () => (await theme(page)) === colorScheme);
      const label = await choice.getByRole("radio", { name: /^System/u }).textContent();
      expect(label?.toLowerCase()).toContain(colorScheme);
    }
    expect(await accessibilityFindings(page)).toEqual([]);
    await closePreferences(page);
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "PREF-09 preferences follow the person to another browser, and administration keeps its own",
  async () => {
    await using one = await atConsole();
    await one.page.emulateMedia({ colorScheme: "light" });
    await openPreferences(one.page);
    const choice = dialogOf(one.page).getByRole("radiogroup", { name: "Theme" });
    await kept(one.page, () => choice.getByRole("radio", { name: "Dark" }).click());
    await using other = await atConsole();
    await other.page.emulateMedia({ colorScheme: "light" });
    await eventually("the other browser's console to be dark", async () => (await theme(other.page)) === "dark");
    await using admin = await signedInAt(browser, `${site.address}/login`);
    await admin.page.emulateMedia({ colorScheme: "light" });
    await eventually("administration to be light", async () => (await theme(admin.page)) === "light");
    await kept(one.page, () => choice.getByRole("radio", { name: /^System/u }).click());
    expect([...one.mishaps, ...other.mishaps, ...admin.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "PREF-05 PREF-08 choosing a Jump Item puts the groups away, choosing a file the volumes, where one wants it so",
  async () => {
    await using person = await atConsole();
    const { page } = person;
    const row = page.locator("[role=grid] tbody tr[id]").first();
    const groups = page.getByRole("navigation", { name: "Jump Groups" });
    await row.getByText("Online").waitFor();
    await row.click();
    expect(await groups.isVisible()).toBe(true);
    await openPreferences(page);
    await kept(page, () => dialogOf(page).getByRole("switch", { name: "Put the Jump Groups away" }).click());
    await kept(page, () => dialogOf(page).getByRole("switch", { name: "Put the volumes away" }).click());
    await closePreferences(page);
    await row.click();
    await groups.waitFor({ state: "detached" });

    await row.hover();
    await row.getByRole("button", { name: /^Jump to/u }).click();
    await page.getByRole("tab", { name: "File Transfer" }).click();
    await page.getByRole("button", { name: "Start file transfer" }).click();
    const file = page.getByRole("grid", { name: "Files" }).getByTitle("rota.txt", { exact: true });
    await file.waitFor();
    expect(await page.getByRole("button", { name: "Show the volumes" }).count()).toBe(0);
    await file.click();
    await page.getByRole("button", { name: "Show the volumes" }).waitFor();
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
