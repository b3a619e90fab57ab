import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Locator, Page } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { startBrowser } from "./harness/browser.ts";
import { Person } from "./harness/pages.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
/** Below the test's own limit, so that a failure names what was waited for. */
const PATIENCE_MS = 10_000;
const PASSWORD = "a long enough password";

let site: Site;
let browser: Browser;
let admin: Person;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  admin = await inside("/login");
}, 60_000);
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** Somebody signed in to administration, on the page of that address. */
async function inside(path: string, { username, password } = ADMIN as { username: string; password: string }) {
  const person = await Person.open(browser);
  person.page.context().setDefaultTimeout(PATIENCE_MS);
  await person.page.goto(site.address + path);
  await person.page.getByLabel("User name").fill(username);
  await person.page.getByLabel("Password", { exact: true }).fill(password);
  await person.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await person.page.getByRole("navigation", { name: "Administration" }).waitFor();
  return person;
}

/** Asks the API with a page's sign-in. */
async function ask<T>(page: Page, method: string, path: string, body?: object): Promise<T> {
  const text = await page.evaluate(
    async (asked) => {
      const content = asked.body === undefined ? null : JSON.stringify(asked.body);
      const headers = content === null ? {} : { "content-type": "application/json" };
      const response = await fetch(asked.path, { method: asked.method, headers, body: content });
      if (!response.ok) throw new Error(`${asked.method} ${asked.path}: ${await response.text()}`);
      return response.text();
    },
    { method, path, body },
  );
  return JSON.parse(text) as T;
}

interface Made {
  readonly id: string;
  readonly version: number;
}

function addUser(username: string, displayName: string, settings: object = {}): Promise<Made> {
  return ask<Made>(admin.page, "POST", "/api/login/users", { username, displayName, password: PASSWORD, settings });
}

function addPolicy(name: string, members: readonly Made[], settings: object = {}): Promise<Made> {
  const list = members.map(({ id }) => ({ kind: "user", user: id }));
  const wish = { name, description: "", settings, members: list, jumpGroups: [], teams: [] };
  return ask<Made>(admin.page, "POST", "/api/login/group-policies", wish);
}

const given = (value: boolean, isFinal = false): object => ({ value, isFinal });
const dialog = (page: Page): Locator => page.getByRole("dialog").or(page.getByRole("alertdialog"));
const saveBar = (page: Page): Locator => page.getByRole("region", { name: "Unsaved changes" });
async function open(path: string): Promise<Page> {
  await admin.page.goto(site.address + path);
  await admin.page.getByRole("heading", { level: 1 }).waitFor();
  return admin.page;
}

