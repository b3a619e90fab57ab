/**
 * Every page and dialog as somebody meets it who sees nothing or has no mouse: Chromium's accessibility tree, axe-core's
 * rules, and the Tab key. The pages are those of the tour, with what a site in use holds.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { settleNorthmoor } from "../tour/northmoor.ts";
import type { Stop } from "../tour/stops.ts";
import { accessibilityFindings } from "./accessibility.ts";
import { seeAdministration, typePassword } from "./administration.ts";
import { startBrowser } from "./browser.ts";
import { ADMIN, Site } from "./site.ts";
import { unnamedControls } from "./unnamed-controls.ts";

const SETTLE_MS = 400;
const PATIENCE_MS = 8000;
/** So often Tab is pressed on a page. */
const TAB_PRESSES = 40;

/** A site in use, and a browser signed in to all three of its interfaces. */
export class AccessibilityWalk implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #site: Site;
  readonly #browser: Browser;
  readonly #signedIn: BrowserContext;

  private constructor(stack: AsyncDisposableStack, site: Site, browser: Browser, signedIn: BrowserContext) {
    this.#stack = stack;
    this.#site = site;
    this.#browser = browser;
    this.#signedIn = signedIn;
  }

  static async start(): Promise<AccessibilityWalk> {
    await using stack = new AsyncDisposableStack();
    const [site, browser] = await Promise.all([Site.start(), startBrowser()]);
    stack.use(site);
    stack.defer(() => browser.close());
    const words = ["appliance-administrator", "--username", ADMIN.username, "--password-stdin"];
    await site.command(words, `${ADMIN.password}\n`);
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 } });
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
    return new AccessibilityWalk(stack.move(), site, browser, context);
  }

  /** A page of somebody who is signed in. */
  async signedInPage(): Promise<Page> {
    return await this.#signedIn.newPage();
  }

  /** A page of somebody who is not. */
  async anonymousPage(): Promise<Page> {
    const context = await this.#browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(PATIENCE_MS);
    return await context.newPage();
  }

  /** What is wrong at these stops, a line each. */
  async findings(page: Page, stops: readonly Stop[]): Promise<string[]> {
    const found: string[] = [];
    for (const stop of stops) found.push(...(await look(page, stop, this.#site.address)));
    return [...new Set(found)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Goes there and does what the stop says; what is wrong, a line each. */
async function look(page: Page, stop: Stop, address: string): Promise<string[]> {
  await page.goto("about:blank");
  await page.goto(address + stop.path);
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
