import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { TOTP } from "otpauth";
import type { Browser, Page } from "playwright-core";
import type { Security } from "../../protocol/api/security.ts";
import { openMailSink } from "../../server/test/mail-sink.ts";
import { accessibilityFindings } from "./harness/accessibility.ts";
import {
  askAs,
  dialogOf,
  logOut,
  makeUser,
  openVisitor,
  seeAdministration,
  signedInAt,
  typePassword,
} from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
/** A right that is taken away is gone by then. */
const NA38_MS = 2_000;

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

const adminAt = (path: string) => signedInAt(browser, site.address + path);

async function changeSecurity(page: Page, change: Partial<Security>): Promise<void> {
  const { version } = await askAs<Security>(page, "GET", "/api/login/security");
  await askAs(page, "PATCH", "/api/login/security", { version, ...change });
}

/** As if everybody had proved who they are an hour ago. */
function ageProofs(): void {
  using database = new Database(join(site.folder, "causeway.sqlite"));
  database.run("pragma busy_timeout = 10000");
  database.run("update sign_ins set proved_at = ?", [new Date(Date.now() - 3_600_000).toISOString()]);
}

/** The code an app shows so many half minutes from now. */
function codeOf(secret: string, later = 0): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + later * 30_000 });
}

test(
  "the Security page says what a save changes, and saves once one has proved again who sits there",
  async () => {
    await using person = await adminAt("/login/security");
    const { page } = person;
    await page.getByLabel("Shortest password").fill("3");
    await page.getByText("Outside the range that is allowed.").waitFor();
    expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await page.getByLabel("Shortest password").fill("14");
    await page.getByLabel("Administration only from").fill("not a network");
    await page.getByLabel("Administration only from").blur();
    await page.getByText("“not a network” is no address or network.", { exact: false }).waitFor();
    await page.getByLabel("Administration only from").fill("");
    await page.getByLabel("Administration only from").blur();

    ageProofs();
    await page.getByRole("button", { name: "Save" }).click();
    await dialogOf(page).getByText("Is it still you?").waitFor();
    await dialogOf(page).getByRole("button", { name: "Cancel" }).click();
    expect((await askAs<Security>(page, "GET", "/api/login/security")).passwords.minLength).not.toBe(14);
    await page.getByRole("button", { name: "Save" }).click();
    await dialogOf(page).getByLabel("Your password").fill("not it");
    await dialogOf(page).getByRole("button", { name: "Go on" }).click();
    await dialogOf(page).getByRole("alert").first().waitFor();
    await dialogOf(page).getByLabel("Your password").fill(ADMIN.password);
    await dialogOf(page).getByRole("button", { name: "Go on" }).click();
    await page
      .getByText(/^Shortest password: 14, was \d+$/u)
      .first()
      .waitFor();
    expect((await askAs<Security>(page, "GET", "/api/login/security")).passwords.minLength).toBe(14);
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "the pages of signing in and of security are open to everybody: no finding of axe-core",
  async () => {
    await using visitor = await openVisitor(browser);
    await visitor.page.goto(`${site.address}/login`);
    await visitor.page.getByLabel("User name").waitFor();
    const findings = [...(await accessibilityFindings(visitor.page))];
    await using person = await adminAt("/login/account");
    for (const path of ["account", "security", "security-providers", "sign-ins", "api-accounts", "email"]) {
      await person.page.goto(`${site.address}/login/${path}`);
      await person.page.getByRole("heading", { level: 1 }).waitFor();
      await person.page.locator("[aria-busy=true]").waitFor({ state: "detached" });
      findings.push(...(await accessibilityFindings(person.page)).map((finding) => `${path}: ${finding}`));
    }
    expect(findings).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "who needs a second proof sets up an app on the way in, and gives its code from then on",
  async () => {
    const rosa = { username: "rosa", password: "a password long enough" };
    await using admin = await adminAt("/login/security");
    await makeUser(admin.page, rosa);
    await changeSecurity(admin.page, { secondProof: "everybody" });

    await using person = await openVisitor(browser);
    const { page } = person;
    await page.goto(`${site.address}/console`);
    await typePassword(page, rosa);
    await page.getByRole("heading", { name: "Set up a second proof" }).waitFor();
    await page.getByRole("img", { name: "Code for your authenticator app" }).waitFor();
    const secret = (await page.getByRole("group", { name: "Or type this secret into the app" }).textContent()) ?? "";
    const code = page.getByLabel("Six digits of your authenticator app");
    await code.fill("000000");
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByRole("alert").first().waitFor();
    await code.fill(codeOf(secret));
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByRole("tab", { name: "Home" }).waitFor();

    await page.goto(`${site.address}/login`);
    await typePassword(page, rosa);
    await page.getByRole("heading", { name: "Enter the code" }).waitFor();
    await code.fill(codeOf(secret, 1));
    await seeAdministration(page);
    expect(await askAs(page, "GET", "/api/login/account/proofs")).toMatchObject({ hasAuthenticatorApp: true });
    await changeSecurity(admin.page, { secondProof: "nobody" });
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "NA38 a sign-in that is ended on the Sign-ins page is over in its browser at once",
  async () => {
    const grace = { username: "grace", password: "a password long enough" };
    await using admin = await adminAt("/login/sign-ins");
    const { page } = admin;
    await makeUser(page, grace);
    await using person = await openVisitor(browser);
    await person.page.goto(`${site.address}/console`);
    await typePassword(person.page, grace);
    await person.page.getByRole("tab", { name: "Home" }).waitFor();

    await page.reload();
    await page.getByLabel("Search sign-ins").fill("grace");
    const row = page.getByRole("row", { name: /grace/u });
    await row.getByRole("button", { name: "End" }).click();
    await dialogOf(page).getByRole("button", { name: "End sign-in" }).click();
    await person.page.getByRole("heading", { name: "Sign in", exact: true }).waitFor({ timeout: NA38_MS });
    await row.waitFor({ state: "detached" });
    expect([...admin.mishaps, ...person.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "an API account is made with a secret that is shown once, and a program does with it what it was given and no more",
  async () => {
    await using person = await adminAt("/login/api-accounts");
    const { page } = person;
    await page.getByRole("button", { name: "Create API account" }).first().click();
    const dialog = dialogOf(page);
    await dialog.getByLabel("Name").fill("Inventory");
    await dialog.getByRole("combobox", { name: "It may" }).fill("See users");
    await page.getByRole("option", { name: /^See users/u }).click();
    await dialog.getByRole("button", { name: "Create API account" }).click();
    const secret = await page.getByRole("group", { name: "Client secret" }).textContent();
    await page.getByRole("button", { name: "I have it" }).click();
    const row = page.getByRole("row", { name: /Inventory/u });
    await row.getByText("1 right").waitFor();
    const { apiAccounts } = await askAs<{ apiAccounts: { clientId: string }[] }>(
      page,
      "GET",
      "/api/login/api-accounts",
    );

    const tls = { rejectUnauthorized: false };
    const form = {
      grant_type: "client_credentials",
      client_id: apiAccounts[0]?.clientId ?? "",
      client_secret: secret ?? "",
    };
    const answer = await fetch(`${site.address}/api/oauth/token`, {
      method: "POST",
      body: new URLSearchParams(form),
      tls,
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const ask = async (path: string): Promise<number> =>
      (await fetch(site.address + path, { headers: { authorization: `Bearer ${token}` }, tls })).status;
    expect(await ask("/api/login/users")).toBe(200);
    expect(await ask("/api/login/security")).toBe(403);
    await page.reload();
    await row.getByText("Never").waitFor({ state: "detached" });
    await row.getByRole("switch").click();
    await page.getByText("API account disabled").first().waitFor();
    expect(await ask("/api/login/users")).toBe(401);
    await row.getByRole("button", { name: "Delete Inventory" }).click();
    await dialogOf(page).getByRole("button", { name: "Delete API account" }).click();
    await page.getByText("No API accounts yet").waitFor();
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "who idles is asked half a minute before they are signed out, in administration and in the console",
  async () => {
    await using person = await openVisitor(browser);
    const { page } = person;
    await page.clock.install();
    for (const path of ["/login/account", "/console"]) {
      await page.goto(site.address + path);
      await typePassword(page);
      await page.getByRole("button", { name: /menu/iu }).first().waitFor();
      await page.clock.fastForward("59:35");
      await dialogOf(page).getByText("Are you still there?").waitFor();
      await dialogOf(page).getByRole("button", { name: "Stay signed in" }).click();
      await dialogOf(page).waitFor({ state: "detached" });
      await page.clock.fastForward("10:00");
      expect(await dialogOf(page).count()).toBe(0);
    }
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "LOGIN-14 e-mail is set up and tried, and a forgotten password is chosen anew by the link that comes, once",
  async () => {
    await using mail = await openMailSink();
    await using person = await adminAt("/login/email");
    const { page } = person;
    await page.getByLabel("Server").fill("127.0.0.1");
    await page.getByLabel("Port").fill(String(mail.port));
    await page.getByLabel("Encryption").selectOption("none");
    await page.getByLabel("Sender").fill("support@example.org");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByLabel("Send a test message to").fill("ada@example.org");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("The mail server took the message to ada@example.org.").waitFor();
    expect(await mail.next()).toContain("To: ada@example.org");

    await askAs(page, "PATCH", "/api/login/account", { email: "ada@example.org" });
    await logOut(page);
    await page.getByRole("button", { name: "Forgot it?" }).click();
    await page.getByLabel("User name").fill(ADMIN.username);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("If there is an account with this name", { exact: false }).waitFor();
    const message = (await mail.next()).replaceAll("=\r\n", "").replaceAll("=3D", "=");
    const link = /https:\/\/\S+\/login\/reset-password#\S+/u.exec(message)?.[0] ?? "";
    const password = "quite another battery";
    for (const isFirst of [true, false]) {
      await page.goto("about:blank");
      await page.goto(link);
      await page.getByLabel("New password", { exact: true }).fill(password);
      await page.getByLabel("New password again").fill(password);
      await page.getByRole("button", { name: "Save the password" }).click();
      if (isFirst) await page.getByText("Your password is changed. Sign in with the new one.").waitFor();
      else await page.getByText("This link has been used", { exact: false }).waitFor();
      if (!isFirst) continue;
      await typePassword(page, { username: ADMIN.username, password });
      await seeAdministration(page);
    }
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
