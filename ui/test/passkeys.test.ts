import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { OwnProofs } from "../../protocol/api/own-account.ts";
import type { Security } from "../../protocol/api/security.ts";
import { keyMaker } from "../../server/test/key-maker.ts";
import {
  askAs,
  auditOf,
  dialogOf,
  logOut,
  makeUser,
  openVisitor,
  seeAdministration,
  signedInAt,
  typePassword,
} from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { PasskeyDevice } from "./harness/passkey-device.ts";
import type { Person } from "./harness/pages.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** Passkeys belong to the site's own address: a browser goes straight there. */
const myAccount = (credentials = ADMIN as { username: string; password: string }): Promise<Person> =>
  signedInAt(browser, `${site.directAddress}/login/account`, credentials);

async function addPasskey(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const dialog = dialogOf(page);
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Add passkey" }).click();
  await page.getByRole("button", { name: `Rename ${name}` }).waitFor();
}

async function removePasskey(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: `Remove ${name}` }).click();
  await dialogOf(page).getByRole("button", { name: "Remove passkey" }).click();
  await page.getByRole("button", { name: `Rename ${name}` }).waitFor({ state: "detached" });
}

const usePasskey = (page: Page): Promise<void> => page.getByRole("button", { name: "Sign in with a passkey" }).click();

async function changeSecurity(page: Page, change: Partial<Security>): Promise<void> {
  const { version } = await askAs<Security>(page, "GET", "/api/login/security");
  await askAs(page, "PATCH", "/api/login/security", { version, ...change });
}

test(
  "LOGIN-08 LOGIN-13 LOGIN-14 a passkey in the computer and one that is plugged in sign in to /login and /console without a name",
  async () => {
    for (const transport of ["internal", "usb"] as const) {
      await using person = await myAccount();
      const { page } = person;
      await using device = await PasskeyDevice.connect(page, transport);
      await addPasskey(page, `Key ${transport}`);
      expect(await device.count()).toBe(1);
      await logOut(page);
      await usePasskey(page);
      await seeAdministration(page);
      await page.goto(`${site.directAddress}/console`);
      await usePasskey(page);
      await page.getByRole("tab", { name: "Home" }).waitFor();

      const { signIns } = await askAs<{ signIns: { method: string; area: string }[] }>(
        page,
        "GET",
        "/api/login/sign-ins",
      );
      expect(signIns.filter(({ method }) => method === "passkey").map(({ area }) => area)).toContain("console");
      await page.goto(`${site.directAddress}/login/account`);
      await removePasskey(page, `Key ${transport}`);
      expect(person.mishaps).toEqual([]);
    }
  },
  LONG_TEST_MS,
);

