import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { START_SESSIONS_ROLE } from "../../protocol/built-in-roles.ts";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { askAs, dialogOf, openVisitor, signedInAt, typePassword } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import type { Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const PASSWORD = "a long enough password";

let site: Site;
let browser: Browser;
let admin: Person;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  admin = await signedInAt(browser, `${site.address}/login/jump-groups`);
}, 60_000);
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

async function made(path: string, wish: object): Promise<string> {
  return (await askAs<{ id: string }>(admin.page, "POST", `/api/login/${path}`, wish)).id;
}

const addUser = (username: string, displayName: string, settings: object = {}): Promise<string> =>
  made("users", { username, displayName, password: PASSWORD, settings });

async function open(path: string): Promise<Page> {
  await admin.page.goto(site.address + path);
  await admin.page.getByRole("heading", { level: 1 }).waitFor();
  return admin.page;
}

test(
  "GROUP-04 GROUP-05 GROUP-06 people are put into a Jump Group with a role or their default one, and found by name",
  async () => {
    await addUser("twilk", "Tomasz Wilk");
    await addUser("evasile", "Elena Vasile", { systemJumpItemRole: START_SESSIONS_ROLE });
    const id = await made("jump-groups", { name: "Finance", comments: "" });
    const page = await open(`/login/jump-groups/${id}`);
    const users = page.getByRole("region", { name: "Allowed users" });
    await users.getByRole("button", { name: "Add a person" }).click();
    await dialogOf(page).getByLabel("Find a person").fill("tomasz");
    await dialogOf(page)
      .getByRole("button", { name: /Tomasz Wilk/u })
      .click();
    await dialogOf(page).getByLabel("Jump Item Role").selectOption({ label: "Start sessions only" });
    await dialogOf(page).getByRole("button", { name: "Add", exact: true }).click();
    const tomasz = users.getByRole("row", { name: /Tomasz Wilk.*Start sessions only.*This page/u });
    await tomasz.waitFor();
    await tomasz.getByRole("button", { name: "Change Tomasz Wilk" }).click();
    await dialogOf(page).getByLabel("Jump Item Role").selectOption({ label: "Their Default role" });
    await dialogOf(page).getByRole("button", { name: "Save" }).click();
    await users.getByRole("row", { name: /Tomasz Wilk.*Default/u }).waitFor();
    await users.getByLabel("Filter by name").fill("elena");
    await users.getByRole("row", { name: /Elena Vasile/u }).waitFor();
    await users.getByRole("row", { name: /Tomasz/u }).waitFor({ state: "detached" });
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "GROUP-07 GROUP-08 what a group policy or a System role gives cannot be changed here, and links lead to where it can",
  async () => {
    const grace = await addUser("gmbeki", "Grace Mbeki");
    await addUser("shaddad", "Samir Haddad", { systemJumpItemRole: START_SESSIONS_ROLE });
    const id = await made("jump-groups", { name: "Branches", comments: "" });
    await made("group-policies", {
      name: "Service desk",
      description: "",
      settings: {},
      members: [{ kind: "user", user: grace }],
      jumpGroups: [{ jumpGroup: id, role: START_SESSIONS_ROLE }],
      teams: [],
    });
    const page = await open(`/login/jump-groups/${id}`);
    const users = page.getByRole("region", { name: "Allowed users" });
    for (const name of ["Grace Mbeki", "Samir Haddad"]) {
      const row = users.getByRole("row", { name: new RegExp(name, "u") });
      expect(await row.getByRole("button", { name: new RegExp(`^Change ${name}`, "u") }).isDisabled()).toBe(true);
      expect(await row.getByRole("button", { name: new RegExp(`^Remove ${name}`, "u") }).isDisabled()).toBe(true);
    }
    await page.getByRole("region", { name: "Group policies" }).getByRole("link", { name: "Service desk" }).waitFor();
    await users.getByRole("row", { name: /Grace/u }).getByRole("link", { name: "Service desk" }).click();
    await page.getByRole("heading", { name: "Service desk", level: 1 }).waitFor();
    await page.goBack();
    await users.getByRole("link", { name: "Grace Mbeki" }).click();
    await page.getByRole("complementary", { name: "Grace Mbeki" }).waitFor();
  },
  LONG_TEST_MS,
);

test(
  "GROUP-02 the filter of the Jump Groups stays until it is taken away, after signing out, too",
  async () => {
    await made("jump-groups", { name: "Harbour office", comments: "" });
    const page = await open("/login/jump-groups");
    await page.getByRole("row", { name: /Harbour/u }).waitFor();
    await Promise.all([
      page.waitForResponse((answer) => answer.url().endsWith("/preferences") && answer.request().method() === "PUT"),
      page.getByLabel("Search Jump Groups").fill("harbour"),
    ]);
    await using again = await signedInAt(browser, `${site.address}/login/jump-groups`);
    await again.page.getByRole("row", { name: /Harbour/u }).waitFor();
    expect(await again.page.getByLabel("Search Jump Groups").inputValue()).toBe("harbour");
    await again.page.getByLabel("Search Jump Groups").press("Escape");
    await again.page
      .getByRole("row", { name: /General|Default/u })
      .first()
      .waitFor();
  },
  LONG_TEST_MS,
);

test(
  "how Jump Items work on the whole site is changed beside the Jump Policies",
  async () => {
    const page = await open("/login/jump-policies");
    await page.getByRole("button", { name: "Jump Item settings" }).click();
    await dialogOf(page).getByLabel("Ticket check address").fill("https://tickets.northmoor.example/check");
    await dialogOf(page).getByRole("button", { name: "Save" }).click();
    await dialogOf(page).waitFor({ state: "detached" });
    const saved = await askAs<{ ticketCheckUrl: string }>(page, "GET", "/api/login/jump-item-settings");
    expect(saved.ticketCheckUrl).toBe("https://tickets.northmoor.example/check");
  },
  LONG_TEST_MS,
);

test(
  "policies, roles and Jump Groups are accessible and fit, light and dark, wide and narrow",
  async () => {
    const group = await made("jump-groups", { name: "Archive", comments: "" });
    const rules = {
      schedule: { timeZone: "UTC", windows: [{ startDay: 0, startMinute: 480, endDay: 0, endMinute: 1020 }] },
      isEndForced: true,
      requiresTicket: true,
      requiresEndUserProof: false,
      allowsSimultaneousJumps: null,
      approval: { team: null, validMinutes: 60 },
    };
    const jumpPolicy = await made("jump-policies", { displayName: "Mondays", description: "", rules });
    const paths = [
      `/login/jump-groups/${group}`,
      `/login/jump-policies/${jumpPolicy}`,
      "/login/jump-item-roles",
      "/login/session-policies/global",
    ];
    for (const [colorScheme, width, height] of [
      ["light", 1440, 900],
      ["dark", 390, 844],
    ] as const) {
      await admin.page.emulateMedia({ colorScheme });
      await admin.page.setViewportSize({ width, height });
      for (const path of paths) {
        const page = await open(path);
        await page.waitForLoadState("networkidle");
        expect({ path, findings: await accessibilityFindings(page) }).toEqual({ path, findings: [] });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect({ path, overflow }).toEqual({ path, overflow: 0 });
      }
    }
    await admin.page.setViewportSize({ width: 1440, height: 900 });
  },
  LONG_TEST_MS,
);

test(
  "ROLE-15 a role's last three permissions say which fields they are about",
  async () => {
    const page = await open("/login/jump-item-roles");
    await page.getByRole("button", { name: "Create Jump Item Role" }).click();
    const dialog = dialogOf(page);
    for (const [permission, fields] of [
      ["Edit session policy", "session policy while nobody is there"],
      ["Edit connectivity and authentication", "end user's authenticator app"],
      ["Edit behavior and experience", "Fields: name."],
    ] as const) {
      await dialog.getByRole("button", { name: `About ${permission}` }).click();
      await page.getByText(fields).filter({ visible: true }).waitFor();
      await page.keyboard.press("Escape");
    }
    await dialog.getByLabel("Name", { exact: true }).fill("Front desk");
    await dialog.getByRole("checkbox", { name: "Start sessions" }).check();
    await dialog.getByRole("button", { name: "Create Jump Item Role" }).click();
    await page.getByRole("row", { name: /Front desk.*Start sessions/u }).waitFor();
  },
  LONG_TEST_MS,
);

test(
  "ROLE-16 a user's roles are shown as Default, Personal, Team and System",
  async () => {
    const id = await addUser("rkowal", "Rafal Kowal", { systemJumpItemRole: START_SESSIONS_ROLE });
    const page = await open(`/login/users/${id}`);
    await page.getByRole("tab", { name: "Permissions" }).click();
    for (const kind of ["Default", "Personal", "Team", "System"])
      await page.getByText(`${kind} Jump Item Role`, { exact: true }).first().waitFor();
    const chosen = page.locator("select option:checked").filter({ hasText: "Start sessions only" });
    await chosen.waitFor({ state: "attached" });
    expect(await chosen.count()).toBe(1);
  },
  LONG_TEST_MS,
);

test(
  "JUMP-05 GROUP-02 among hundreds of Jump Groups the list, the console's tree and pickers find one by its name",
  async () => {
    for (let number = 100; number < 240; number += 1)
      await made("jump-groups", { name: `Branch ${number}`, comments: "" });
    await made("jump-groups", { name: "Zürich", comments: "Lake side" });
    const page = await open("/login/jump-groups");
    await page.getByText(/^\d+ Jump Groups?$/u).waitFor();
    await page.getByLabel("Search Jump Groups").fill("branch");
    await page.getByRole("link", { name: "Branch 100" }).waitFor();
    await page.getByLabel("Search Jump Groups").fill("LAKE side");
    await page.getByText(/^1 Jump Group$/u).waitFor();
    await page.getByRole("link", { name: "Zürich" }).waitFor();
    await page.getByLabel("Search Jump Groups").fill("nothing like it");
    await page.getByText("No Jump Group matches", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Show all" }).click();

    await page.goto(`${site.address}/login/jump-clients/new-installer`);
    const picker = page.locator("input[role=combobox]").and(page.getByRole("combobox", { name: "Jump Group" }));
    await picker.click();
    await picker.fill("zür");
    await page.getByRole("option", { name: "Zürich" }).click();
    expect(await picker.inputValue()).toBe("Zürich");

    await using person = await openVisitor(browser);
    const at = person.page;
    await at.goto(`${site.address}/console`);
    await typePassword(at);
    const tree = at.getByRole("navigation", { name: "Jump Groups" });
    await tree.getByRole("button", { name: "Branch 100" }).waitFor();
    expect(await tree.getByRole("button", { name: /Zürich/u }).count()).toBe(0);
    await at.getByLabel("Search Jump Groups").fill("zürich");
    await tree.getByRole("button", { name: /Zürich/u }).click();
    await at.getByRole("heading", { level: 1, name: "Zürich" }).waitFor();
    await at.getByLabel("Search Jump Groups").fill("");
    await tree.getByRole("button", { name: "Branch 100" }).waitFor();
    expect(await tree.getByRole("button", { name: /Zürich/u }).getAttribute("aria-current")).toBe("page");
    await tree.getByRole("button", { name: "Branch 100" }).hover();
    await at.mouse.wheel(0, 100_000);
    await tree.getByRole("button", { name: "Branch 239" }).waitFor();
    await at.mouse.wheel(0, 100_000);
    await tree.getByRole("button", { name: "Show more" }).waitFor({ state: "detached" });
    expect(await accessibilityFindings(at)).toEqual([]);
    expect([...admin.mishaps, ...person.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);
