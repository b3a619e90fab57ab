import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Locator, Page } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { askAs as ask, dialogOf as dialog, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import type { Person } from "./harness/pages.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const POLICIES = "/api/login/session-policies";
const NO_RULES = { grants: {}, prompting: null };

let site: Site;
let browser: Browser;
let admin: Person;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  admin = await signedInAt(browser, `${site.address}/login/session-policies`);
}, 60_000);
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

interface Made {
  readonly id: string;
  readonly version: number;
}

function addPolicy(displayName: string): Promise<Made> {
  const availability = { users: true, repInvite: false, jumpItems: true };
  return ask(admin.page, "POST", POLICIES, { displayName, description: "", availability, rules: NO_RULES });
}

async function open(path: string): Promise<Page> {
  await admin.page.goto(site.address + path);
  await admin.page.getByRole("heading", { level: 1 }).waitFor();
  return admin.page;
}

const saveBar = (page: Page): Locator => page.getByRole("region", { name: "Unsaved changes" });
const rowOf = (page: Page, name: string): Locator => page.getByRole("group", { name, exact: true });
const simulator = (page: Page): Locator => page.getByRole("complementary", { name: "Simulator" });

async function choosePerson(page: Page, name: string): Promise<void> {
  await simulator(page).getByRole("combobox", { name: "Representative" }).click();
  await page.keyboard.type(name);
  await page.getByRole("option", { name: new RegExp(name, "iu") }).click();
}

test(
  "B10 a session policy is made, its matrix edited, and saving says what changed",
  async () => {
    const page = await open("/login/session-policies");
    await page.getByRole("button", { name: "Create session policy" }).click();
    await dialog(page).getByLabel("Name").fill("Retail floor");
    await dialog(page).getByRole("button", { name: "Create session policy" }).click();
    await page.getByRole("heading", { name: "Retail floor", level: 1 }).waitFor();

    await rowOf(page, "Open a shell").getByRole("radio", { name: "Deny" }).click();
    await rowOf(page, "View the screen").getByRole("radio", { name: "Allow" }).click();
    await rowOf(page, "View the screen").getByLabel("Ask first").check();
    await saveBar(page).getByRole("button", { name: "Review changes" }).click();
    await saveBar(page).getByText("Open a shell: Deny, was Not defined").waitFor();
    await saveBar(page).getByText("View the screen: Allow, ask first, was Not defined").waitFor();

    await page.getByRole("link", { name: "Jump Policies" }).click();
    await dialog(page).getByRole("button", { name: "Stay here" }).click();
    await saveBar(page).getByRole("button", { name: "Save" }).click();
    await page.getByText("Open a shell: Deny, was Not defined").first().waitFor();
    await saveBar(page).waitFor({ state: "detached" });

    await page.getByLabel("Only defined").check();
    expect(await page.getByRole("radiogroup").count()).toBe(2);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.reload();
    await rowOf(page, "Open a shell").waitFor();
    expect(await rowOf(page, "Open a shell").getByRole("radio", { name: "Deny" }).isChecked()).toBe(true);
    expect(await rowOf(page, "View the screen").getByLabel("Ask first").isChecked()).toBe(true);
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "whoever saves a session policy second is told who was faster, and nothing is overwritten",
  async () => {
    const made = await addPolicy("Night shift");
    const page = await open(`/login/session-policies/${made.id}`);
    await rowOf(page, "Open a shell").getByRole("radio", { name: "Allow" }).click();
    const faster = { grants: { "files.browse": { value: "deny", isAsked: false } }, prompting: null };
    await ask(page, "PATCH", `${POLICIES}/${made.id}`, { version: made.version, rules: faster });
    await saveBar(page).getByRole("button", { name: "Save" }).click();
    await saveBar(page).getByText(ADMIN.username).waitFor();
    const stands = await ask<{ rules: object }>(page, "GET", `${POLICIES}/${made.id}`);
    expect(stands.rules).toEqual(faster);
    await saveBar(page).getByRole("button", { name: "Show what is saved now" }).click();
    await saveBar(page).waitFor({ state: "detached" });
    expect(await rowOf(page, "Browse files").getByRole("radio", { name: "Deny" }).isChecked()).toBe(true);
  },
  LONG_TEST_MS,
);

test(
  "SPOL-08 the simulator says what somebody would be allowed and by which path, unsaved edits included",
  async () => {
    const made = await addPolicy("Field devices");
    const attendedSessionPolicy = { kind: "policy", id: made.id };
    const wish = { username: "gmbeki", displayName: "Grace Mbeki", password: "a long enough password" };
    await ask(admin.page, "POST", "/api/login/users", {
      ...wish,
      settings: { attendedSessionPolicy, "console.use": true },
    });
    const page = await open(`/login/session-policies/${made.id}`);
    await choosePerson(page, "Grace");
    const shell = simulator(page).getByRole("listitem").filter({ hasText: "Open a shell" });
    await shell.getByText("The user's policy Field devices, not defined").waitFor();
    await rowOf(page, "Open a shell").getByRole("radio", { name: "Deny" }).click();
    await shell.getByText("The user's policy Field devices denies").waitFor();
    await shell.getByText("Deny", { exact: true }).waitFor();
    await simulator(page).getByText("includes unsaved edits").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await saveBar(page).getByRole("button", { name: "Discard" }).click();
    await shell.getByText("The user's policy Field devices, not defined").waitFor();
  },
  LONG_TEST_MS,
);

test(
  "the global policy allows or denies everything, and what it says is where other policies fall to",
  async () => {
    const page = await open("/login/session-policies/global");
    expect(await rowOf(page, "Open a shell").getByRole("radio").allTextContents()).toEqual(["Allow", "Deny"]);
    await rowOf(page, "Open a shell").getByRole("radio", { name: "Deny" }).click();
    await saveBar(page).getByRole("button", { name: "Save" }).click();
    await saveBar(page).waitFor({ state: "detached" });
    const made = await addPolicy("Kiosks");
    await open(`/login/session-policies/${made.id}`);
    await rowOf(page, "Open a shell").getByText("Deny, global").waitFor();
  },
  LONG_TEST_MS,
);

test(
  "a session policy is duplicated; one that is used is not deleted, and its page says by whom it is used",
  async () => {
    const made = await addPolicy("Branches");
    const attendedSessionPolicy = { kind: "policy", id: made.id };
    const wish = { username: "shaddad", displayName: "Samir Haddad", password: "a long enough password" };
    await ask(admin.page, "POST", "/api/login/users", { ...wish, settings: { attendedSessionPolicy } });
    const page = await open(`/login/session-policies/${made.id}`);
    await page.getByRole("button", { name: "Used by" }).click();
    await dialog(page).getByText("Samir Haddad").waitFor();
    await dialog(page).getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await dialog(page).getByRole("button", { name: "Delete session policy" }).click();
    await dialog(page).getByRole("alert").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Duplicate" }).click();
    await dialog(page).getByLabel("Name").fill("Branches by night");
    await dialog(page).getByRole("button", { name: "Duplicate" }).click();
    await page.getByRole("heading", { name: "Branches by night", level: 1 }).waitFor();
    await page.getByText("Not used yet").waitFor();
  },
  LONG_TEST_MS,
);
