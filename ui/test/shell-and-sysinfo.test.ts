/** The Command Shell and System Info tabs in Chromium, against the built server and agent. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Download } from "playwright-core";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

setDefaultTimeout(120_000);
let site: Site;
let computer: Computer;
let browser: Browser;
let anna: Person;

beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
  anna = await Person.open(browser);
  await anna.signInToConsole(site);
  const row = anna.page.getByRole("row").filter({ hasText: "Online" });
  await row.hover();
  await row.getByRole("button", { name: /^Jump to / }).click();
  await anna.page.getByRole("tab", { name: "System Info" }).waitFor();
});
afterAll(async () => {
  await anna?.[Symbol.asyncDispose]();
  await browser?.close();
  await computer?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

const shells = () => anna.page.getByRole("tablist", { name: "Shells" }).getByRole("tab");
const inHome = (name: string) => join(computer.home, name);
const written = (name: string) => (existsSync(inHome(name)) ? readFileSync(inHome(name), "utf8") : null);

async function typeLine(line: string): Promise<void> {
  await anna.page.locator(".host[data-shown=true] .xterm-helper-textarea").focus();
  await anna.page.keyboard.type(line);
  await anna.page.keyboard.press("Enter");
}

/** A paste as the browser makes one, of any size. */
async function pasteText(text: string): Promise<void> {
  await anna.page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
  await anna.page.locator(".host[data-shown=true] .xterm-helper-textarea").focus();
  await anna.page.keyboard.press("Control+Shift+V");
}

