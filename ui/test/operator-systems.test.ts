/** Operators' systems, as far as a browser can say it is on one. Only Linux is real here: docs/platforms.md. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { seeAdministration, typePassword } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

interface System {
  readonly name: string;
  /** What navigator.platform says. */
  readonly platform: string;
  /** Within the user agent. */
  readonly agent: string;
  readonly palette: "Control+K" | "Meta+K";
}
const systems: readonly System[] = [
  { name: "Windows", platform: "Win32", agent: "Windows NT 10.0; Win64; x64", palette: "Control+K" },
  { name: "macOS", platform: "MacIntel", agent: "Macintosh; Intel Mac OS X 10_15_7", palette: "Meta+K" },
  { name: "Linux", platform: "Linux x86_64", agent: "X11; Linux x86_64", palette: "Control+K" },
];
const chromeOs: System = {
  ...{ name: "Chrome OS", platform: "Linux x86_64", palette: "Control+K" },
  agent: "X11; CrOS x86_64 14541.0.0",
};

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** From now on the page's browser says that it runs there, in each way a page or a server can ask. */
async function pretend(page: Page, { name, platform, agent }: System): Promise<void> {
  const major = browser.version().split(".")[0] ?? "";
  const brands = [{ brand: "Chromium", version: major }];
  const metadata = { brands, platform: name, platformVersion: "", architecture: "x86", model: "", mobile: false };
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setUserAgentOverride", {
    userAgent: `Mozilla/5.0 (${agent}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`,
    platform,
    userAgentMetadata: metadata,
  });
}

for (const system of systems)
  test(`LOGIN-02 the console takes an operator whose browser says it is on ${system.name}, and its shortcuts work`, async () => {
    await using person = await Person.open(browser);
    await pretend(person.page, system);
    await person.signInToConsole(site);
    expect(await person.page.evaluate(() => navigator.userAgent)).toContain(system.agent);
    await person.page.keyboard.press(system.palette);
    await person.page.getByRole("dialog").waitFor();
    await person.page.keyboard.press("Escape");
    expect(person.mishaps).toEqual([]);
  });

test("LOGIN-20 an operator on Chrome OS uses the web console, and is offered no other to download", async () => {
  await using person = await Person.open(browser);
  const { page } = person;
  await pretend(page, chromeOs);
  await person.signInToConsole(site);
  const offered = async (): Promise<string[]> => {
    const ways = page.getByRole("link").or(page.getByRole("button")).or(page.getByRole("menuitem"));
    const words = (await ways.allInnerTexts()).filter((text) => /download|desktop/iu.test(text));
    return [...words, ...(await page.locator("a[download]").allInnerTexts())];
  };
  const openMenu = async (): Promise<void> => {
    await page.getByRole("button", { name: /Open (user|your) menu/u }).click();
    await page.getByRole("menuitem").first().waitFor();
  };
  await openMenu();
  expect(await offered()).toEqual([]);
  await page.goto(`${site.address}/login/account`);
  await typePassword(page);
  await seeAdministration(page);
  await openMenu();
  expect(await offered()).toEqual([]);
  expect(person.mishaps).toEqual([]);
});