test(
  "LOGIN-09 LOGIN-12 ten passkeys are added, the eleventh cannot be, one is renamed and one removed, and the audit log has each",
  async () => {
    await using admin = await myAccount();
    const grace = { username: "grace", password: "a long enough password" };
    await makeUser(admin.page, grace);
    await using person = await myAccount(grace);
    const { page } = person;
    for (let number = 1; number <= 10; number += 1) {
      await using _device = await PasskeyDevice.connect(page, number % 2 === 0 ? "usb" : "internal");
      await addPasskey(page, `Key ${number}.`);
    }
    await page.getByText("10 of 10").waitFor();
    await page.getByText("You have 10 passkeys. Remove one to add another.").waitFor();
    expect(await page.getByRole("button", { name: "Add a passkey" }).isDisabled()).toBe(true);
    expect(await askAs(page, "POST", "/api/login/account/passkeys/options").catch(String)).toContain(
      "passkey.too_many",
    );

    await page.getByRole("button", { name: "Rename Key 3." }).click();
    await dialogOf(page).getByLabel("Name").fill("Blue key");
    await dialogOf(page).getByRole("button", { name: "Rename" }).click();
    await page.getByText("Blue key", { exact: true }).waitFor();
    await removePasskey(page, "Blue key");
    await page.getByText("9 of 10").waitFor();
    expect(await auditOf(admin.page, "passkey.renamed")).toHaveLength(1);
    expect((await auditOf(admin.page, "passkey.added")).length).toBeGreaterThanOrEqual(10);
    expect((await auditOf(admin.page, "passkey.removed")).length).toBeGreaterThanOrEqual(1);
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "LOGIN-10 LOGIN-11 “Authenticate using” comes preset as the administrator chose, at once, and can be chosen otherwise",
  async () => {
    await using admin = await signedInAt(browser, `${site.directAddress}/login/security`);
    const { page } = admin;
    await using visitor = await openVisitor(browser);
    const choice = visitor.page.getByLabel("Authenticate using");
    await visitor.page.goto(`${site.directAddress}/console`);
    expect(await choice.inputValue()).toBe("password");

    await page.getByLabel("Authenticate using").selectOption("passkey");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Authenticate using: Passkey, without a password, was Causeway account").first().waitFor();
    for (const path of ["/console", "/login"]) {
      await visitor.page.goto(site.directAddress + path);
      await choice.waitFor();
      expect(await choice.inputValue()).toBe("passkey");
      expect(await visitor.page.getByLabel("Password", { exact: true }).count()).toBe(0);
    }
    await choice.selectOption("password");
    await typePassword(visitor.page);
    await seeAdministration(visitor.page);

    const { passkeys } = await askAs<Security>(page, "GET", "/api/login/security");
    await changeSecurity(page, { defaultMethod: "password", passkeys: { ...passkeys, isEnabled: false } });
    await logOut(visitor.page);
    await visitor.page.getByLabel("Password", { exact: true }).waitFor();
    await visitor.page.reload();
    await visitor.page.getByLabel("Password", { exact: true }).waitFor();
    expect(await choice.count()).toBe(0);
    expect(await visitor.page.getByRole("button", { name: "Sign in with a passkey" }).count()).toBe(0);
    await changeSecurity(page, { passkeys });
    expect([...admin.mishaps, ...visitor.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "a passkey is the second proof after a password",
  async () => {
    const rosa = { username: "rosa", password: "another long password" };
    await using admin = await myAccount();
    await makeUser(admin.page, rosa);
    await using person = await myAccount(rosa);
    const { page } = person;
    await using _device = await PasskeyDevice.connect(page, "usb");
    await addPasskey(page, "Rosa's key");
    await changeSecurity(admin.page, { secondProof: "everybody" });
    await logOut(page);
    await typePassword(page, rosa);
    await page.getByRole("heading", { name: "Use your passkey" }).waitFor();
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await seeAdministration(page);
    const proofs = await askAs<OwnProofs>(page, "GET", "/api/login/account/proofs");
    expect(proofs).toMatchObject({ isSecondProofRequired: true, hasAuthenticatorApp: false });
    await changeSecurity(admin.page, { secondProof: "nobody" });
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "models of keys are named with their makers on the Security page, and a key nobody known vouches for is refused in words",
  async () => {
    await using person = await signedInAt(browser, `${site.directAddress}/login/security`);
    const { page } = person;
    // What Chromium's own keys say they are.
    await page.getByLabel("Only these models of keys").fill("01020304-0506-0708-0102-030405060708");
    await page.getByLabel("Makers of keys").fill("Subject: CN=Blue Keys");
    await page.getByLabel("Makers of keys").blur();
    await page.getByText("“Subject: CN=Blue Keys” is no line of a PEM certificate.").waitFor();
    await page.getByLabel("Makers of keys").fill(keyMaker("Blue Keys").rootPem);
    await page.getByLabel("Makers of keys").blur();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Security saved").waitFor();
    await page.goto(`${site.directAddress}/login/account`);
    await using device = await PasskeyDevice.connect(page, "usb");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await dialogOf(page).getByLabel("Name").fill("Unknown key");
    await dialogOf(page).getByRole("button", { name: "Add passkey" }).click();
    await dialogOf(page).getByText("its maker is none of those this site knows", { exact: false }).waitFor();
    expect(await askAs<OwnProofs>(page, "GET", "/api/login/account/proofs")).toMatchObject({ passkeys: [] });
    const { passkeys } = await askAs<Security>(page, "GET", "/api/login/security");
    await changeSecurity(page, { passkeys: { ...passkeys, allowedModels: null }, keyMakers: null });
    await page.reload();
    await addPasskey(page, "Any key");
    await removePasskey(page, "Any key");
    expect(await device.count()).toBeGreaterThan(0);
  },
  LONG_TEST_MS,
);