async function saved(button: string): Promise<{ readonly name: string; readonly text: string }> {
  const [download] = (await Promise.all([
    anna.page.waitForEvent("download"),
    anna.page.getByRole("tabpanel").getByRole("button", { name: button }).click(),
  ])) as [Download, void];
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

test("CMD-01 CMD-05 the shell starts with the tab, tells its size and can be saved", async () => {
  await anna.page.getByRole("tab", { name: "Command Shell" }).click();
  await eventually("a running shell", async () => (await shells().first().getAttribute("data-status")) === "running");
  await typeLine(`cd '${computer.home}'; PS1='> '; stty size > size.txt; echo shown''text`);
  await eventually("the size as the shell sees it", () => /^\d+ \d+\n$/.test(written("size.txt") ?? ""), 60_000);
  const [rows, columns] = written("size.txt")!.trim().split(" ");
  await anna.page.getByText(`${columns} × ${rows}`).waitFor();
  await eventually("the output in the saved file", async () =>
    (await saved("Save the output")).text.includes("\nshowntext"),
  );
});

test("BG-18 BG-17 a paste of 1 MB is asked about with its size and lines, and arrives whole", async () => {
  const text = Array.from({ length: 15_000 }, (_, at) => `line ${at} ${"x".repeat(60)}`).join("\n");
  await typeLine("echo begun > begun.txt; cat > pasted.txt");
  await eventually("cat to have begun", () => written("begun.txt") !== null);
  await pasteText(text);
  await anna.page.getByRole("dialog").getByText("Paste 15,000 lines into bash 1?").waitFor();
  await anna.page
    .getByRole("dialog")
    .getByRole("button", { name: /^Paste / })
    .click();
  await eventually("the paste at the endpoint", () => (written("pasted.txt") ?? "").length > text.length - 100, 30_000);
  await anna.page.keyboard.press("Enter");
  await anna.page.keyboard.press("Control+D");
  await eventually("every line of it", () => written("pasted.txt") === `${text}\n`);
});

test("BG-18 a short paste goes at once, and a large one that is declined not at all", async () => {
  await pasteText("echo pasted > short.txt\n");
  await anna.page.keyboard.press("Enter");
  await eventually("the short paste's command", () => written("short.txt") === "pasted\n");
  await pasteText("echo never > never.txt\n".repeat(500));
  await anna.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await typeLine("echo after > after.txt");
  await eventually("the line after it", () => written("after.txt") === "after\n");
  expect(written("never.txt")).toBeNull();
});

test("BG-19 fifty thousand lines can be scrolled back to", async () => {
  await typeLine("seq 1 49000; echo through > through.txt");
  await eventually("the program to be through", () => written("through.txt") !== null, 30_000);
  await eventually("the first line, in the saved file", async () =>
    (await saved("Save the output")).text.includes("\n1\n2\n3\n"),
  );
});

test("CMD-05 CMD-06 a shell is ended by its button, says so, and another is opened", async () => {
  await anna.page.getByRole("button", { name: "Open a new shell" }).first().click();
  await eventually("two shells", async () => (await shells().nth(1).getAttribute("data-status")) === "running");
  await shells().nth(1).focus();
  await anna.page.keyboard.press("ArrowLeft");
  await eventually("the keyboard at the first tab", async () =>
    shells()
      .first()
      .evaluate((tab) => tab === tab.ownerDocument.activeElement && tab.ariaSelected === "true"),
  );
  await anna.page.keyboard.press("ArrowLeft");
  await eventually(
    "and round to the last",
    async () => (await shells().nth(1).getAttribute("aria-selected")) === "true",
  );
  await typeLine("exit 7");
  await anna.page.getByText("Ended with 7", { exact: true }).waitFor({ timeout: 60_000 });
  await shells().first().click();
  await anna.page.getByRole("button", { name: "End this shell" }).click();
  await eventually(
    "the first to have ended",
    async () => (await shells().first().getAttribute("data-status")) === "ended",
  );
});

test("SYSINFO-01 SYSINFO-02 SYSINFO-03 the snapshot is taken when first seen, and anew with a new time", async () => {
  const { page } = anna;
  await page.getByRole("tab", { name: "System Info" }).click();
  const panel = page.getByRole("tabpanel", { name: "System Info" });
  for (const title of ["Computer", "Debian GNU/Linux", "Busiest processes", "Memory"])
    await panel.getByRole("heading", { name: title, exact: true }).waitFor();
  const now = panel.getByRole("region", { name: "Now" });
  expect(await now.locator(".v").allTextContents()).toEqual([
    expect.stringMatching(/^\d+%$/),
    expect.stringMatching(/B \/ [\d.]+ [GT]B$/),
    expect.stringMatching(/^\d+%$/),
    expect.stringMatching(/bit\/s$/),
  ]);
  const busiest = panel.getByRole("table", { name: "Busiest processes" });
  expect(await busiest.getByRole("row").count()).toBe(6);
  await panel
    .getByRole("button", { name: /^All \d+$/ })
    .first()
    .click();
  await panel.getByRole("heading", { name: "Processes", exact: true }).waitFor();
  await panel.getByRole("button", { name: "Overview" }).click();
  await busiest.waitFor();
  const time = () => panel.locator("time").getAttribute("datetime");
  const before = await time();
  await panel.getByRole("button", { name: "Refresh" }).click();
  await eventually("a new time", async () => (await time()) !== before);
});

test("SYSINFO-04 SYSINFO-05 what is copied and what is saved is what the filter leaves", async () => {
  const { page } = anna;
  await page.getByRole("textbox", { name: "Filter" }).fill("operating system");
  await page.getByRole("tabpanel").getByRole("button", { name: "Copy" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const { name, text } = await saved("Save to file");
  expect(copied).toContain("Operating system\t");
  expect(copied).not.toContain("Kernel\t");
  expect(text).toBe(copied);
  expect(name).toEndWith(" system information.txt");
  await page.getByRole("textbox", { name: "Filter" }).fill("");
});

test("SYSINFO-01 what the agent says in English is found and said in the reader's language", async () => {
  const storageState = await anna.page.context().storageState();
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "de-AT", storageState });
  try {
    const page = await context.newPage();
    await page.goto(anna.page.url());
    await page.locator('[role=tab][id$="-sysinfo-tab"]').click();
    for (const name of ["Computer", "Debian GNU/Linux", "Prozesse mit der höchsten Last"])
      await page.getByRole("heading", { name, exact: true }).waitFor();
  } finally {
    await context.close();
  }
});

test("no script of the page has failed and the content security policy was never touched", () => {
  expect(anna.mishaps).toEqual([]);
});
