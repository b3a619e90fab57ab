/** A page that nobody touches asks the server now and then, not again and again. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { Program } from "../../tools/desktop/program.ts";
import { openVisitor, signedInAt, typePassword } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 120_000;
/** Longer than any pause after typing, shorter than any timer but that of a deployment. */
const LOOK_MS = 1500;
/** Of one address while a page opens and for a while after. */
const MOST = 2;

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** The addresses a page asked more often than it should. */
async function askedTooOften(page: Page, path: string): Promise<readonly string[]> {
  const asked = new Map<string, number>();
  const count = (request: { url(): string }): void => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
  };
  page.on("request", count);
  await page.goto(site.address + path);
  await Bun.sleep(LOOK_MS);
  page.off("request", count);
  return [...asked]
    .filter(([, times]) => times > MOST)
    .map(([address, times]) => `${path}: ${address}, ${times} times`);
}

/** The pages that stand in a navigation of the page. */
const pagesIn = (page: Page, navigation: string): Promise<(string | null)[]> =>
  page
    .getByRole("navigation", { name: navigation })
    .getByRole("link")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href")));

test(
  "no page of administration and no console asks again and again",
  async () => {
    await using person = await signedInAt(browser, `${site.address}/login`);
    const pages = (await pagesIn(person.page, "Administration")).filter((path) => path?.startsWith("/login") === true);
    expect(pages.length).toBeGreaterThan(15);
    const found: string[] = [];
    for (const path of pages) found.push(...(await askedTooOften(person.page, path!)));
    await person.signInToConsole(site);
    found.push(...(await askedTooOften(person.page, "/console")));
    expect(found).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "no page of the appliance asks again and again",
  async () => {
    const options = ["--data", site.folder, "--username", ADMIN.username, "--password-stdin"];
    const made = new Program(["dist/causeway", "appliance-administrator", ...options], {
      input: `${ADMIN.password}\n`,
    });
    expect(await made.exited).toBe(0);
    await using person = await openVisitor(browser);
    await person.page.goto(`${site.address}/appliance`);
    await typePassword(person.page);
    await person.page.getByRole("navigation", { name: "Appliance" }).waitFor();
    const pages = await pagesIn(person.page, "Appliance");
    expect(pages.length).toBeGreaterThan(6);
    const found: string[] = [];
    for (const path of pages) found.push(...(await askedTooOften(person.page, path!)));
    expect(found).toEqual([]);
  },
  LONG_TEST_MS,
);
