import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { Program } from "../../tools/desktop/program.ts";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { dialogOf, openVisitor } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import type { Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 90_000;
const INES = { username: "ines", password: "correct horse battery staple" } as const;
/** Long enough that the line can be cut meanwhile. */
const JUNK_BYTES = 96 << 20;
const PASSPHRASE = "three stones over water";

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  const options = ["--data", site.folder, "--username", INES.username, "--password-stdin"];
  const made = new Program(["dist/causeway", "appliance-administrator", ...options], { input: `${INES.password}\n` });
  expect(await made.exited).toBe(0);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** Ines at a page of the appliance. */
async function inesAt(path: string): Promise<Person> {
  const person = await openVisitor(browser);
  const { page } = person;
  await page.goto(site.address + path);
  await page.getByLabel("User name").fill(INES.username);
  await page.getByLabel("Password", { exact: true }).fill(INES.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("navigation", { name: "Appliance" }).waitFor();
  return person;
}

const show = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("navigation", { name: "Appliance" }).getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
};

test(
  "every page of the appliance is there without its image, says calmly what the system does, and fits a phone",
  async () => {
    await using person = await inesAt("/appliance");
    const { page } = person;
    await page.getByText("Causeway runs on a system of yours here, not on its own image.", { exact: false }).waitFor();
    expect(await page.getByRole("button", { name: "Restart or shut down" }).count()).toBe(0);
    const signs: Readonly<Record<string, string>> = {
      Network: "Addresses, names and routes are set there",
      Certificates: "There is no Jump Client yet.",
      Updates: "package manager updates Causeway",
      Backups: "There is no backup yet",
      Storage: "Where it went",
      Support: "Its journal has the log",
    };
    for (const [name, sign] of Object.entries(signs)) {
      await show(page, name);
      await page.getByText(sign, { exact: false }).first().waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      await page.setViewportSize({ width: 1440, height: 900 });
      expect(await accessibilityFindings(page)).toEqual([]);
    }
  },
  LONG_TEST_MS,
);

test(
  "a page of the appliance waits while the service is away, says so, and goes on by itself",
  async () => {
    await using person = await inesAt("/appliance/backups");
    const { page } = person;
    await page.getByText("There is no backup yet").waitFor();
    site.browserNetwork.cut();
    await page.getByText("The appliance does not answer.", { exact: false }).waitFor({ timeout: 30_000 });
    await page.getByText("Not answering").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await site.killAndRestart();
    site.browserNetwork.restore();
    await page.getByText("The appliance does not answer.", { exact: false }).waitFor({ state: "hidden" });
    await page.getByText("Healthy").waitFor();
  },
  LONG_TEST_MS,
);

test(
  "a backup is taken, tested and opened in the browser, and nothing is replaced before somebody says yes",
  async () => {
    await using person = await inesAt("/appliance/backups");
    const { page } = person;
    expect(await page.getByRole("button", { name: "Back up now" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Edit" }).click();
    await dialogOf(page).getByLabel("Passphrase", { exact: true }).fill("short");
    expect(await dialogOf(page).getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await dialogOf(page).getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    await dialogOf(page).getByLabel("Passphrase again").fill(PASSPHRASE);
    expect(await accessibilityFindings(page)).toEqual([]);
    await dialogOf(page).getByRole("button", { name: "Save" }).click();
    await page.getByText("yes, with the passphrase").waitFor();

    await page.getByRole("button", { name: "Back up now" }).click();
    const row = page.getByRole("row").filter({ hasText: "by hand" });
    await row.getByRole("button", { name: "Restore", exact: true }).waitFor({ timeout: 30_000 });
    await row.getByRole("button", { name: /^More/u }).click();
    await page.getByRole("menuitem", { name: "Test restore" }).click();
    await dialogOf(page).getByRole("button", { name: "Test it" }).click();
    await row.getByText("Passed", { exact: false }).waitFor({ timeout: 30_000 });

    await row.getByRole("button", { name: "Restore", exact: true }).click();
    await dialogOf(page).getByLabel("Passphrase").fill("not the passphrase");
    await dialogOf(page).getByRole("button", { name: "Open it" }).click();
    await dialogOf(page)
      .getByRole("alert")
      .or(page.getByText("Nothing was changed.", { exact: false }))
      .first()
      .waitFor();
    if (await dialogOf(page).isVisible()) await dialogOf(page).getByRole("button", { name: "Cancel" }).click();
    else await page.getByRole("button", { name: "Dismiss" }).click();
    await dialogOf(page).waitFor({ state: "hidden" });

    await row.getByRole("button", { name: "Restore", exact: true }).click();
    await dialogOf(page).getByLabel("Passphrase").fill(PASSPHRASE);
    await dialogOf(page).getByRole("button", { name: "Open it" }).click();
    await page.getByText("Nothing has been changed yet.").waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Restore this backup" }).click();
    await dialogOf(page).getByText("Replace everything by this backup?").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await dialogOf(page).getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByText("Nothing has been changed yet.").waitFor({ state: "hidden" });
  },
  LONG_TEST_MS,
);

test(
  "a certificate request is made and discarded by keyboard alone, and unsaved fields ask first",
  async () => {
    await using person = await inesAt("/appliance/certificates");
    const { page } = person;
    await page.getByRole("button", { name: "Make a request" }).focus();
    await page.keyboard.press("Enter");
    await dialogOf(page).getByLabel("Names").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type("Northmoor Council");
    await page.keyboard.press("Enter");
    await page.getByText("-----BEGIN CERTIFICATE REQUEST-----", { exact: false }).first().waitFor();
    await page.getByRole("button", { name: "Discard" }).focus();
    await page.keyboard.press("Enter");
    await dialogOf(page).getByRole("button", { name: "Discard it" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Make a request" }).waitFor();

    await page.getByRole("button", { name: "Edit" }).click();
    await dialogOf(page).getByLabel("Directory").fill("https://acme.example.org/directory");
    await page.keyboard.press("Escape");
    await dialogOf(page).getByText("Discard what you typed?").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await dialogOf(page).getByRole("button", { name: "Discard", exact: true }).click();
    await dialogOf(page).waitFor({ state: "hidden" });
  },
  LONG_TEST_MS,
);

test(
  "a backup that is uploaded waits while the line is cut and goes on where it stopped; what is none changes nothing",
  async () => {
    await using person = await inesAt("/appliance/backups");
    const { page } = person;
    const file = join(site.folder, "no-backup.bin");
    writeFileSync(file, randomBytes(JUNK_BYTES));
    await page.locator("input[type=file]").setInputFiles(file);
    await dialogOf(page).getByLabel("Passphrase").fill(PASSPHRASE);
    await dialogOf(page).getByRole("button", { name: "Upload it" }).click();
    await page.getByText(/^[1-9][\d.]* MB of 96 MB are there/u).waitFor();
    site.browserNetwork.cut();
    await page.getByText("The upload waits and goes on where it stopped.", { exact: false }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    site.browserNetwork.restore();
    await page.getByText("Nothing was changed.", { exact: false }).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("heading", { level: 2, name: "Restore", exact: true }).waitFor({ state: "hidden" });
  },
  LONG_TEST_MS,
);

test(
  "B2 a page of the appliance that looks by itself how it is keeps nobody signed in: idle, it asks whether somebody is there",
  async () => {
    await using person = await inesAt("/appliance/support");
    const { page } = person;
    await page.clock.install();
    await page.goto(`${site.address}/appliance`);
    await page.getByRole("heading", { level: 1, name: "Status" }).waitFor();
    const looks: (string | undefined)[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/api/appliance/")) looks.push(request.headers()["causeway-background"]);
    });
    for (let minutes = 0; minutes < 14; minutes += 1) await page.clock.fastForward(60_000);
    await page.clock.runFor(40_000);
    await dialogOf(page).getByText("Nothing happened for a while.").waitFor();
    // Two questions each minute that is passed over, and in the last 40 seconds one or two each five.
    expect(looks.length).toBeGreaterThan(14);
    expect(looks.length).toBeLessThan(60);
    expect(looks.filter((background) => background !== "1")).toEqual([]);
    await dialogOf(page).getByRole("button", { name: "Stay signed in" }).click();
    await dialogOf(page).waitFor({ state: "detached" });
    expect(looks).toContain(undefined);
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
