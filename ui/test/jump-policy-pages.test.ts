/** A Jump Policy's page and what its conditions look like at the console and in installers, in Chromium. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { TOTP } from "otpauth";
import type { Browser, Locator, Page } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { askAs, dialogOf, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { Person } from "./harness/pages.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const PATIENCE_MS = 10_000;
const POLICIES = "/api/login/jump-policies";
const NO_RULES = {
  schedule: null,
  isEndForced: false,
  requiresTicket: false,
  requiresEndUserProof: false,
  allowsSimultaneousJumps: null,
  approval: null,
};

let site: Site;
let browser: Browser;
let computer: Computer;
let admin: Person;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
  admin = await signedInAt(browser, `${site.address}/login/jump-policies`);
}, 90_000);
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await computer?.[Symbol.asyncDispose]();
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

async function addPolicy(displayName: string, rules: object = {}): Promise<string> {
  const wish = { displayName, description: "", rules: { ...NO_RULES, ...rules } };
  return (await askAs<{ id: string }>(admin.page, "POST", POLICIES, wish)).id;
}

const rowOf = (page: Page): Locator => page.locator("[role=grid] tbody tr[id]").first();

async function atConsole(): Promise<Person> {
  const person = await Person.open(browser);
  person.page.context().setDefaultTimeout(PATIENCE_MS);
  await person.signInToConsole(site);
  await rowOf(person.page).getByText("Online").waitFor();
  return person;
}

/** Gives the one Jump Item a Jump Policy. */
async function give(person: Person, jumpPolicy: string | null): Promise<void> {
  const { rows } = await askAs<{ rows: { id: string }[] }>(person.page, "GET", "/api/console/jump-items");
  const changes = { jumpPolicy };
  await askAs(person.page, "PATCH", "/api/console/jump-items", { ids: [rows[0]!.id], changes });
}

async function jump(page: Page): Promise<void> {
  await rowOf(page).hover();
  await rowOf(page)
    .getByRole("button", { name: /^(Jump|Join)/u })
    .click();
}

