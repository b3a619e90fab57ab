/** The files tab in Chromium, against the built server and the built agent. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
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

beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
  mkdirSync(join(computer.home, "Templates"));
  for (const [name, text] of [
    ["a.txt", "first"],
    ["b.txt", "second"],
    [".hidden", "h"],
  ] as const)
    writeFileSync(join(computer.home, name), text);
  anna = await Person.open(browser);
  ({ page } = anna);
  page.setDefaultTimeout(12_000);
  await anna.signInToConsole(site);
  const item = page.getByRole("row").filter({ hasText: "Online" });
  await item.hover();
  await item.getByRole("button", { name: /^Jump to / }).click();
  await page.getByRole("tab", { name: "File Transfer" }).click();
}, 90_000);
afterAll(async () => {
  await anna?.[Symbol.asyncDispose]();
  await browser?.close();
  await computer?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  rmSync(own, { recursive: true, force: true });
}, 30_000);

/** A file's name in the list; a click on it is a click on its row. */
const named = (name: string): Locator => page.getByRole("grid", { name: "Files" }).getByTitle(name, { exact: true });
const goUp = (): Locator =>
  page.getByRole("grid", { name: "Files" }).getByText("Go up a directory", { exact: true }).first();
const button = (name: string): Locator => page.getByRole("button", { name, exact: true });
const transfer = (name: string): Locator =>
  page.getByRole("region", { name: "Transfers" }).getByRole("listitem").filter({ hasText: name });
const there = (name: string): boolean => existsSync(join(computer.home, name));

async function upload(...paths: string[]): Promise<void> {
  await button("Upload").click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("menuitem", { name: "Files…" }).click(),
  ]);
  await chooser.setFiles(paths);
}
/** What there is of an upload at the endpoint: the file itself, and parts of any. */
const leftOf = (file: string): string[] =>
  readdirSync(join(computer.home, "Templates")).filter((name) => name === file || name.endsWith(".part"));
function ownFile(name: string, content: string | Buffer): string {
  writeFileSync(join(own, name), content);
  return join(own, name);
}

test("FILE-07 FILE-08 FILE-09 FILE-10 FILE-11 started, it shows disks, shortcuts, the way there and the folder", async () => {
  await button("Start file transfer").click();
  await page.getByRole("navigation", { name: "Volumes" }).getByRole("button", { name: "System" }).waitFor();
  await page.getByRole("navigation", { name: "Shortcuts" }).getByRole("button", { name: "Home" }).click();
  await page.getByText("2 files, 1 directory", { exact: false }).waitFor();
  for (const column of ["Name", "Modified", "Size"]) await page.getByRole("columnheader", { name: column }).waitFor();
  await goUp().waitFor();
  await named("Templates").dblclick();
  await page.getByRole("navigation", { name: "Folder" }).getByText("Templates").waitFor();
  await goUp().dblclick();
  await named("a.txt").waitFor();
}, 60_000);

test("FILE-10 FILE-19 BETTER-15 a click anywhere on a row selects it, and with the toggle several", async () => {
  await page
    .getByRole("row")
    .filter({ has: page.getByTitle("a.txt", { exact: true }) })
    .getByText("5 B")
    .click();
  await page.getByText("(1 selected, 5 B)").waitFor();
  await button("Select several by clicking, as with Ctrl").click();
  await named("b.txt").click();
  await page.getByText("(2 selected, 11 B)").waitFor();
  await button("Select several by clicking, as with Ctrl").click();
  await button("Select all 2 files").click();
  await page.getByText("(2 selected, 11 B)").waitFor();
}, 30_000);

test("FILE-14 FILE-15 hidden files show when asked for, and refreshing shows what is new", async () => {
  expect(await named(".hidden").count()).toBe(0);
  await button("Show hidden files").click();
  await named(".hidden").waitFor();
  await button("Show hidden files").click();
  writeFileSync(join(computer.home, "new.txt"), "");
  await button("Refresh").click();
  await named("new.txt").waitFor();
}, 30_000);

