/** The kit's pieces in Chromium, by keyboard and by pointer, in a page that is built for it alone. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { accessibilityFindings } from "../test/harness/accessibility.ts";
import { startBrowser } from "../test/harness/browser.ts";
import { Person } from "../test/harness/pages.ts";

const folder = mkdtempSync(join(tmpdir(), "causeway-gallery-"));
let server: Bun.Server<undefined>;
let browser: Browser;

beforeAll(async () => {
  const input = resolve(import.meta.dirname, "index.html");
  await build({ build: { outDir: folder, rolldownOptions: { input } } });
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const file = Bun.file(join(folder, new URL(request.url).pathname));
      return (await file.exists()) ? new Response(file) : new Response(null, { status: 404 });
    },
  });
  browser = await startBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

async function atGallery(): Promise<Person> {
  const person = await Person.open(browser);
  await person.page.goto(`${server.url.href}gallery/index.html`);
  return person;
}

test("a list is put in order by keys, which is read out, and by dragging", async () => {
  await using person = await atGallery();
  const { page } = person;
  const rows = page.getByRole("list", { name: "Order of priority" }).locator(".name");
  await page.getByRole("button", { name: "Move Service desk leads" }).focus();
  await page.keyboard.press("ArrowDown");
  expect(await rows.allTextContents()).toEqual([
    "Administrators",
    "Service desk",
    "Service desk leads",
    "Vendor, read only",
  ]);
  await page.getByText("Service desk leads is now 3 of 4.").waitFor({ state: "attached" });
  await page.keyboard.press("Home");
  expect((await rows.allTextContents())[0]).toBe("Service desk leads");
  const grip = await page.getByRole("button", { name: "Move Vendor" }).boundingBox();
  const top = await page.getByRole("button", { name: "Move Service desk leads" }).boundingBox();
  if (grip === null || top === null) throw new Error("The grips are not in the page.");
  await page.mouse.move(grip.x + 8, grip.y + 8);
  await page.mouse.down();
  await page.mouse.move(top.x + 8, top.y + 2, { steps: 5 });
  await page.mouse.up();
  expect((await rows.allTextContents())[0]).toBe("Vendor, read only");
});

test("one of many is found by typing, or made; in a dialog the list lies over it", async () => {
  await using person = await atGallery();
  const { page } = person;
  const zone = page.getByRole("combobox", { name: "Time zone" });
  await zone.click();
  await zone.pressSequentially("reykj");
  await page.keyboard.press("Enter");
  expect(await zone.inputValue()).toBe("Atlantic/Reykjavik");
  await zone.click();
  await zone.pressSequentially("Mars/Base");
  await page.getByRole("option", { name: "Create “Mars/Base”" }).click();
  expect(await zone.inputValue()).toBe("Mars/Base");
  await page.getByRole("button", { name: "Add user" }).click();
  await page.getByRole("combobox", { name: "Home zone" }).click();
  await page.getByRole("option", { name: "Africa/Accra" }).click();
  expect(await page.getByRole("combobox", { name: "Home zone" }).inputValue()).toBe("Africa/Accra");
});

test("several of many are chosen, taken away by their cross and by Backspace", async () => {
  await using person = await atGallery();
  const { page } = person;
  const members = page.getByRole("list", { name: "Members, chosen" });
  const field = page.getByRole("combobox", { name: "Members" });
  await field.click();
  await field.pressSequentially("Person 27");
  await page.keyboard.press("Enter");
  expect(await members.getByRole("listitem").allTextContents()).toEqual(["Person 1", "Person 3", "Person 27"]);
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Escape");
  await members.getByRole("button", { name: "Remove Person 1" }).click();
  expect(await members.getByRole("listitem").allTextContents()).toEqual(["Person 3"]);
});

test("a permission is not defined, allowed or denied by arrows, and asking belongs to allowing", async () => {
  await using person = await atGallery();
  const { page } = person;
  const row = page.getByRole("group", { name: "View the screen" });
  expect(await row.getByRole("checkbox", { name: "Ask first" }).isChecked()).toBe(true);
  await row.getByRole("radio", { name: "Allow" }).focus();
  await page.keyboard.press("ArrowRight");
  expect(await row.getByRole("radio", { name: "Deny" }).getAttribute("aria-checked")).toBe("true");
  expect(await row.getByRole("checkbox").count()).toBe(0);
});

test("what is not defined is not final", async () => {
  await using person = await atGallery();
  const { page } = person;
  const final = page.getByRole("button", { name: "Final: Access" });
  await final.click();
  expect(await final.getAttribute("aria-pressed")).toBe("true");
  await page.getByRole("checkbox", { name: "Defined: Access" }).uncheck();
  expect(await final.getAttribute("aria-pressed")).toBe("false");
  expect(await final.isDisabled()).toBe(true);
});

test("hours of a week move by keys over midnight, are drawn, typed and removed", async () => {
  await using person = await atGallery();
  const { page } = person;
  const schedule = page.getByRole("group", { name: "Schedule", exact: true });
  const monday = schedule.getByRole("button", { name: "Mon 08:00 to 20:00", exact: true });
  await monday.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowLeft");
  await schedule.getByRole("button", { name: "Mon 08:15 to 20:00", exact: true }).waitFor();
  const from = schedule.getByRole("textbox", { name: "From, Mon" });
  await from.fill("21");
  await page.keyboard.press("Enter");
  await schedule.getByRole("button", { name: "Mon 21:00 to Tue 20:00", exact: true }).first().waitFor();
  const sunday = await schedule.getByRole("group", { name: "Sun" }).boundingBox();
  if (sunday === null) throw new Error("Sunday is not in the page.");
  await page.mouse.move(sunday.x + sunday.width / 2, sunday.y + 10);
  await page.mouse.down();
  await page.mouse.move(sunday.x + (sunday.width * 3) / 4, sunday.y + 10, { steps: 4 });
  await page.mouse.up();
  const drawn = schedule.getByRole("button", { name: "Sun 12:00 to 18:00", exact: true });
  await drawn.focus();
  await page.keyboard.press("Delete");
  expect(await drawn.count()).toBe(0);
});

test("a form's dialog keeps the fields on an error and asks before what was typed is lost", async () => {
  await using person = await atGallery();
  const { page } = person;
  await page.getByRole("button", { name: "Add user" }).click();
  const dialog = page.getByRole("dialog", { name: "Add user" });
  await dialog.getByLabel("Name").fill("Grace");
  await page.keyboard.press("Enter");
  await dialog.getByText("The name is taken. Choose another.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.getByText("Discard what you typed?").waitFor();
  await dialog.getByRole("button", { name: "Keep editing" }).click();
  expect(await dialog.getByLabel("Name").inputValue()).toBe("Grace");
  await dialog.getByRole("button", { name: "Add user" }).click();
  await dialog.waitFor({ state: "detached" });
});

test("the save bar lists what changes and goes when it is saved; done steps lead back; a tip tells", async () => {
  await using person = await atGallery();
  const { page } = person;
  const bar = page.getByRole("region", { name: "Unsaved changes" });
  await bar.getByRole("button", { name: "Review changes" }).click();
  expect(await bar.getByRole("listitem").count()).toBe(2);
  await bar.getByRole("button", { name: "Save" }).click();
  expect(await bar.count()).toBe(0);
  await page.getByRole("button", { name: "Place" }).click();
  expect(await page.locator("[aria-current=step]").textContent()).toContain("Place");
  await page.getByRole("button", { name: "About Final" }).click();
  await page.getByText("A final value cannot be changed by the policies below it").waitFor();
});

test("axe finds nothing, light and dark, and nothing is wider than a phone", async () => {
  await using person = await atGallery();
  const { page } = person;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.getByRole("combobox", { name: "Members" }).click();
    expect(await accessibilityFindings(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
