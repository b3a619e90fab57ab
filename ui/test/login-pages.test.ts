/** Every page of administration, in both themes and on a phone: accessible, and nothing runs over the edge. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { eventually } from "./harness/eventually.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

const pages = [
  "/login",
  "/login/account",
  "/login/jump-clients",
  "/login/jump-clients#installers",
  "/login/jump-clients/new-installer",
  "/login/jump-groups",
  "/login/users",
  "/login/settings",
  "/login/certificate",
  "/login/audit-log",
  "/login/nowhere",
  "/",
];

test.each([
  ["light", 1440, 900],
  ["dark", 1440, 900],
  ["light", 390, 844],
] as const)(
  "every page is accessible and fits, %s at %d by %d",
  async (colorScheme, width, height) => {
    await using person = await signedInAt(browser, `${site.address}/login`);
    const { page } = person;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    for (const path of pages) {
      await page.goto("about:blank");
      await page.goto(site.address + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await eventually("the page to have loaded", async () => (await page.locator("[aria-busy=true]").count()) === 0);
      expect({ path, findings: await accessibilityFindings(page) }).toEqual({ path, findings: [] });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect({ path, overflow }).toEqual({ path, overflow: 0 });
    }
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
