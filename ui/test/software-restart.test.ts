/** The software restarts under whoever works: in Chromium, against the built server and agent. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openNotifySink } from "../../server/test/notify-sink.ts";
import { Program } from "../../tools/desktop/program.ts";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { auditOf, dialogOf, openVisitor, signedInAt, typePassword } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { Person } from "./harness/pages.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 120_000;
/** A login shell runs the account's own start files, which on some machines take a minute. */
const LOGIN_PATIENCE_MS = 90_000;
const STARTS_AGAIN = "The software restarts. This page goes on by itself.";
const RUNS_AGAIN = "The software runs again";
const INES = { username: "ines", password: ADMIN.password } as const;

let site: Site;
let computer: Computer;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await computer?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
}, 30_000);

const written = (name: string): string | null => {
  const path = join(computer.home, name);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
};

async function typeLine({ page }: Person, line: string): Promise<void> {
  await page.locator(".host[data-shown=true] .xterm-helper-textarea").focus();
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
}

/** In a session with the computer, a shell before them that knows a colour. */
async function inShell(person: Person): Promise<void> {
  const { page } = person;
  await person.signInToConsole(site);
  const row = page.getByRole("row").filter({ hasText: "Online" });
  await row.hover();
  await row.getByRole("button", { name: /^Jump to / }).click();
  await page.getByRole("tab", { name: "Command Shell" }).click();
  const shell = page.getByRole("tablist", { name: "Shells" }).getByRole("tab").first();
  await eventually("a running shell", async () => (await shell.getAttribute("data-status")) === "running");
  await typeLine(person, `cd '${computer.home}'; COLOUR=teal; echo "$COLOUR" > before.txt`);
  await eventually("the shell's file", () => written("before.txt") === "teal\n", LOGIN_PATIENCE_MS);
}

/** The software is restarted from the page that shows, at once; its status is not answered until it has been missed. */
async function restartAtOnce(page: Page, status: string): Promise<void> {
  await page.getByRole("button", { name: "Restart the software" }).click();
  const wait = dialogOf(page).getByLabel("Wait for sessions to end");
  if (await wait.isVisible()) await wait.selectOption("0");
  await page.route(`**${status}`, (route) => route.abort("connectionrefused"));
  await dialogOf(page).getByRole("button", { name: "Restart" }).click();
  await page.getByText(STARTS_AGAIN.split(". ")[0]!, { exact: false }).waitFor();
  await page.getByText("This page goes on by itself.").waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await look(page, "starts-again");
  expect(await page.getByText("These figures are old").count()).toBe(0);
  await page.unroute(`**${status}`);
  await page.getByText(RUNS_AGAIN).waitFor();
  await page.getByText("This page goes on by itself.").waitFor({ state: "hidden" });
}

test(
  "B2 from /login > Status the software restarts under a session: it is told and called off, then it happens, the session comes back and what is typed arrives",
  async () => {
    await using anna = await Person.open(browser);
    await inShell(anna);
    await using ada = await signedInAt(browser, `${site.address}/login`);
    const { page } = ada;
    await page.getByRole("button", { name: "Restart the software" }).click();
    await dialogOf(page).getByText("1 session runs now.", { exact: false }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await look(page, "dialog");
    await dialogOf(page).getByRole("button", { name: "Restart" }).click();
    await page.getByText("The software is about to restart.").waitFor();
    await anna.page.getByText("The software restarts in 5 minutes", { exact: false }).first().waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await look(page, "announced");
    await look(anna.page, "announced-console");
    expect(await page.getByRole("button", { name: "Restart the software" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Call it off" }).click();
    await page.getByText("The software is about to restart.").waitFor({ state: "hidden" });
    await eventually("the page has the focus that its button had", () =>
      page.evaluate("document.activeElement.id === 'page'"),
    );
    await anna.page.getByText("The restart was called off", { exact: false }).first().waitFor();

    await restartAtOnce(page, "/api/login/status");
    await look(page, "runs-again");
    await typeLine(anna, 'echo "$COLOUR again" > after.txt');
    await eventually("what was typed afterwards, in the same shell", () => written("after.txt") === "teal again\n");
    await look(anna.page, "after-console");
    expect(await auditOf(page, "software.restarted")).toHaveLength(1);
    expect([...anna.mishaps, ...ada.mishaps]).toEqual([]);
  },
  LONG_TEST_MS + LOGIN_PATIENCE_MS,
);

test(
  "B2 from /appliance the software restarts, and where there is no image the machine's own restart is not offered",
  async () => {
    await site.command(["appliance-administrator", "--username", INES.username, "--password-stdin"], INES.password);
    await using ines = await openVisitor(browser);
    const { page } = ines;
    await page.goto(`${site.address}/appliance`);
    await typePassword(page, INES);
    await page.getByRole("heading", { level: 1, name: "Status" }).waitFor();
    await look(page, "appliance");
    expect(await page.getByRole("button", { name: "Restart or shut down" }).count()).toBe(0);
    await restartAtOnce(page, "/api/appliance/status");
    await page.getByText("By ines.").waitFor();
    await look(page, "appliance-after");
    expect(ines.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

/** A serving program on the site's data, as our own unit starts it. */
function startAsUnit(folder: string, port: number, socket: string): Program & { readonly port: Promise<number> } {
  const listening = Promise.withResolvers<number>();
  const words = ["serve", "--data", folder, "--listen", `127.0.0.1:${port}`, "--appliance"];
  const program = new Program(["dist/causeway", ...words], {
    environment: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "20000000" },
    onLine: (line) => {
      const found = /^Listening on https:\/\/.*:(\d+)/u.exec(line)?.[1];
      if (found !== undefined) listening.resolve(Number(found));
    },
  });
  return Object.assign(program, { port: listening.promise });
}

test(
  "B2 under a service manager the process ends with 0 and says so, another one is started, and the page goes on with it",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "causeway-unit-"));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    const data = join(folder, "data");
    const who = ["--hostname", "localhost", "--admin", ADMIN.username, "--password-stdin"];
    const setUp = new Program(["dist/causeway", "setup", "--data", data, ...who], { input: `${ADMIN.password}\n` });
    expect(await setUp.exited).toBe(0);
    const socket = join(folder, "notify");
    const sink = stack.use(await openNotifySink(socket));
    const first = stack.use(startAsUnit(data, 0, socket));
    const port = await first.port;
    expect(await sink.nextWord()).toStartWith("READY=1");

    const ada = stack.use(await signedInAt(browser, `https://localhost:${port}/login`));
    const { page } = ada;
    await page.getByRole("button", { name: "Restart the software" }).click();
    await dialogOf(page).getByText("No session runs now, so it happens at once.").waitFor();
    await dialogOf(page).getByRole("button", { name: "Restart" }).click();
    expect(await sink.nextWord()).toStartWith("STOPPING=1");
    expect(await first.exited).toBe(0);
    await page.getByText("The software restarts.").waitFor();
    const second = stack.use(startAsUnit(data, port, socket));
    expect(await sink.nextWord()).toStartWith("READY=1");
    expect(second.pid).not.toBe(first.pid);
    await page.getByText(RUNS_AGAIN).waitFor();
    expect(ada.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

async function look(page: Page, name: string): Promise<void> {
  const folder = process.env["PICTURES"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
