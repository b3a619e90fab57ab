/** Whole folders in Chromium, both ways: dropped onto the page, and saved to a folder of this computer. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomFillSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { FileDrag } from "./harness/file-drag.ts";
import { sha256 } from "./harness/folder-hash.ts";
import { Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

let site: Site;
let computer: Computer;
let browser: Browser;
let anna: Person;
let page: Page;
/** The representative's own files. */
const own = mkdtempSync(join(tmpdir(), "causeway-own-"));

/** A folder with folders in it, one of them empty, a file of several slices and names that need care. */
function makeTree(root: string): void {
  for (const folder of ["inner/deep", "hollow", "größe & co"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "large.bin"), randomFillSync(Buffer.alloc(2 * SLICE_BYTES + 4321)));
  writeFileSync(join(root, "empty.txt"), "");
  writeFileSync(join(root, "größe & co/ä #1%.txt"), "umlauts");
  // More than the browser lists of a dropped folder at a time.
  for (let index = 0; index < 130; index++) writeFileSync(join(root, `inner/deep/${index}.txt`), `file ${index}`);
}

beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
  mkdirSync(join(computer.home, "target"));
  makeTree(join(computer.home, "source"));
  anna = await Person.open(browser);
  ({ page } = anna);
  page.setDefaultTimeout(12_000);
  // No dialog of the system can be answered here: what it would give is a folder of the page's own storage, real in
  // everything but where it lies.
  await page.addInitScript(() => {
    Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });
  await anna.signInToConsole(site);
  const item = page.getByRole("row").filter({ hasText: "Online" });
  await item.hover();
  await item.getByRole("button", { name: /^Jump to / }).click();
  await page.getByRole("tab", { name: "File Transfer" }).click();
  await button("Start file transfer").click();
  await page.getByRole("navigation", { name: "Shortcuts" }).getByRole("button", { name: "Home" }).click();
  await named("source").waitFor();
}, 90_000);
afterAll(async () => {
  await anna?.[Symbol.asyncDispose]();
  await browser?.close();
  await computer?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  rmSync(own, { recursive: true, force: true });
}, 30_000);

const named = (name: string): Locator => page.getByRole("grid", { name: "Files" }).getByTitle(name, { exact: true });
const button = (name: string): Locator => page.getByRole("button", { name, exact: true });
const transfer = (name: string): Locator =>
  page.getByRole("region", { name: "Transfers" }).getByRole("listitem").filter({ hasText: name });

async function drop(...paths: string[]): Promise<void> {
  const drag = await FileDrag.over(page, paths);
  await drag.drop();
}

/** What lies in the page's own storage: path and SHA-256 of each file, "folder" for a folder. */
function savedTree(): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const found: Record<string, string> = {};
    const walk = async (folder: FileSystemDirectoryHandle, base: string): Promise<void> => {
      const children = folder as unknown as AsyncIterable<[string, FileSystemDirectoryHandle | FileSystemFileHandle]>;
      for await (const [name, handle] of children) {
        // Chromium's own: what is written until the file is closed.
        if (name.endsWith(".crswap")) continue;
        found[base + name] = "folder";
        if (handle.kind === "directory") await walk(handle as FileSystemDirectoryHandle, `${base}${name}/`);
        else {
          const file = await (handle as FileSystemFileHandle).getFile();
          const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
          found[base + name] = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        }
      }
    };
    await walk(await navigator.storage.getDirectory(), "");
    return found;
  });
}

/** The same of a folder on the disk. */
function treeOf(root: string, base: string): Record<string, string> {
  const found: Record<string, string> = { [base]: "folder" };
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = base + path.slice(root.length);
    found[name] = entry.isDirectory() ? "folder" : sha256(readFileSync(path));
  }
  return found;
}

test("BETTER-03 BETTER-09 a dropped folder and a dropped file go up whole, empty folders and odd names included", async () => {
  makeTree(join(own, "project"));
  writeFileSync(join(own, "beside.txt"), "beside");
  await named("target").dblclick();
  await page.getByText("0 files, 0 directories", { exact: false }).waitFor();
  await drop(join(own, "project"), join(own, "beside.txt"));
  await transfer("beside.txt").filter({ hasText: "Verified" }).waitFor();
  await transfer("project").filter({ hasText: "Verified" }).waitFor({ timeout: 60_000 });
  const target = join(computer.home, "target");
  expect(readdirSync(target).toSorted()).toEqual(["beside.txt", "project"]);
  expect(treeOf(join(target, "project"), "project")).toEqual(treeOf(join(own, "project"), "project"));
  await page.keyboard.press("Backspace");
  await button("Clear finished").click();
}, 120_000);

test("BETTER-03 BETTER-09 FILE-24 a folder and a file are saved to a chosen folder, each slice verified, and twice they get a number", async () => {
  writeFileSync(join(computer.home, "single.bin"), randomFillSync(Buffer.alloc(SLICE_BYTES + 99)));
  await button("Refresh").click();
  const source = treeOf(join(computer.home, "source"), "source");
  await named("source").click();
  await named("single.bin").click({ modifiers: ["Control"] });
  await button("Download to…").click();
  for (const name of ["source", "single.bin"])
    await transfer(name).filter({ hasText: "Verified" }).waitFor({ timeout: 60_000 });
  const single = sha256(readFileSync(join(computer.home, "single.bin")));
  expect(await savedTree()).toEqual({ ...source, "single.bin": single });
  await button("Clear finished").click();
  await button("Download to…").click();
  for (const name of ["source", "single.bin"])
    await transfer(name).filter({ hasText: "Verified" }).waitFor({ timeout: 60_000 });
  const second = treeOf(join(computer.home, "source"), "source (2)");
  expect(await savedTree()).toEqual({ ...source, ...second, "single.bin": single, "single (2).bin": single });
}, 150_000);

test("BETTER-02 BETTER-14 saving to a folder pauses and goes on; cancelled, not even the name is left", async () => {
  const before = await savedTree();
  const single = sha256(readFileSync(join(computer.home, "single.bin")));
  const held = Promise.withResolvers<void>();
  const slices = /\/slices\//;
  await page.route(slices, async (route) => {
    await held.promise;
    await route.continue().catch(() => undefined);
  });
  await named("single.bin").click();
  await button("Download to…").click();
  await eventually("the name to be held", async () => "single (3).bin" in (await savedTree()));
  await transfer("single.bin").getByRole("button", { name: "Pause" }).click();
  await transfer("single.bin")
    .getByText(/^Paused at/)
    .waitFor();
  await transfer("single.bin").getByRole("button", { name: "Resume" }).click();
  await transfer("single.bin").getByRole("button", { name: "Cancel" }).click();
  await eventually("nothing to be left", async () => !("single (3).bin" in (await savedTree())));
  expect(await savedTree()).toEqual(before);

  await button("Download to…").click();
  await eventually("the name to be held", async () => "single (3).bin" in (await savedTree()));
  await transfer("single.bin").getByRole("button", { name: "Pause" }).click();
  held.resolve();
  await page.unroute(slices);
  await transfer("single.bin").getByRole("button", { name: "Resume" }).click();
  await transfer("single.bin").filter({ hasText: "Verified" }).waitFor();
  expect(await savedTree()).toEqual({ ...before, "single (3).bin": single });
}, 60_000);