test(
  "B7 the list of users is searched and filtered, and is found again as it was left, after signing out, too",
  async () => {
    await addUser("twilk", "Tomasz Wilk");
    const { id } = await addUser("abyrne", "Aoife Byrne");
    await ask(admin.page, "PATCH", `/api/login/users/${id}`, { version: 1, isDisabled: true });
    const page = await open("/login/users");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("menuitem", { name: "is disabled" }).click();
    await page.getByRole("row", { name: /Tomasz/u }).waitFor({ state: "detached" });
    await page.getByRole("row", { name: /Aoife/u }).waitFor();
    await Promise.all([
      page.waitForResponse(
        (response) => response.url().endsWith("/preferences") && response.request().method() === "PUT",
      ),
      page.getByLabel("Search users").fill("aoife"),
    ]);
    await using again = await inside("/login/users");
    await again.page.getByRole("row", { name: /Aoife/u }).waitFor();
    expect(await again.page.getByLabel("Search users").inputValue()).toBe("aoife");
    await again.page.getByRole("button", { name: "Remove filter Status" }).click();
    await again.page.getByLabel("Search users").fill("");
    await again.page.getByRole("row", { name: /Tomasz/u }).waitFor();
    await again.page.waitForResponse((response) => response.url().endsWith("/preferences"));
    expect(again.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "B8 a user's permissions say where each comes from, a change is told before it is saved, and leaving asks",
  async () => {
    const grace = await addUser("gmbeki", "Grace Mbeki");
    await addPolicy("Service desk", [grace], { "console.use": given(true, true), "session.join": given(true) });
    const page = await open(`/login/users/${grace.id}`);
    await page.getByRole("tab", { name: "Permissions" }).click();
    const console = page.getByRole("group", { name: "Use the console" });
    await console.getByText("From the group policy Service desk, final.").waitFor();
    expect(await console.getByRole("combobox").isDisabled()).toBe(true);
    const join = page.getByRole("group", { name: "Join sessions" });
    await join.getByText("Allowed.").waitFor();
    await join.getByRole("combobox").selectOption({ label: "Not allowed" });
    await page.getByText("1 unsaved change").click();
    await page.getByText("Join sessions: Not allowed, was not set here").waitFor();
    await page.getByRole("link", { name: "Teams" }).click();
    await dialog(page).getByRole("button", { name: "Stay here" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await join.getByText("Set for this user.").waitFor();
    await page.getByRole("tab", { name: "Activity" }).click();
    await page.getByText("Join sessions: Not allowed, was Not set", { exact: true }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "whoever changes a user second is told who was faster and can look at it",
  async () => {
    const user = await addUser("praman", "Priya Raman");
    const page = await open(`/login/users/${user.id}`);
    await page.getByLabel("Display name").fill("Priya R.");
    await ask(page, "PATCH", `/api/login/users/${user.id}`, { version: user.version, displayName: "Priya Raman-Fox" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText(ADMIN.username).waitFor();
    await page.getByRole("button", { name: "Show what is saved now" }).click();
    await page.getByRole("heading", { name: "Priya Raman-Fox" }).waitFor();
    expect(await page.getByLabel("Display name").inputValue()).toBe("Priya Raman-Fox");
  },
  LONG_TEST_MS,
);

test(
  "B9 a group policy's settings are defined and made final, and saving says whom it touches",
  async () => {
    const samir = await addUser("shaddad", "Samir Haddad");
    const policy = await addPolicy("Field devices", [samir], { "session.end": given(true) });
    const page = await open(`/login/group-policies/${policy.id}`);
    await page.getByLabel("Defined: Join sessions").check();
    const row = page.getByRole("row", { name: /^Join sessions/u });
    await row.getByRole("switch").click();
    await row.getByRole("button", { name: "Final: Join sessions" }).click();
    await saveBar(page).getByText("1 person is affected.").waitFor();
    await saveBar(page).getByRole("button", { name: "Review changes" }).click();
    await saveBar(page).getByText("Join sessions: Allowed (final), was Not defined. 1 person gains it").waitFor();
    await saveBar(page).getByRole("button", { name: "Save" }).click();
    await saveBar(page).waitFor({ state: "detached" });
    const saved = await ask<{ settings: object }>(page, "GET", `/api/login/group-policies/${policy.id}`);
    expect(saved.settings).toEqual({ "session.end": given(true), "session.join": given(true, true) });
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByText("Join sessions: Allowed (final), was Not set").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "B9 policies are put in order with the keyboard, duplicated, searched for members and previewed for one user",
  async () => {
    const rafal = await addUser("rkowal", "Rafal Kowal");
    await addPolicy("Vendor, on site", []);
    const first = await addPolicy("Vendor, read only", [rafal], { "audit.view": given(true) });
    const page = await open(`/login/group-policies/${first.id}`);
    const grip = page.getByRole("button", { name: /^Move Vendor, read only/u });
    await grip.focus();
    await page.keyboard.press("Home");
    await saveBar(page).getByRole("button", { name: "Save" }).click();
    await saveBar(page).waitFor({ state: "detached" });
    const { groupPolicies } = await ask<{ groupPolicies: { id: string }[] }>(page, "GET", "/api/login/group-policies");
    expect(groupPolicies[0]!.id).toBe(first.id);

    await page
      .getByRole("row", { name: /^Read the audit log/u })
      .getByRole("switch")
      .click();
    await page.getByRole("button", { name: "Preview for a user" }).click();
    await dialog(page).getByLabel("Find a user").fill("rafal");
    await dialog(page)
      .getByRole("button", { name: /Rafal Kowal/u })
      .click();
    await dialog(page).getByLabel("Only what changes").check();
    const shown = dialog(page).getByRole("table").getByRole("row");
    expect(await shown.nth(1).innerText()).toMatch(/Read the audit log\s+Allowed\s+Not allowed/u);
    await page.keyboard.press("Escape");
    await saveBar(page).getByRole("button", { name: "Discard" }).click();

    await page.getByRole("tab", { name: /^Members \d/u }).click();
    await page.getByLabel("Add a user").fill(ADMIN.username);
    await page.getByRole("list", { name: "Add a user: found" }).getByRole("button").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: `Remove ${ADMIN.username}` }).waitFor();
    await saveBar(page).getByRole("button", { name: "Save" }).click();
    await saveBar(page).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Duplicate" }).click();
    await dialog(page).getByLabel("Name").fill("Vendor, second");
    await dialog(page).getByRole("button", { name: "Duplicate" }).click();
    await page.getByRole("heading", { name: "Vendor, second", level: 1 }).waitFor();
    expect(await page.getByLabel("Defined: Read the audit log").isChecked()).toBe(true);
  },
  LONG_TEST_MS,
);

test(
  "B9 taking the last administrator's right is refused in words, and nothing can be saved until it is undone",
  async () => {
    const me = await ask<Made>(admin.page, "GET", "/api/login/account");
    const policy = await addPolicy("Everybody", [me], {});
    const page = await open(`/login/group-policies/${policy.id}`);
    await page.getByLabel("Defined: Administrator").check();
    await page.getByRole("button", { name: "Final: Administrator" }).click();
    await page.getByText("This would leave the site without an administrator.").waitFor();
    expect(await saveBar(page).getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await saveBar(page).getByRole("button", { name: "Discard" }).click();
    await saveBar(page).waitFor({ state: "detached" });
  },
  LONG_TEST_MS,
);

test(
  "SPOL-04 custom rules are edited in place, and a session policy chosen by name can only be looked at",
  async () => {
    const shared = { displayName: "Retail floor", description: "", rules: { grants: {}, prompting: null } };
    const availability = { users: true, repInvite: false, jumpItems: false };
    await ask(admin.page, "POST", "/api/login/session-policies", { ...shared, availability });
    const policy = await addPolicy("Shops", []);
    const page = await open(`/login/group-policies/${policy.id}`);
    await page.getByRole("tab", { name: "Session permissions" }).click();
    await page.getByLabel("Defined: Attended session permissions").check();
    const choice = page.getByRole("combobox", { name: "Attended session permissions" });
    await choice.selectOption({ label: "Custom rules" });
    await dialog(page).getByRole("group", { name: "Open a shell" }).getByRole("radio", { name: "Deny" }).click();
    await dialog(page).getByRole("button", { name: "Use these rules" }).click();
    await saveBar(page).getByRole("button", { name: "Review changes" }).click();
    await saveBar(page).getByText("Custom rules, 1 permission defined").waitFor();
    await choice.selectOption({ label: "Retail floor" });
    await page.getByRole("button", { name: "View rules" }).click();
    expect(
      await dialog(page).getByRole("group", { name: "Open a shell" }).getByRole("radio", { name: "Deny" }).isDisabled(),
    ).toBe(true);
    await page.keyboard.press("Escape");
    await saveBar(page).getByRole("button", { name: "Save" }).click();
    await saveBar(page).waitFor({ state: "detached" });
  },
  LONG_TEST_MS,
);

test(
  "SPOL-02 SPOL-05 a user gets a session policy for attended and own rules for unattended sessions, with sign-in hours",
  async () => {
    const rules = { grants: {}, prompting: null };
    const availability = { users: true, repInvite: false, jumpItems: false };
    const wish = { displayName: "Front desk", description: "", rules, availability };
    const sessionPolicy = await ask<Made>(admin.page, "POST", "/api/login/session-policies", wish);
    const user = await addUser("dmoore", "Dylan Moore");
    const page = await open(`/login/users/${user.id}`);
    await page.getByRole("tab", { name: "Permissions" }).click();
    const attended = page.getByRole("group", { name: "Attended session permissions", exact: true });
    await attended.getByRole("combobox").selectOption({ label: "Set here" });
    await attended.getByRole("combobox").last().selectOption({ label: "Front desk" });
    const unattended = page.getByRole("group", { name: "Unattended session permissions", exact: true });
    await unattended.getByRole("combobox").selectOption({ label: "Set here" });
    await unattended.getByRole("combobox").last().selectOption({ label: "Custom rules" });
    await dialog(page).getByRole("group", { name: "View the screen" }).getByRole("radio", { name: "Allow" }).click();
    await dialog(page).getByRole("button", { name: "Use these rules" }).click();
    const hours = page.getByRole("group", { name: "Sign-in schedule", exact: true });
    await hours.getByRole("combobox").selectOption({ label: "Set here" });
    await hours.getByRole("combobox").last().selectOption({ label: "At set hours" });
    await page.getByRole("button", { name: "Save" }).click();
    await attended.getByText("Set for this user.").waitFor();
    const { settings } = await ask<{ settings: Record<string, unknown> }>(page, "GET", `/api/login/users/${user.id}`);
    expect(settings).toEqual({
      attendedSessionPolicy: { kind: "policy", id: sessionPolicy.id },
      unattendedSessionPolicy: {
        kind: "custom",
        rules: { grants: { "screen.view": { value: "allow", isAsked: false } }, prompting: null },
      },
      signInSchedule: { timeZone: expect.any(String), windows: expect.any(Array) },
    });
  },
  LONG_TEST_MS,
);

test(
  "a team is made, gets a lead, and says what changed",
  async () => {
    await addUser("evasile", "Elena Vasile");
    const page = await open("/login/teams");
    await page.getByRole("button", { name: "Add team" }).first().click();
    await dialog(page).getByLabel("Name").fill("Libraries and schools");
    await dialog(page).getByRole("button", { name: "Add team" }).click();
    await page.getByLabel("Add a member").fill("elena");
    await page.getByRole("button", { name: /^Elena Vasile/u }).click();
    await page.getByLabel("Role of Elena Vasile").selectOption({ label: "Lead" });
    await page.getByText("1 unsaved change").click();
    await page.getByText("Elena Vasile: Lead, was not in it").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Libraries and schools.*Elena Vasile/u }).waitFor();
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "users, teams and group policies are accessible and fit, light and dark, wide and narrow",
  async () => {
    const policy = await addPolicy("Night shift", [], { "console.use": given(true) });
    for (const [colorScheme, width, height] of [
      ["light", 1440, 900],
      ["dark", 1440, 900],
      ["dark", 390, 844],
    ] as const) {
      await admin.page.emulateMedia({ colorScheme });
      await admin.page.setViewportSize({ width, height });
      for (const path of ["/login/users", "/login/teams", `/login/group-policies/${policy.id}`]) {
        await admin.page.goto("about:blank");
        const page = await open(path);
        await page
          .getByText(path.includes("policies") ? "Order of priority" : "Columns")
          .first()
          .waitFor({ state: "attached" });
        await page.waitForLoadState("networkidle");
        expect({ path, findings: await accessibilityFindings(page) }).toEqual({ path, findings: [] });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect({ path, overflow }).toEqual({ path, overflow: 0 });
      }
    }
  },
  LONG_TEST_MS,
);
