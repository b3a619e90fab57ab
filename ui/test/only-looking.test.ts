/** Who may look and not change: pages offer nothing that the server then refuses, and say why. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { askAs, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import type { Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const PASSWORD = "a long way over water";
const LOOKING = [
  ...["settings.view", "security.view", "providers.view", "users.view", "group-policies.view", "session-policies.view"],
  ...["sign-ins.view", "audit.view"],
];
/** What may be used by who only looks: searching, filtering and trying. */
const USABLE =
  /^(?:Search |Only defined|Representative$|Customer$|Jump Item|Action$|Outcome$|Time$|Columns$|Filter$|Export$|Show$)/u;

const NOBODY = { members: [], teams: [], jumpGroups: [] };

let site: Site;
let browser: Browser;
let admin: Person;
const made: Record<string, string> = {};
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  admin = await signedInAt(browser, `${site.address}/login`);
  await make("looker", "users", user("vera", LOOKING));
  await make("policy", "group-policies", { name: "Desk", description: "", settings: {}, ...NOBODY });
  const availability = { users: true, repInvite: true, jumpItems: true };
  const rules = { grants: {}, prompting: null };
  await make("session", "session-policies", { displayName: "Kiosks", description: "", availability, rules });
}, 60_000);
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

const user = (username: string, permissions: readonly string[]): object => ({
  ...{ username, displayName: username, password: PASSWORD },
  settings: Object.fromEntries(permissions.map((permission) => [permission, true])),
});

async function make(key: string, noun: string, body: object): Promise<void> {
  made[key] = (await askAs<{ id: string }>(admin.page, "POST", `/api/login/${noun}`, body)).id;
}

/** The names of fields and switches of the page that can be changed. */
async function changeable(page: Page): Promise<readonly string[]> {
  await page.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
  await page.locator(".skel").first().waitFor({ state: "detached" });
  const names = await page
    .locator("main :is(input, select, textarea, button[role=radio])")
    .evaluateAll((fields) =>
      fields
        .filter((field) => field.checkVisibility() && !field.matches(":disabled, fieldset:disabled *"))
        .map(
          (field) => field.getAttribute("aria-label") ?? (field as HTMLInputElement).labels?.[0]?.textContent ?? "?",
        ),
    );
  return names.map((name) => name.trim()).filter((name) => !USABLE.test(name));
}

test(
  "who may only look finds every page, nothing to change on it, and is refused nothing on the way",
  async () => {
    const credentials = { username: "vera", password: PASSWORD };
    await using vera = await signedInAt(browser, `${site.address}/login`, credentials);
    const refused: string[] = [];
    vera.page.on("response", (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
    });
    const { policy, session, looker } = made;
    const objects = [`users/${looker}`, `group-policies/${policy}`, `session-policies/${session}`];
    const places = ["", "users", ...objects, "session-policies", "session-policies/global", "security-providers"];
    for (const place of [...places, "security", "sign-ins", "settings", "email", "certificate", "audit-log"]) {
      await vera.page.goto(`${site.address}/login/${place}`);
      expect({ place, fields: await changeable(vera.page) }).toEqual({ place, fields: [] });
      const acts = vera.page
        .locator("main")
        .getByRole("button", { name: /^(?:Save|Create|Add|Delete|End|Duplicate|Upload)(?: |$)/u });
      expect({ place, acts: await acts.count() }).toEqual({ place, acts: 0 });
    }
    expect(refused).toEqual([]);
    expect(vera.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "the mail server, the hostname and administrators' accounts are for administrators, and the pages say so",
  async () => {
    await make("editor", "users", user("edgar", [...LOOKING, "settings.edit", "security.edit", "users.edit"]));
    const credentials = { username: "edgar", password: PASSWORD };
    await using edgar = await signedInAt(browser, `${site.address}/login/email`, credentials);
    const { page } = edgar;
    await page.getByText("Only an administrator changes the mail server").waitFor();
    expect(await changeable(page)).toEqual([]);
    await page.goto(`${site.address}/login/settings`);
    await page.getByText("Only an administrator changes it").waitFor();
    expect(await page.getByLabel("Hostname").isDisabled()).toBe(true);
    expect(await page.getByLabel("Site name").isDisabled()).toBe(false);

    const { users } = await askAs<{ users: { id: string; username: string }[] }>(page, "GET", "/api/login/users");
    const ada = users.find(({ username }) => username === "ada")!.id;
    await page.goto(`${site.address}/login/users/${ada}`);
    await page.getByText("An administrator's account: only administrators change it.").waitFor();
    expect(await changeable(page)).toEqual([]);
    await page.goto(`${site.address}/login/users/${made["looker"]}`);
    await page.getByRole("tab", { name: "Permissions" }).click();
    const own = page.getByRole("group", { name: "Change users" });
    await own.waitFor();
    expect(await own.getByRole("combobox").isDisabled()).toBe(false);
    const others = page.getByRole("group", { name: "Manage teams" });
    await others.getByText("You do not hold it, so it is not yours to give or take.").waitFor();
    expect(await others.getByRole("combobox").isDisabled()).toBe(true);
    expect(edgar.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "who may only make installers comes to them alone",
  async () => {
    await make("installer", "users", user("ivy", ["installers.manage"]));
    const credentials = { username: "ivy", password: PASSWORD };
    await using ivy = await signedInAt(browser, `${site.address}/login/jump-clients`, credentials);
    const { page } = ivy;
    await page.getByRole("tab", { name: /^Installers/u }).waitFor();
    expect(await page.getByRole("tab").count()).toBe(1);
    await page.getByText("No installers yet").waitFor();
    await page.getByRole("link", { name: "Create installer" }).first().click();
    await page.getByLabel("Jump Group").waitFor();
    expect(ivy.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
