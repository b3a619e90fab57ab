import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { startBrowser } from "./harness/browser.ts";
import { Person } from "./harness/pages.ts";
import { ADMIN, Site } from "./harness/site.ts";

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

test("LOGIN-06 LOGIN-07 the console asks who one is, refuses a wrong password and lets the right one in", async () => {
  await using person = await Person.open(browser);
  await person.page.goto(`${site.address}/console`);
  await person.page.getByLabel("User name").fill(ADMIN.username);
  await person.page.getByLabel("Password", { exact: true }).fill("not it at all");
  await person.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await person.page.getByRole("alert").first().waitFor();
  await person.signInToConsole(site);
  expect(person.mishaps).toEqual([]);
});

test("LOGIN-03 a browser that is too old for the pages says so in place of a page", async () => {
  for (const path of ["/login", "/console"]) {
    await using person = await Person.open(browser);
    const { page } = person;
    await page.addInitScript(() => Reflect.deleteProperty(Promise, "withResolvers"));
    await page.goto(site.address + path);
    await page.getByText("This page needs a current browser").waitFor();
    expect(await page.getByRole("heading").count()).toBe(0);

    // One that cannot read the scripts at all: the notice comes without them, after a while.
    await using older = await Person.open(browser);
    await older.page.route("**/*.js", (route) => route.abort());
    await older.page.goto(site.address + path);
    const notice = older.page.getByText("This page needs a current browser");
    expect(await notice.isVisible()).toBe(false);
    await older.page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    await notice.waitFor();
    expect([...person.mishaps, ...older.mishaps]).toEqual([]);
  }
});
