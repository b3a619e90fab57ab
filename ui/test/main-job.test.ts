/** The main job, step by step in one running system: the built server, the built agent on a real desktop, Chromium. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Browser, Locator } from "playwright-core";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { hashFolder, sha256 } from "./harness/folder-hash.ts";
import { Person } from "./harness/pages.ts";
import { PixelReader } from "./harness/pixels.ts";
import { Site } from "./harness/site.ts";

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

test("LOGIN-07 JUMP-01 JUMP-10 a representative signs in and Jumps to a computer with nobody in front of it", async () => {
  await anna.signInToConsole(site);
  const row = anna.page.getByRole("row").filter({ hasText: "Online" });
  await row.hover();
  await row.getByRole("button", { name: /^Jump to / }).click();
  await tool("System Info").tab.waitFor();
}, 60_000);

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
    page.waitForEvent("filechooser"),
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
