/**
 * Every page and dialog as somebody meets it who sees nothing or has no mouse: Chromium's accessibility tree, axe-core's
 * rules, and the Tab key. The pages are those of the tour, with what a site in use holds.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { seeAdministration, typePassword } from "./harness/administration.ts";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { startBrowser } from "./harness/browser.ts";
import { ADMIN, Site } from "./harness/site.ts";
import { unnamedControls } from "./harness/unnamed-controls.ts";
import { standInAppliance } from "./tour/appliance-answers.ts";
import { settleNorthmoor } from "./tour/northmoor.ts";
import { administrationStops, applianceStops, consoleStops, entryStops, type Stop } from "./tour/stops.ts";

setDefaultTimeout(400_000);
const SETTLE_MS = 400;
const PATIENCE_MS = 8000;
/** So often Tab is pressed on a page. */
const TAB_PRESSES = 40;

let stack: AsyncDisposableStack;
let site: Site;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  stack.use(site);
  stack.defer(() => browser.close());
  const words = ["appliance-administrator", "--username", ADMIN.username, "--password-stdin"];
  await site.command(words, `${ADMIN.password}\n`);
  context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(`${site.address}/login`);
  await typePassword(page);
  await seeAdministration(page);
  await settleNorthmoor(site, page);
  await page.goto(`${site.address}/appliance`);
  await typePassword(page);
  await page.getByRole("navigation", { name: "Appliance" }).waitFor();
  await page.goto(`${site.address}/console`);
  await typePassword(page);
  await page.getByRole("tab", { name: "Home" }).waitFor();
  await page.close();
}, 180_000);
afterAll(() => stack.disposeAsync(), 30_000);

/** Goes there and does what the stop says; what is wrong, a line each. */
async function look(page: Page, stop: Stop): Promise<string[]> {
  await page.goto("about:blank");
  await page.goto(site.address + stop.path);
  await page.waitForLoadState("networkidle", { timeout: 1500 }).catch(() => null);
  await stop.act?.(page);
  await Bun.sleep(SETTLE_MS);
  const isOpen = (await page.locator("dialog:modal, [role=menu]").count()) > 0;
  const found = [...(await unnamedControls(page)), ...(await accessibilityFindings(page))];
  if (!isOpen && stop.act === undefined) found.push(...(await trapsOf(page)));
  return found.map((line) => `${stop.name}: ${line}`);
}

/** Where the Tab key does not get on. */
async function trapsOf(page: Page): Promise<string[]> {
  await page.evaluate("document.activeElement?.blur?.()");
  const seen: string[] = [];
  for (let press = 0; press < TAB_PRESSES; press += 1) {
    await page.keyboard.press("Tab");
    seen.push(await page.evaluate<string>(WHERE));
    const at = seen.length - 1;
    if (at > 0 && seen[at] === seen[at - 1] && seen[at] !== "BODY") return [`Tab does not leave ${seen[at]!}`];
  }
  return [];
}
/** Where the keyboard is: the element with its place in the page. */
const WHERE = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return "BODY";
  const place = [...document.querySelectorAll("*")].indexOf(at);
  return at.tagName + " " + place + " " + (at.getAttribute("aria-label") ?? at.textContent ?? "").trim().slice(0, 40);
})()`;

async function lookAll(page: Page, stops: readonly Stop[]): Promise<string[]> {
  const found: string[] = [];
  for (const stop of stops) found.push(...(await look(page, stop)));
  return [...new Set(found)];
}

test("pages before signing in have a name for everything, and the Tab key gets on", async () => {
  await using anonymous = await browser.newContext({ ignoreHTTPSErrors: true });
  anonymous.setDefaultTimeout(PATIENCE_MS);
  expect(await lookAll(await anonymous.newPage(), entryStops)).toEqual([]);
});

test("administration's pages, panels and dialogs have a name for everything, and the Tab key gets on", async () => {
  expect(await lookAll(await context.newPage(), administrationStops)).toEqual([]);
});

test("the appliance's pages and dialogs have a name for everything, and the Tab key gets on", async () => {
  const page = await context.newPage();
  await standInAppliance(page);
  expect(await lookAll(page, applianceStops)).toEqual([]);
});

test("the console's lists, dialogs and menus have a name for everything", async () => {
  expect(await lookAll(await context.newPage(), consoleStops)).toEqual([]);
});