test(
  "POLICY-01 POLICY-04 a Jump Policy is duplicated, the path above names it, and its week shows the time in its zone",
  async () => {
    const schedule = {
      timeZone: "Pacific/Kiritimati",
      windows: [{ startDay: 0, startMinute: 0, endDay: 0, endMinute: 60 }],
    };
    const id = await addPolicy("Lagoon hours", { schedule, requiresTicket: true });
    const { page } = admin;
    await page.goto(`${site.address}/login/jump-policies/${id}`);
    const path = page.getByRole("navigation", { name: "Where you are" });
    await path.getByText("Lagoon hours").waitFor();
    const wall = new Intl.DateTimeFormat("en-GB", { timeZone: schedule.timeZone, weekday: "short" }).format(new Date());
    await page
      .getByRole("group", { name: wall, exact: true })
      .getByText(/^Now it is \d\d:\d\d in Pacific\/Kiritimati\.$/u)
      .waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Duplicate" }).click();
    expect(await dialogOf(page).getByLabel("Name").inputValue()).toBe("Lagoon hours, copy");
    await dialogOf(page).getByLabel("Name").fill("Lagoon nights");
    await dialogOf(page).getByRole("button", { name: "Duplicate" }).click();
    await path.getByText("Lagoon nights").waitFor();
    expect(await page.getByRole("switch", { name: "Require a ticket id" }).isChecked()).toBe(true);
    expect(await accessibilityFindings(page)).toEqual([]);
    await path.getByRole("link", { name: "Jump Policies" }).click();
    await page.getByRole("link", { name: "Lagoon nights" }).waitFor();
    expect(await path.getByText("Lagoon").count()).toBe(0);
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "JCSET-01 SPOL-06 POLICY-02 an installer is made with a Jump Policy and session policies, duplicated, and its computers have them",
  async () => {
    const jumpPolicy = await addPolicy("For installers");
    const availability = { users: false, repInvite: false, jumpItems: true };
    const words = { displayName: "Kiosks", description: "", availability, rules: { grants: {}, prompting: null } };
    await askAs(admin.page, "POST", "/api/login/session-policies", words);
    const { page } = admin;
    await page.goto(`${site.address}/login/jump-clients/new-installer`);
    await page.getByLabel("Tag").fill("front-desk");
    await page.getByLabel("Jump Policy").selectOption({ label: "For installers" });
    await page.getByLabel("Session policy while a customer is there").selectOption({ label: "Kiosks" });
    const summary = page.getByRole("complementary", { name: "Summary" });
    await summary.getByText("For installers").waitFor();
    await summary.getByText("Kiosks").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Create installer" }).click();
    await page.getByText("Waiting for the first Jump Client.").waitFor();
    const { installers } = await askAs<{ installers: { id: string; tag: string }[] }>(
      page,
      "GET",
      "/api/login/installers",
    );
    const made = installers.find(({ tag }) => tag === "front-desk")!;
    expect(made).toMatchObject({
      jumpPolicy: { id: jumpPolicy },
      presentPolicy: { name: "Kiosks" },
      absentPolicy: null,
    });

    await page.goto(`${site.address}/login/jump-clients#installers`);
    await page
      .getByRole("row")
      .filter({ hasText: "front-desk" })
      .getByRole("button", { name: /^Duplicate/u })
      .click();
    await eventually(
      "the fields of the other one",
      async () => (await page.getByLabel("Tag").inputValue()) === "front-desk",
    );
    await summary.getByText("Kiosks").waitFor();
    await page.getByLabel("Tag").fill("second-desk");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Create installer" }).click();
    await page.getByText("Waiting for the first Jump Client.").waitFor();
    const after = await askAs<{ installers: { tag: string }[] }>(page, "GET", "/api/login/installers");
    expect(after.installers.find(({ tag }) => tag === "second-desk")).toMatchObject({
      jumpPolicy: { id: jumpPolicy },
      presentPolicy: { name: "Kiosks" },
    });
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "POLICY-07 POLICY-08 a session says when its schedule ends it, and names itself in the notice",
  async () => {
    const now = new Date();
    const start = ((now.getUTCDay() + 6) % 7) * 1440 + now.getUTCHours() * 60;
    const end = start + now.getUTCMinutes() + 12;
    const windows = [
      {
        startDay: Math.floor(start / 1440),
        startMinute: start % 1440,
        endDay: Math.floor(end / 1440) % 7,
        endMinute: end % 1440,
      },
    ];
    const policy = await addPolicy("Closes soon", { schedule: { timeZone: "UTC", windows }, isEndForced: true });
    await using ines = await atConsole();
    const { page } = ines;
    await give(ines, policy);
    await jump(page);
    await page.locator(".stabs [aria-selected=true] .stones[data-s=live]").waitFor();
    await page
      .getByRole("region", { name: "Session", exact: true })
      .getByText(/^Ends /u)
      .waitFor();
    const notice = page.getByText(/^The session with .+ ends soon$/u);
    await notice.waitFor();
    await page.getByText(/^The schedule closes in 1[12] minutes\.$/u).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await give(ines, null);
    await page
      .getByRole("region", { name: "Session", exact: true })
      .getByText(/^Ends /u)
      .waitFor({ state: "detached" });
    await page.getByRole("button", { name: "End", exact: true }).click();
    await dialogOf(page).getByRole("button", { name: "End session" }).click();
    expect(ines.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "POLICY-10 the end user's app is set up at the console, and its code then lets a session start",
  async () => {
    const policy = await addPolicy("With the end user's proof", { requiresEndUserProof: true });
    await using ines = await atConsole();
    const { page } = ines;
    await give(ines, policy);
    await rowOf(page).click();
    await page.getByRole("button", { name: /^More actions for/u }).click();
    await page.getByRole("menuitem", { name: "End user's app", exact: true }).click();
    const dialog = dialogOf(page);
    await dialog.getByRole("img", { name: "Code for the end user's authenticator app" }).waitFor();
    const secret = (await dialog.getByRole("group", { name: "Or type this secret into the app" }).textContent()) ?? "";
    expect(await accessibilityFindings(page)).toEqual([]);
    const code = dialog.getByLabel("Six digits of the end user's authenticator app");
    await code.fill("000000");
    await dialog.getByRole("button", { name: "Set up" }).click();
    await dialog.getByRole("alert").waitFor();
    await code.fill(new TOTP({ secret }).generate());
    await dialog.getByRole("button", { name: "Set up" }).click();
    await dialog.waitFor({ state: "detached" });

    await jump(page);
    expect(await dialogOf(page).getByRole("button", { name: "Start session" }).isDisabled()).toBe(true);
    // A code counts once, so this is the next one.
    const later = new TOTP({ secret }).generate({ timestamp: Date.now() + 30_000 });
    await dialogOf(page).getByLabel("Six digits of the end user's authenticator app").fill(later);
    await dialogOf(page).getByRole("button", { name: "Start session" }).click();
    await page.locator(".stabs [aria-selected=true] .stones[data-s=live]").waitFor();
    expect(ines.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