test("FILE-16 BETTER-17 a folder is created with Enter, renamed by key and by menu, and a taken name is told", async () => {
  await button("Create directory").click();
  await page.getByLabel("Name", { exact: true }).fill("a.txt");
  await page.getByText("That name is taken in this folder.", { exact: false }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("made");
  await page.keyboard.press("Enter");
  await named("made").waitFor();
  expect(there("made")).toBe(true);
  await named("made").click();
  await page.keyboard.press("F2");
  await page.getByLabel("New name").fill("renamed");
  await page.keyboard.press("Enter");
  await named("renamed").waitFor();
  expect([there("made"), there("renamed")]).toEqual([false, true]);
}, 30_000);

test("FILE-23 FILE-24 FILE-22 more options rename and delete files and folders; deleting says that it is permanent", async () => {
  await button("More options for renamed").click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("This is permanent", { exact: false }).waitFor();
  await dialog.getByRole("button", { name: /^Delete it/ }).click();
  await eventually("the folder to be gone", () => !there("renamed"));
  await named("renamed").waitFor({ state: "hidden" });
  await named("a.txt").click();
  await named("new.txt")
    .getByText("new.txt")
    .click({ modifiers: ["Control"] });
  await page.keyboard.press("Delete");
  await dialog.getByText("a.txt, new.txt").waitFor();
  await dialog.getByLabel("Type 2 to confirm").fill("2");
  await dialog.getByRole("button", { name: "Delete 2 items for good" }).click();
  await eventually("both files to be gone", () => !there("a.txt") && !there("new.txt"));
  // The list shows it too, so that no row moves under what is clicked next.
  for (const name of ["a.txt", "new.txt"]) await named(name).waitFor({ state: "hidden" });
}, 30_000);

test("BETTER-03 files are copied and moved with the keyboard; where a name is taken it asks", async () => {
  await named("b.txt").click();
  await page.keyboard.press("Control+c");
  await named("Templates").dblclick();
  await page.getByText("0 files, 0 directories", { exact: false }).waitFor();
  await page.keyboard.press("Control+v");
  await named("b.txt").waitFor();
  await page.keyboard.press("Backspace");
  await named("Templates").waitFor();
  await named("b.txt").click();
  await page.keyboard.press("Control+x");
  await named("Templates").dblclick();
  await page.getByText("1 file, 0 directories", { exact: false }).waitFor();
  await page.keyboard.press("Control+v");
  await page.getByRole("alertdialog").getByRole("button", { name: "Keep both" }).click();
  await named("b (2).txt").waitFor();
  expect([there("b.txt"), readdirSync(join(computer.home, "Templates")).toSorted()]).toEqual([
    false,
    ["b (2).txt", "b.txt"],
  ]);
}, 40_000);

test("FILE-06 FILE-17 BETTER-04 BETTER-16 several go up at once; a taken name asks, for all", async () => {
  const paths = ["b.txt", "b (2).txt", "c.bin"].map((name) => ownFile(name, `my ${name}`));
  await upload(...paths);
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("Do the same for all of them").click();
  await dialog.getByRole("button", { name: "Overwrite" }).click();
  for (const name of ["b.txt", "b (2).txt", "c.bin"])
    await transfer(name).filter({ hasText: "Verified, SHA-256 match" }).first().waitFor();
  const at = (name: string): string => readFileSync(join(computer.home, "Templates", name), "utf8");
  expect(["b.txt", "b (2).txt", "c.bin"].map(at)).toEqual(["my b.txt", "my b (2).txt", "my c.bin"]);
  await button("Clear finished").click();
  await eventually("an empty panel", async () => (await page.getByRole("region", { name: "Transfers" }).count()) === 0);
}, 40_000);

test("BETTER-02 BETTER-14 a large upload pauses, resumes, goes on after a lost network, and cancelled leaves nothing", async () => {
  const content = Buffer.alloc(300_000_000, "causeway ");
  const path = ownFile("large.bin", content);
  await upload(path);
  await transfer("large.bin").getByRole("button", { name: "Pause" }).click();
  await transfer("large.bin")
    .getByText(/^Paused at/)
    .waitFor();
  await transfer("large.bin").getByRole("button", { name: "Resume" }).click();
  await Bun.sleep(150);
  site.browserNetwork.cut();
  await Bun.sleep(700);
  site.browserNetwork.restore();
  await transfer("large.bin").filter({ hasText: "Verified, SHA-256 match" }).waitFor({ timeout: 60_000 });
  expect(sha256(readFileSync(join(computer.home, "Templates/large.bin")))).toBe(sha256(content));
  await button("Clear finished").click();
  await upload(ownFile("given up.bin", content));
  await transfer("given up.bin").getByRole("button", { name: "Cancel" }).click();
  await eventually("nothing to be left", () => leftOf("given up.bin").length === 0, 20_000);
}, 120_000);

test("BETTER-14 cancelled before the page has heard that it has begun, an upload leaves nothing either", async () => {
  const cancelled = Promise.withResolvers<void>();
  const beginning = /\/uploads$/;
  await page.route(beginning, async (route) => {
    const response = await route.fetch();
    await cancelled.promise;
    await route.fulfill({ response });
  });
  await upload(ownFile("too soon.bin", "x"));
  await eventually("its part to be there", () => leftOf("too soon.bin").length === 1);
  await transfer("too soon.bin").getByRole("button", { name: "Cancel" }).click();
  cancelled.resolve();
  await eventually("nothing to be left", () => leftOf("too soon.bin").length === 0);
  await page.unroute(beginning);
}, 30_000);

test("FILE-18 BETTER-09 several files come down by the browser, each verified", async () => {
  await named("c.bin").click();
  const [download] = await Promise.all([page.waitForEvent("download"), button("Download").click()]);
  expect(download.suggestedFilename()).toBe("c.bin");
  expect(readFileSync(await download.path(), "utf8")).toBe("my c.bin");
  await transfer("c.bin").filter({ hasText: "Verified, SHA-256 match" }).waitFor();
}, 30_000);

test("BETTER-10 what the remote computer refuses is said with file, reason and remedy", async () => {
  await page.getByRole("navigation", { name: "Volumes" }).getByRole("button", { name: "System" }).click();
  await named("proc").dblclick();
  await page.getByRole("navigation", { name: "Folder" }).getByText("proc").waitFor();
  await upload(ownFile("refused.txt", "x"));
  await transfer("refused.txt")
    .getByText(/^\/proc\/refused\.txt .+\./)
    .waitFor();
}, 30_000);

test("FILE-22 a deletion that cannot be written to the audit log is told as done; the list shows it, and the next is on record", async () => {
  await page.getByRole("navigation", { name: "Shortcuts" }).getByRole("button", { name: "Home" }).click();
  for (const name of ["unrecorded.txt", "recorded.txt"]) writeFileSync(join(computer.home, name), "");
  await button("Refresh").click();
  const remove = async (name: string): Promise<void> => {
    await named(name).click();
    await page.keyboard.press("Delete");
    await page
      .getByRole("alertdialog")
      .getByRole("button", { name: /^Delete it/ })
      .click();
    await eventually(`${name} to be gone`, () => !there(name));
    await named(name).waitFor({ state: "hidden" });
  };
  using database = new Database(join(site.folder, "causeway.sqlite"));
  database.run("create trigger no_audit before insert on audit_events begin select raise(abort, 'broken'); end");
  await remove("unrecorded.txt");
  await page.getByText("It was done, but the server could not write it to its audit log.", { exact: false }).waitFor();
  database.run("drop trigger no_audit");
  await remove("recorded.txt");
  const recorded = database.query("select object_name from audit_events where action = 'files.deleted'").all();
  expect(JSON.stringify(recorded)).toContain("recorded.txt");
  expect(JSON.stringify(recorded)).not.toContain("unrecorded.txt");
}, 30_000);

test("FILE-13 stopped, nothing of the remote files is shown", async () => {
  await button("Stop file transfer").click();
  await button("Start file transfer").waitFor();
  expect(await page.getByRole("grid", { name: "Files" }).count()).toBe(0);
}, 30_000);
