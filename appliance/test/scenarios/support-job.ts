import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { startBrowser } from "../../../ui/test/harness/browser.ts";
import { eventually } from "../../../ui/test/harness/eventually.ts";
import { Person } from "../../../ui/test/harness/pages.ts";
import { must, type Scenario } from "../scenario.ts";
import { JumpClient } from "../site/jump-client.ts";
import { ADA, OTTO } from "../site/people.ts";
import { siteAdministrator } from "../site/set-up.ts";

/** An emulated server takes its time with each page. */
const PAGE_MS = 90_000;
/** Shells of some accounts read slow start files. */
const SHELL_MS = 120_000;
const FILE_BYTES = 3_000_001;

/** Everything a person does on the first day, in a browser. */
export const supportJob: Scenario = {
  name: "support-job",
  proves:
    "In Chromium the site and /appliance are set up with one code of the console; then a computer is reached, with a shell and a file.",
  limitMinutes: 60,
  async run(bench) {
    const machine = await bench.freshMachine("machine", "secure-boot");
    const begun = performance.now();
    await bench.start(machine);
    const code = await (await bench.menuOf(machine)).setUpCode();
    const browser = await startBrowser();
    bench.use({ [Symbol.asyncDispose]: () => browser.close() });
    const ada = bench.use(await Person.open(browser));
    ada.page.context().setDefaultTimeout(PAGE_MS);
    await setUpSite(ada.page, machine.address, code);
    bench.say("the site is set up");
    await enterAppliance(ada.page, machine.address, code);
    await ada.page.screenshot({ path: join(bench.folder, "appliance.png") });
    await bench.figures.take("power on to set up, all in the browser", (performance.now() - begun) / 1000, "s");

    const endpoint = bench.use(await JumpClient.start(await siteAdministrator(machine.address)));
    await jumpTo(ada, machine.address);
    await ada.page.screenshot({ path: join(bench.folder, "console.png") });
    await typeInShell(ada.page, endpoint);
    bench.say("a shell answered");
    await upload(ada.page, endpoint, bench.folder);
    bench.say("a file arrived whole");
    must(ada.mishaps.length === 0, `no script of a page failed: ${ada.mishaps.join("; ")}`);
  },
};

async function setUpSite(page: Page, address: string, code: string): Promise<void> {
  await page.goto(`${address}/`);
  await page.getByRole("link", { name: "Set up this site" }).click();
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByLabel("Site name").fill("Northmoor support");
  await page.getByLabel("User name").fill(ADA.username);
  await page.getByLabel("Your name").fill("Ada Admin");
  await page.getByLabel("Password", { exact: true }).fill(ADA.password);
  await page.getByLabel("Password again").fill(ADA.password);
  await page.getByLabel("Allow the web representative console").click();
  await page.getByRole("button", { name: "Set up and sign in" }).click();
  await page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
}

async function enterAppliance(page: Page, address: string, code: string): Promise<void> {
  await page.goto(`${address}/appliance`);
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByLabel("User name").fill(OTTO.username);
  await page.getByLabel("New password", { exact: true }).fill(OTTO.password);
  await page.getByLabel("New password again").fill(OTTO.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("link", { name: "Access" }).first().waitFor();
}

async function jumpTo(person: Person, address: string): Promise<void> {
  await person.signInToConsole({ address }, ADA);
  const row = person.page.getByRole("row").filter({ hasText: "Online" });
  await row.hover();
  await row.getByRole("button", { name: /^Jump to / }).click();
  await tool(person.page, "System Info").waitFor();
}

const tool = (page: Page, name: string): Locator => page.getByRole("tab", { name });

async function typeInShell(page: Page, { home }: JumpClient): Promise<void> {
  await tool(page, "Command Shell").click();
  const shells = page.getByRole("tablist", { name: "Shells" }).getByRole("tab");
  await eventually(
    "a shell",
    async () => {
      const start = page.getByRole("button", { name: "Start command shell" });
      if (await start.isVisible()) await start.click();
      return (await shells.count()) === 1 && (await shells.first().getAttribute("data-status")) === "running";
    },
    PAGE_MS,
  );
  await page.locator(".host[data-shown=true] .xterm-helper-textarea").focus();
  await page.keyboard.type(`echo "typed-$((6 * 7))" > "${home}/typed.txt"`);
  await page.keyboard.press("Enter");
  const file = join(home, "typed.txt");
  await eventually("the shell's file", () => existsSync(file) && readFileSync(file, "utf8") === "typed-42\n", SHELL_MS);
}

async function upload(page: Page, { home }: JumpClient, folder: string): Promise<void> {
  const content = crypto.getRandomValues(new Uint8Array(65_536));
  const bytes = Buffer.alloc(FILE_BYTES, content);
  const file = join(folder, "to-upload.bin");
  writeFileSync(file, bytes);
  await tool(page, "File Transfer").click();
  await page.getByRole("button", { name: "Start file transfer" }).click();
  await page.getByRole("navigation", { name: "Shortcuts" }).getByRole("button", { name: "Home" }).click();
  await page.getByRole("button", { name: "Upload" }).click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("menuitem", { name: /^Files/u }).click(),
  ]);
  await chooser.setFiles(file);
  const arrived = join(home, "to-upload.bin");
  await eventually(
    "the file at the endpoint, whole",
    () => existsSync(arrived) && readFileSync(arrived).equals(bytes),
    PAGE_MS,
  );
}
