import { afterAll, beforeAll, expect, test } from "bun:test";
import { TOTP } from "otpauth";
import type { Browser } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import {
  askAs,
  dialogOf,
  makeUser,
  openVisitor,
  seeAdministration,
  signedInAt,
  typePassword,
} from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const ROSA = { username: "rosa", password: "a password long enough" };

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

test(
  "LOGIN-14 recovery codes are made under My account, shown once, and one of them stands in for the lost phone",
  async () => {
    await using admin = await signedInAt(browser, `${site.address}/login/account`);
    await makeUser(admin.page, ROSA);
    await using person = await openVisitor(browser);
    const { page } = person;
    await page.goto(`${site.address}/login`);
    await typePassword(page, ROSA);
    await seeAdministration(page);
    await page.goto(`${site.address}/login/account`);
    await page.getByRole("button", { name: "Set up an app" }).click();
    const secret = (await page.getByRole("group", { name: "Or type this secret into the app" }).textContent()) ?? "";
    const code = new TOTP({ secret }).generate();
    await dialogOf(page).getByLabel("Six digits of your authenticator app").fill(code);
    await dialogOf(page).getByRole("button", { name: "Set up" }).click();
    await page.getByText("You have no recovery codes.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Make recovery codes" }).click();
    const codes = await dialogOf(page)
      .getByRole("list", { name: "Recovery codes" })
      .getByRole("listitem")
      .allTextContents();
    expect(new Set(codes).size).toBe(10);
    expect(await accessibilityFindings(page)).toEqual([]);
    const saving = page.waitForEvent("download");
    await dialogOf(page).getByRole("button", { name: "Save as a file" }).click();
    expect(await Bun.file(await (await saving).path()).text()).toBe(`${codes.join("\n")}\n`);
    await dialogOf(page).getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("10 recovery codes are left.", { exact: false }).waitFor();

    await using elsewhere = await openVisitor(browser);
    await elsewhere.page.goto(`${site.address}/console`);
    await typePassword(elsewhere.page, ROSA);
    await elsewhere.page.getByRole("button", { name: "Use a recovery code instead" }).click();
    const field = elsewhere.page.getByLabel("Recovery code");
    await field.fill("0000-0000-0000-0000");
    await elsewhere.page.getByRole("button", { name: "Continue" }).click();
    await elsewhere.page.getByText("This proof is not right.", { exact: false }).waitFor();
    expect(await accessibilityFindings(elsewhere.page)).toEqual([]);
    await field.fill(codes[4]!.toUpperCase());
    await elsewhere.page.getByRole("button", { name: "Continue" }).click();
    await elsewhere.page.getByRole("tab", { name: "Home" }).waitFor();
    expect(await askAs(page, "GET", "/api/login/account/proofs")).toMatchObject({ recoveryCodesLeft: 9 });
    expect([...person.mishaps, ...elsewhere.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);
