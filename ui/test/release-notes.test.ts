/** What is new, as administrators read it from Management › Status. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { dialogOf, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
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

test.each([
  ["light", 1440, 900],
  ["dark", 390, 844],
] as const)(
  "B2 Status opens what is new in the release that runs, by keys alone, %s at %d by %d",
  async (colorScheme, width, height) => {
    await using person = await signedInAt(browser, `${site.address}/login`);
    const { page } = person;
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height });
    const opener = page.getByRole("button", { name: "What is new" });
    await opener.focus();
    await page.keyboard.press("Enter");
    const dialog = dialogOf(page);
    const [line = ""] = /(?<=^- ).+/mu.exec(await Bun.file("CHANGELOG.md").text()) ?? [];
    const note = dialog.getByText(line.replaceAll("`", ""));
    await note.waitFor();
    expect(await note.getAttribute("lang")).toBe("en");
    const { version } = (await Bun.file("package.json").json()) as { version: string };
    expect(await dialog.getByRole("region", { name: version }).innerText()).toContain("Runs now");

    const list = dialog.getByRole("group", { name: "Releases, the newest first" });
    expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);
    const top = await note.boundingBox();
    await page.keyboard.press("PageDown");
    await page.waitForFunction(
      ({ before, text }) => {
        const item = [...document.querySelectorAll("dialog li span")].find((each) => each.textContent === text);
        return item !== undefined && item.getBoundingClientRect().y < before;
      },
      { before: top!.y, text: await note.innerText() },
    );
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);

    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
