/**
 * `make pictures` drives the built programs and takes the pictures of README.md, light and dark: a site
 * with some Jump Clients, a real desktop, a session with each of its tools.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

const folder = process.argv[2] ?? "docs/pictures";
/** Pictures settle: a remote picture has come, a toast has gone. */
const SETTLE_MS = 1500;

mkdirSync(folder, { recursive: true });

async function take(page: Page, name: string): Promise<void> {
  await Bun.sleep(SETTLE_MS);
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await Bun.sleep(200);
    await page.screenshot({ path: join(folder, `${name}.${scheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: "light" });
}

async function openTool(page: Page, name: string): Promise<void> {
  await page.getByRole("tab", { name }).click();
}

await using site = await Site.start();
await using computer = await Computer.start(site);
for (const name of ["Rota week 47.ods", "Opening hours.txt", "label-printer.log"])
  writeFileSync(join(computer.home, name), name.repeat(900));
const browser = await startBrowser();
await using person = await Person.open(browser);
const { page } = person;
await page.setViewportSize({ width: 1440, height: 900 });
await page.goto(`${site.address}/login`);
await take(page, "sign-in");
await person.signInToConsole(site);
await page.getByRole("row").filter({ hasText: "Online" }).click();
await take(page, "home");
computer.openTerminal();
await page
  .getByRole("button", { name: /^Jump to / })
  .first()
  .click();
await openTool(page, "Screen Sharing");
await page.getByRole("button", { name: "Start screen sharing" }).click();
await page.getByRole("tabpanel", { name: "Screen Sharing" }).getByRole("application").click();
await page.keyboard.type("uname -a; ls -la\n");
await take(page, "screen");
await openTool(page, "Command Shell");
await take(page, "shell");
await openTool(page, "File Transfer");
await page.getByRole("button", { name: "Start file transfer" }).click();
await take(page, "files");
await openTool(page, "System Info");
await take(page, "system-info");
await browser.close();
