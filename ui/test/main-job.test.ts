/** The main job, step by step in one running system: the built server, the built agent on a real desktop, Chromium. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Browser, Locator } from "playwright-core";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { hashFolder, sha256 } from "./harness/folder-hash.ts";
import { Person } from "./harness/pages.ts";
import { PixelReader } from "./harness/pixels.ts";
import { ADMIN, Site } from "./harness/site.ts";

/** Colour 5 of xterm. */
const MAGENTA = [205, 0, 205] as const;

let site: Site;
let computer: Computer;
let browser: Browser;
let pixels: PixelReader;
let anna: Person;

beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
  pixels = new PixelReader(browser);
  anna = await Person.open(browser);
}, 90_000);
afterAll(async () => {
  await anna?.[Symbol.asyncDispose]();
  await browser?.close();
  await computer?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
}, 30_000);

/** A file the endpoint is expected to write, in its home. */
function written(name: string): string | null {
  const path = join(computer.home, name);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function tool(name: string): { readonly tab: Locator; readonly panel: Locator } {
  return { tab: anna.page.getByRole("tab", { name }), panel: anna.page.getByRole("tabpanel", { name }) };
}

test("BETTER-06 LOGIN-07 JUMP-01 JUMP-10 a representative signs in and Jumps to a Linux computer nobody sits at", async () => {
  await anna.signInToConsole(site);
  const row = anna.page.getByRole("row").filter({ hasText: "Online" });
  await row.hover();
  await row.getByRole("button", { name: /^Jump to / }).click();
  await tool("System Info").tab.waitFor();
}, 60_000);

test("SCREEN-01 SCREEN-04 what is typed in the browser arrives at the desktop, and the desktop's picture comes back", async () => {
  const { page } = anna;
  await tool("Screen Sharing").tab.click();
  await page.getByRole("button", { name: "Start screen sharing" }).click();
  const screen = tool("Screen Sharing").panel.locator("canvas").first();
  computer.openTerminal();
  await eventually("the black terminal in the picture", async () => (await pixels.count(screen, [0, 0, 0])) > 60_000);
  expect(await pixels.count(screen, MAGENTA)).toBe(0);
  await screen.click();
  await page.keyboard.type("printf '\\033[45m%900s\\033[m\\n' . ; echo typed > typed.txt");
  await page.keyboard.press("Enter");
  await eventually("the command's file at the endpoint", () => written("typed.txt") === "typed\n");
  await eventually("the command's colour in the picture", async () => (await pixels.count(screen, MAGENTA)) > 20_000);
}, 90_000);

/** A login shell runs the account's own start files, which on some machines take a minute. */
const LOGIN_PATIENCE_MS = 90_000;

/** Types a line into the shell that is shown. */
async function typeLine(line: string): Promise<void> {
  await anna.page.locator(".host[data-shown=true] .xterm-helper-textarea").focus();
  await anna.page.keyboard.type(line);
  await anna.page.keyboard.press("Enter");
}

test("CMD-01 CMD-02 CMD-06 two shells run side by side, each with its own state", async () => {
  const { page } = anna;
  await tool("Command Shell").tab.click();
  const shells = page.getByRole("tablist", { name: "Shells" }).getByRole("tab");
  await eventually("the first shell", async () => {
    const start = page.getByRole("button", { name: "Start command shell" });
    // It goes by itself once the shell has started: then there is nothing to click.
    if (await start.isVisible()) await start.click({ timeout: 1000 }).catch(() => undefined);
    return (await shells.count()) === 1 && (await shells.first().getAttribute("data-status")) === "running";
  });
  await typeLine(`cd "${computer.home}"; COLOUR=first; echo "$COLOUR-$((6 * 7))" > shell.txt`);
  await page.getByRole("button", { name: "Open a new shell" }).first().click();
  await eventually("the second shell", async () => (await shells.nth(1).getAttribute("data-status")) === "running");
  await typeLine(`cd "${computer.home}"; echo "second:$COLOUR" > second.txt`);
  await eventually("the first shell's file", () => written("shell.txt") === "first-42\n", LOGIN_PATIENCE_MS);
  await eventually("the second shell's file", () => written("second.txt") === "second:\n", LOGIN_PATIENCE_MS);
  await shells.first().click();
}, 120_000);

/** A folder of files whose sizes lie around the borders of slices and frames, with names that need care. */
function makeFolder(): string {
  const folder = join(computer.home, "..", "to upload");
  mkdirSync(join(folder, "deeper", "ümlaut 文"), { recursive: true });
  for (const [name, size] of [
    ["empty", 0],
    ["one byte", 1],
    ["deeper/just below a MiB", 2 ** 20 - 1],
    ["deeper/ümlaut 文/a MiB and a bit", 2 ** 20 + 17],
    ["deeper/nine MB.bin", 9_000_001],
  ] as const) {
    writeFileSync(join(folder, name), Buffer.alloc(size, `${name} `));
  }
  return folder;
}

test("FILE-07 FILE-17 FILE-24 BETTER-03 BETTER-09 a folder goes up and comes back, each file equal to the byte", async () => {
  const { page } = anna;
  const folder = makeFolder();
  await tool("File Transfer").tab.click();
  await page.getByRole("button", { name: "Start file transfer" }).click();
  await page.getByRole("navigation", { name: "Shortcuts" }).getByRole("button", { name: "Home" }).click();
  await page.getByRole("button", { name: "Upload" }).click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser", { timeout: 10_000 }),
    page.getByRole("menuitem", { name: "A folder…" }).click(),
  ]);
  await chooser.setFiles(folder);
  const arrived = join(computer.home, "to upload");
  await eventually("the folder at the endpoint", () => Bun.deepEquals(hashFolder(arrived), hashFolder(folder)), 40_000);

  const name = page.getByRole("row").filter({ hasText: "to upload" });
  await name.getByText("to upload", { exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download", exact: true }).click(),
  ]);
  const files = unzipSync(readFileSync(await download.path()));
  const came = Object.entries(files).filter(([path]) => !path.endsWith("/"));
  expect(Object.fromEntries(came.map(([path, bytes]) => [path.replace(/^to upload\//, ""), sha256(bytes)]))).toEqual(
    hashFolder(folder),
  );
}, 90_000);

test("SYSINFO-02 SYSINFO-03 SYSINFO-04 SYSINFO-05 system information opens by itself, is refreshed, copied and saved", async () => {
  const { page } = anna;
  await tool("System Info").tab.click();
  const { panel } = tool("System Info");
  const taken = panel.locator("time");
  await taken.waitFor();
  const first = await taken.getAttribute("datetime");
  await panel.getByRole("button", { name: "Refresh" }).click();
  await eventually("a newer snapshot", async () => (await taken.getAttribute("datetime")) !== first);
  await panel.getByRole("button", { name: "Copy" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    panel.getByRole("button", { name: "Save to file" }).click(),
  ]);
  const saved = readFileSync(await download.path(), "utf8");
  expect(saved).toContain(hostname());
  await eventually("the copy", async () => (await page.evaluate(() => navigator.clipboard.readText())) === saved);
}, 60_000);

test("CMD-01 when both connections drop, the session says so, comes back and goes on where it was", async () => {
  const { page } = anna;
  await tool("Command Shell").tab.click();
  const live = page.locator(".stabs [aria-selected=true] .stones[data-s=live]");
  site.browserNetwork.cut();
  try {
    await page.getByText("The connection to the server is lost.", { exact: false }).first().waitFor();
  } finally {
    site.browserNetwork.restore();
  }
  await live.waitFor();
  site.agentNetwork.cut();
  try {
    await page.locator(".banner", { hasText: "does not answer." }).waitFor();
  } finally {
    site.agentNetwork.restore();
  }
  await live.waitFor();
  await eventually("the shell to run again", async () =>
    page.locator('[aria-label="Shells"] [aria-selected=true][data-status=running]').isVisible(),
  );
  await typeLine('echo "still $COLOUR" > still.txt');
  await eventually("the same shell's file", () => written("still.txt") === "still first\n");
}, 90_000);

test("JUMP-34 a second representative Jumps into the session and sees the same screen", async () => {
  await using ben = await Person.open(browser);
  await addRepresentative(ben, BEN);
  await ben.signInToConsole(site, BEN);
  const row = ben.page.getByRole("row").filter({ hasText: "In session" });
  await row.hover();
  await row.getByRole("button", { name: /^Jump to / }).click();
  await anna.page.getByText(`${BEN.displayName} joined`, { exact: false }).first().waitFor();
  await ben.page.getByRole("button", { name: "Start screen sharing" }).click();
  const screen = ben.page.getByRole("tabpanel", { name: "Screen Sharing" }).locator("canvas").first();
  await eventually("the coloured terminal for Ben", async () => (await pixels.count(screen, MAGENTA)) > 20_000);
  expect(ben.mishaps).toEqual([]);
}, 90_000);

const BEN = { username: "ben", displayName: "Ben Okafor", password: "a lighthouse on the reef" } as const;

/** Adds an account as the administrator does, in /login. */
async function addRepresentative({ page }: Person, account: typeof BEN): Promise<void> {
  await page.goto(`${site.address}/login`);
  await page.getByLabel("User name").fill(ADMIN.username);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("button", { name: "Add user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("User name").fill(account.username);
  await dialog.getByLabel("Display name").fill(account.displayName);
  await dialog.getByLabel("Password", { exact: true }).fill(account.password);
  await dialog.getByRole("button", { name: "Add user" }).click();
  await dialog.waitFor({ state: "detached" });
}

test("ending the session ends it for everybody, and no script of the page has failed on the way", async () => {
  const { page } = anna;
  await page.getByRole("button", { name: "End", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "End session" }).click();
  await page.getByRole("row").filter({ hasText: "Online" }).waitFor();
  expect(anna.mishaps).toEqual([]);
}, 60_000);
