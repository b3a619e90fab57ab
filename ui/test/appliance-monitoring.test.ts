import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { Program } from "../../tools/desktop/program.ts";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { openVisitor } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { Site } from "./harness/site.ts";

const INES = { username: "ines", password: "correct horse battery staple" } as const;
const KEYS = { authentication: "a raven on the weir", privacy: "three herons in the reeds" } as const;

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

/** One nobody listens on. */
async function freePort(): Promise<number> {
  const socket = await Bun.udpSocket({ hostname: "127.0.0.1" });
  const { port } = socket;
  socket.close();
  return port;
}

/** What snmpget reads; "": it was not answered. */
async function read(words: readonly string[], port: number, name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "causeway-snmp-"));
  const env = { PATH: "/usr/bin", SNMPCONFPATH: folder, SNMP_PERSISTENT_DIR: folder, MIBS: "" };
  const how = ["-On", "-t", "2", "-r", "0", `udp:127.0.0.1:${port}`, name];
  try {
    const child = Bun.spawn(["/usr/bin/snmpget", ...words, ...how], {
      env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    return (await new Response(child.stdout).text()).trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("an administrator switches SNMP on, a monitoring system reads the built server, and the page says who asked in vain", async () => {
  await using person = await openVisitor(browser);
  const { page } = person;
  const port = await freePort();
  await page.goto(`${site.address}/appliance/support`);
  await page.getByLabel("User name").fill(INES.username);
  await page.getByLabel("Password", { exact: true }).fill(INES.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const panel = page.locator("section").filter({ has: page.getByRole("heading", { name: "SNMP", exact: true }) });
  await panel.getByText("Nobody is answered.", { exact: false }).waitFor();
  await panel.getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "SNMP" });
  await dialog.getByLabel("Answer a monitoring system").click();
  await dialog.getByLabel("Networks").fill("127.0.0.1");
  await dialog.getByLabel("Port").fill(String(port));
  await dialog.getByLabel("User name").fill("watch");
  await dialog.getByLabel("Authentication key (SHA-256)").fill(KEYS.authentication);
  await dialog.getByLabel("Privacy key (AES-128)").fill(KEYS.privacy);
  expect(await accessibilityFindings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Save" }).click();
  await panel.getByText(`UDP ${port}`).waitFor();
  const user = ["-v3", "-l", "authPriv", "-u", "watch", "-a", "SHA-256", "-A", KEYS.authentication];
  expect(await read([...user, "-x", "AES", "-X", KEYS.privacy], port, ".1.3.6.1.4.1.32473.1.2.2.0")).toMatch(
    /\.2\.0 = INTEGER: [12]$/u,
  );
  expect(await read(["-v2c", "-c", "public"], port, ".1.3.6.1.2.1.1.1.0")).toBe("");
  await panel.getByText("it asked by version 1 or 2c", { exact: false }).waitFor({ timeout: 20_000 });
}, 90_000);
