import { afterAll, beforeAll, expect, test } from "bun:test";
import { TOTP } from "otpauth";
import type { Browser, Page } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { askAs, dialogOf, openVisitor } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 90_000;
const OTHER = "another long enough secret";
const ROOT = { username: "root-ada", password: ADMIN.password };

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start({ isSetUp: false, isAppliance: true }), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** What the machine's own console shows. */
async function showCode(): Promise<string> {
  const code = /^[A-Z2-9]{4}-[A-Z2-9]{4}$/mu.exec(await site.command(["presence-code"]))?.[0];
  if (code === undefined) throw new Error("the console shows no code");
  return code;
}

async function typeCode(page: Page, code: string, password: string = ROOT.password): Promise<void> {
  await page.getByLabel("Code").fill(code);
  await page.getByLabel("User name").fill(ROOT.username);
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByLabel("New password again").fill(password);
  await page.getByRole("button", { name: "Continue" }).click();
}

async function signIn(page: Page, password: string = ROOT.password): Promise<void> {
  await page.getByLabel("User name").fill(ROOT.username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const access = () => `${site.directAddress}/appliance/access`;
const seeAccess = (page: Page) => page.getByRole("heading", { name: "Access", level: 1 }).waitFor();

test(
  "B3 the console's code sets the site up and then makes the appliance's administrator; before it nobody gets in",
  async () => {
    await using person = await openVisitor(browser);
    const { page } = person;
    await page.goto(`${site.directAddress}/login`);
    await page.getByRole("heading", { name: "Set up this site" }).waitFor();
    await page.getByLabel("Site name").fill("Northmoor");
    await page.getByLabel("User name").fill(ADMIN.username);
    await page.getByLabel("Your name").fill("Ada");
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByLabel("Password again").fill(ADMIN.password);
    const setUp = page.getByRole("button", { name: "Set up and sign in" });
    await setUp.click();
    await page.getByText("Type the code from the console.").waitFor();
    await page.getByLabel("Code", { exact: true }).fill("AAAA-2222");
    await setUp.click();
    await page.getByText("This code is not right", { exact: false }).waitFor();
    const code = await showCode();
    await page.getByLabel("Code", { exact: true }).fill(code.toLowerCase());
    expect(await accessibilityFindings(page)).toEqual([]);
    await setUp.click();
    await page.getByRole("navigation", { name: "Administration" }).waitFor();

    await page.goto(`${site.directAddress}/appliance`);
    await page.getByRole("heading", { name: "Enter the code from the appliance's console" }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await typeCode(page, "AAAA-2222");
    await page.getByText("This code is not right", { exact: false }).waitFor();
    await typeCode(page, code);
    await page.getByRole("navigation", { name: "Appliance" }).waitFor();
    await page.getByRole("link", { name: "Access" }).click();
    await seeAccess(page);
    await page.getByRole("cell", { name: "root-ada You", exact: true }).waitFor();
  },
  LONG_TEST_MS,
);

test(
  "B31 administrators are added, given new passwords and removed, each with a proof of who does it",
  async () => {
    await using person = await openVisitor(browser);
    const { page } = person;
    await page.goto(access());
    await signIn(page, "wrong");
    await page.getByText("is not right", { exact: false }).waitFor();
    await signIn(page);
    await seeAccess(page);
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      // Colours take a moment to change.
      await page.reload();
      await page.getByRole("cell", { name: "root-ada You", exact: true }).waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
    }
    await page.getByRole("button", { name: "Add administrator" }).click();
    const dialog = dialogOf(page);
    await dialog.getByLabel("User name").fill("ben");
    await dialog.getByLabel("New password").fill(OTHER);
    await dialog.getByLabel("Your own password").fill("wrong");
    await dialog.getByRole("button", { name: "Add administrator" }).click();
    await dialog.getByText("is not right", { exact: false }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await dialog.getByLabel("Your own password").fill(ROOT.password);
    await dialog.getByRole("button", { name: "Add administrator" }).click();
    const ben = page.getByRole("row", { name: /^ben / });
    await ben.getByRole("button", { name: "New password" }).click();
    await dialog.getByLabel("New password").fill("a third long secret here");
    await dialog.getByLabel("Your own password").fill(ROOT.password);
    await dialog.getByRole("button", { name: "Set password" }).click();
    await dialog.waitFor({ state: "detached" });
    await ben.getByRole("button", { name: "Remove" }).click();
    await dialog.getByLabel("Your own password").fill(ROOT.password);
    await dialog.getByRole("button", { name: "Remove administrator" }).click();
    await ben.waitFor({ state: "detached" });
  },
  LONG_TEST_MS,
);

test(
  "an authenticator app is set up, asked for, and taken away by the console's code",
  async () => {
    await using person = await openVisitor(browser);
    const { page } = person;
    await page.goto(access());
    await signIn(page);
    await seeAccess(page);
    await page.getByRole("button", { name: "Set up an app" }).click();
    const dialog = dialogOf(page);
    const secret = await dialog.getByRole("group", { name: "Or type this secret into the app" }).innerText();
    const codeOf = (later = 0) => new TOTP({ secret }).generate({ timestamp: Date.now() + later * 30_000 });
    expect(await accessibilityFindings(page)).toEqual([]);
    await dialog.getByLabel("Six digits of your authenticator app").fill(codeOf());
    await dialog.getByRole("button", { name: "Set up" }).click();
    await page.getByRole("button", { name: "Remove app" }).waitFor();

    await using again = await openVisitor(browser);
    await again.page.goto(access());
    await signIn(again.page);
    await again.page.getByRole("heading", { name: "Enter the code" }).waitFor();
    expect(await accessibilityFindings(again.page)).toEqual([]);
    await again.page.getByLabel("Six digits of your authenticator app").fill(codeOf(1));
    await seeAccess(again.page);
    await page.reload();
    await page.getByRole("button", { name: "End", exact: true }).first().click();
    await dialog.getByRole("button", { name: "End sign-in" }).click();
    await dialog.waitFor({ state: "detached" });

    await using third = await openVisitor(browser);
    await third.page.goto(access());
    await third.page.getByRole("button", { name: "Use a code from the appliance's console" }).click();
    await typeCode(third.page, await showCode());
    await seeAccess(third.page);
    await third.page.getByRole("button", { name: "Set up an app" }).waitFor();
    // The first page asks for it over what it shows.
    await page.getByRole("heading", { name: "Sign in again" }).waitFor();
  },
  LONG_TEST_MS,
);

test(
  "NA40 administration moves to a port of its own, is kept from there, and is gone where computers connect",
  async () => {
    await using person = await openVisitor(browser);
    const { page } = person;
    await page.goto(access());
    await signIn(page);
    await seeAccess(page);
    const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const { port } = listener;
    listener.stop(true);
    const panel = page.getByRole("region", { name: "Who is answered where" });
    await panel.getByRole("button", { name: "Edit" }).click();
    const dialog = dialogOf(page);
    expect(await accessibilityFindings(page)).toEqual([]);
    const administration = dialog.getByRole("group", { name: /^Administration/u });
    await administration.getByLabel("Networks").fill("10.0.0.0/99");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("10.0.0.0/99", { exact: false }).last().waitFor();
    await administration.getByLabel("Networks").fill("");
    await administration.getByLabel("Port").fill(String(port));
    await dialog.getByRole("button", { name: "Save" }).click();
    const there = page.getByRole("link", { name: "Open it there" });
    const address = await there.getAttribute("href");
    expect(address).toBe(`https://127.0.0.1:${port}/appliance/access`);
    await page.goto(`https://localhost:${port}/appliance/access`);
    await seeAccess(page);
    await page.goto(address!);
    await signIn(page);
    await page.getByRole("button", { name: "Keep new place" }).click();
    await page.getByText("Keep it?", { exact: false }).waitFor({ state: "detached" });
    const status = async (path: string) => (await page.request.get(site.directAddress + path)).status();
    expect([await status("/"), await status("/login"), await status("/appliance")]).toEqual([200, 404, 404]);
    expect(await askAs<object>(page, "GET", "/api/appliance/listeners")).toMatchObject({ trial: null });
    await site.command(["reset-listeners"]);
    for (let attempt = 0; attempt < 50 && (await status("/login")) !== 200; attempt += 1) await Bun.sleep(100);
    expect(await status("/login")).toBe(200);
  },
  LONG_TEST_MS,
);
