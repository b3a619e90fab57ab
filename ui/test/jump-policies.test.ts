import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Locator, Page } from "playwright-core";
import { START_SESSIONS_ROLE } from "../../protocol/built-in-roles.ts";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { askAs, dialogOf, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { type Credentials, Person } from "./harness/pages.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const PATIENCE_MS = 10_000;
const POLICIES = "/api/login/jump-policies";
const TOMASZ = { username: "twilk", displayName: "Tomasz Wilk", password: "a long way over water" } as const;
const GRACE = { username: "gmbeki", displayName: "Grace Mbeki", password: "a long way over land" } as const;
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
/** In administration. */
let admin: Person;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
  admin = await signedInAt(browser, `${site.address}/login/jump-policies`);
  const settings = { "console.use": true, "session.end": true, systemJumpItemRole: START_SESSIONS_ROLE };
  await askAs(admin.page, "POST", "/api/login/users", { ...TOMASZ, settings });
  const answers = { ...settings, "access-requests.decide": true };
  await askAs(admin.page, "POST", "/api/login/users", { ...GRACE, settings: answers });
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

/** A week that is open for an hour, and that in three days at the earliest. */
function closedNow(): object {
  const day = (new Date().getUTCDay() + 6 + 3) % 7;
  return { timeZone: "UTC", windows: [{ startDay: day, startMinute: 540, endDay: day, endMinute: 600 }] };
}

/** Somebody at the console. */
async function atConsole(credentials: Credentials = ADMIN): Promise<Person> {
  const person = await Person.open(browser);
  person.page.context().setDefaultTimeout(PATIENCE_MS);
  await person.signInToConsole(site, credentials);
  await rowOf(person.page).getByText("Online").waitFor();
  return person;
}

const rowOf = (page: Page): Locator => page.locator("[role=grid] tbody tr[id]").first();

/** Gives the one Jump Item a Jump Policy, as an administrator at the console. */
async function give(person: Person, jumpPolicy: string): Promise<string> {
  const { rows } = await askAs<{ rows: { id: string }[] }>(person.page, "GET", "/api/console/jump-items");
  const { id } = rows[0]!;
  await askAs(person.page, "PATCH", "/api/console/jump-items", { ids: [id], changes: { jumpPolicy } });
  return id;
}

async function jump(page: Page): Promise<void> {
  await rowOf(page).hover();
  await rowOf(page)
    .getByRole("button", { name: /^(Jump|Join)/u })
    .click();
}

async function endSession(page: Page): Promise<void> {
  await page.locator(".stabs [aria-selected=true] .stones[data-s=live]").waitFor();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await dialogOf(page).getByRole("button", { name: "End session" }).click();
  await rowOf(page).getByText("Online").waitFor();
}

const saveBar = (page: Page): Locator => page.getByRole("region", { name: "Unsaved changes" });

test(
  "POLICY-04 the hours of a Jump Policy are drawn on the week, moved with the keyboard, copied and saved",
  async () => {
    const id = await addPolicy("Office hours");
    const { page } = admin;
    await page.goto(`${site.address}/login/jump-policies/${id}`);
    await page.getByText("Not applied yet").waitFor();
    await page.getByRole("switch", { name: "Schedule", exact: true }).click();
    const monday = page.getByRole("group", { name: "Mon", exact: true });
    const box = (await monday.boundingBox())!;
    const at = (share: number): [number, number] => [box.x + box.width * share, box.y + box.height / 2];
    await page.mouse.move(...at(8 / 24));
    await page.mouse.down();
    await page.mouse.move(...at(12 / 24), { steps: 4 });
    await page.mouse.move(...at(17 / 24));
    await page.mouse.up();
    await monday.getByRole("button", { name: "Mon 08:00 to 17:00" }).focus();
    await page.keyboard.press("ArrowRight");
    await monday.getByRole("button", { name: "Mon 08:15 to 17:15" }).waitFor();
    await page.keyboard.press("Shift+ArrowRight");
    await monday.getByRole("button", { name: "Mon 08:15 to 17:30" }).waitFor();
    await page.getByRole("button", { name: "Copy Mon to Fri" }).click();
    await page.getByRole("switch", { name: "Require a ticket id" }).click();
    await saveBar(page).getByRole("button", { name: "Review changes" }).click();
    await saveBar(page).getByText("Require a ticket id: On").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await saveBar(page).getByRole("button", { name: "Save" }).click();
    await saveBar(page).waitFor({ state: "detached" });
    const { rules } = await askAs<{ rules: { schedule: { windows: object[] } } }>(page, "GET", `${POLICIES}/${id}`);
    expect(rules.schedule.windows).toEqual(
      [0, 1, 2, 3, 4].map((day) => ({ startDay: day, startMinute: 495, endDay: day, endMinute: 1050 })),
    );
    await page.reload();
    await page
      .getByRole("group", { name: "Fri", exact: true })
      .getByRole("button", { name: "Fri 08:15 to 17:30" })
      .waitFor();
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "JUMP-14 JUMP-15 POLICY-06 a closed schedule holds a Jump and says when it opens; who may change policies starts anyway",
  async () => {
    const policy = await addPolicy("Three days from now", { schedule: closedNow() });
    await using ines = await atConsole();
    await give(ines, policy);
    await using tomasz = await atConsole(TOMASZ);
    await jump(tomasz.page);
    const held = dialogOf(tomasz.page);
    await held
      .getByText(/The schedule of Three days from now does not permit a session now\. It opens .*09:00:00 UTC/u)
      .waitFor();
    expect(await held.getByRole("checkbox").count()).toBe(0);
    expect(await held.getByRole("button", { name: "Start session" }).isDisabled()).toBe(true);
    await tomasz.page.keyboard.press("Escape");

    await jump(ines.page);
    const mine = dialogOf(ines.page);
    await mine.getByLabel("Start outside the schedule").check();
    expect(await accessibilityFindings(ines.page)).toEqual([]);
    await mine.getByRole("button", { name: "Start anyway" }).click();
    await endSession(ines.page);
    expect([...ines.mishaps, ...tomasz.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "POLICY-09 a start asks for the ticket id and keeps it with the session",
  async () => {
    const policy = await addPolicy("With a ticket", { requiresTicket: true });
    await using ines = await atConsole();
    const { page } = ines;
    await give(ines, policy);
    await jump(page);
    expect(await dialogOf(page).getByRole("button", { name: "Start session" }).isDisabled()).toBe(true);
    await dialogOf(page).getByLabel("Ticket id").fill("NMC-4711");
    await dialogOf(page).getByRole("button", { name: "Start session" }).click();
    await page.getByText("NMC-4711").first().waitFor();
    await endSession(page);
    expect(ines.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "NA37 access is asked for by one representative and answered by another, never by oneself",
  async () => {
    const policy = await addPolicy("Two people", { approval: { team: null, validMinutes: 60 } });
    await using ines = await atConsole();
    const item = await give(ines, policy);
    await using grace = await atConsole(GRACE);
    await using tomasz = await atConsole(TOMASZ);

    // Grace may answer requests, but not her own.
    const own = { jumpItem: item, reason: "Printer queue is stuck" };
    const { id } = await askAs<{ id: string }>(grace.page, "POST", "/api/console/access-requests", own);
    expect(
      await askAs(grace.page, "POST", `/api/console/access-requests/${id}/approve`, {}).catch((error) => String(error)),
    ).toMatch(/: 40[39] /u);
    await grace.page.getByRole("button", { name: /Open user menu/u }).click();
    await grace.page.getByRole("menuitem", { name: "Access requests" }).click();
    await dialogOf(grace.page).getByText("Waits for an answer").waitFor();
    expect(await dialogOf(grace.page).getByRole("button", { name: "Approve" }).count()).toBe(0);
    await dialogOf(grace.page).getByRole("button", { name: "Withdraw" }).click();
    await dialogOf(grace.page).getByText("Withdrawn").waitFor();
    await grace.page.keyboard.press("Escape");

    await jump(tomasz.page);
    await dialogOf(tomasz.page).getByLabel("Why you need it").fill("Till 4 shows no prices");
    await dialogOf(tomasz.page).getByRole("button", { name: "Send the request" }).click();
    await dialogOf(tomasz.page).waitFor({ state: "detached" });
    await grace.page.getByText("Tomasz Wilk asks for access").waitFor();
    await grace.page.getByRole("button", { name: "Show", exact: true }).last().click();
    await dialogOf(grace.page).getByText("Till 4 shows no prices").waitFor();
    await dialogOf(grace.page).getByRole("button", { name: "Approve" }).click();
    await dialogOf(grace.page)
      .getByText(/Approved by Grace Mbeki, until/u)
      .waitFor();
    await tomasz.page.getByText("Access approved").waitFor();
    await jump(tomasz.page);
    await endSession(tomasz.page);
    expect([...ines.mishaps, ...grace.mishaps, ...tomasz.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "JUMP-29 the properties of a Jump Item give it a Jump Policy, and the list says what holds it",
  async () => {
    await addPolicy("From the dialog", { requiresTicket: true });
    await using ines = await atConsole();
    const { page } = ines;
    await rowOf(page).click();
    await page.getByRole("button", { name: "Properties" }).click();
    await dialogOf(page).getByLabel("Jump Policy").selectOption({ label: "From the dialog" });
    await dialogOf(page).getByLabel("Tag").fill("front-desk");
    await dialogOf(page).getByRole("button", { name: "Save" }).click();
    await dialogOf(page).waitFor({ state: "detached" });
    await eventually("the tag in the list", () => rowOf(page).getByText("front-desk").isVisible());
    await jump(page);
    await dialogOf(page).getByLabel("Ticket id").waitFor();
    expect(ines.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
