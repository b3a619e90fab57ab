import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { dialogOf, openVisitor, signedInAt, typePassword } from "./harness/administration.ts";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { startBrowser } from "./harness/browser.ts";
import { makeCertificateFiles } from "./harness/certificate-files.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import type { Credentials, Person } from "./harness/pages.ts";
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

/** Somebody signed in to administration, on the page of that address. */
const inside = (path = "/login", credentials?: Credentials): Promise<Person> =>
  signedInAt(browser, site.address + path, credentials);

async function openMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Open your menu/ }).click();
}

/** Launches the console with what is clicked, and gives the new tab once it shows the console's home. */
async function launchedBy(person: Person, click: () => Promise<void>): Promise<Page> {
  const [tab] = await Promise.all([person.page.context().waitForEvent("page"), click()]);
  await tab.waitForURL(/\/console/u);
  await tab.getByRole("tab", { name: "Home" }).waitFor();
  return tab;
}

async function addUser(page: Page, username: string, password: string): Promise<void> {
  await page.getByRole("button", { name: "Add user" }).click();
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Display name").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await dialogOf(page).getByRole("button", { name: "Add user" }).click();
  await page.getByRole("complementary", { name: username }).waitFor();
}

test(
  "LOGIN-01 a new site is set up on one page, with the console off until it is allowed",
  async () => {
    await using fresh = await Site.start({ isSetUp: false });
    await using person = await openVisitor(browser);
    const { page } = person;
    await page.goto(`${fresh.address}/`);
    await page.getByRole("link", { name: "Set up this site" }).click();
    expect(await page.getByLabel("Hostname").inputValue()).toBe("localhost");
    expect(await page.getByLabel("Allow the web representative console").isChecked()).toBe(false);
    expect(await accessibilityFindings(page)).toEqual([]);

    await page.getByLabel("Site name").fill("Northmoor Council");
    await page.getByLabel("User name").fill("ines");
    await page.getByLabel("Your name").fill("Ines Duarte");
    await page.getByLabel("Password", { exact: true }).fill("too short");
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByText("3 more characters needed").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByLabel("Password again").fill(ADMIN.password);
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
    await page.getByText("The console is not enabled").waitFor();

    const again = await page.request.post(`${fresh.address}/api/set-up`, {
      data: {},
      headers: { origin: fresh.address },
    });
    expect(again.status()).toBe(404);

    const representative = await page.context().newPage();
    await representative.goto(`${fresh.address}/console`);
    await representative.getByText(/does not allow the representative console/u).waitFor();
    await page.getByRole("link", { name: "Settings" }).first().click();
    await page.getByLabel("Allow the web representative console").click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Allow the web representative console: on, was off").waitFor();
    await representative.reload();
    await typePassword(representative, { username: "ines", password: ADMIN.password });
    await representative.getByRole("tab", { name: "Home" }).waitFor();

    await page.getByLabel("Allow the web representative console").click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Allow the web representative console: off, was on").waitFor();
    await representative.getByRole("tab", { name: "Home" }).waitFor({ state: "detached" });
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "LOGIN-04 a self-signed certificate is told of until a signed chain is uploaded, and the page goes on",
  async () => {
    using files = await makeCertificateFiles("localhost");
    await using person = await inside();
    const { page } = person;
    await page.getByText("This site uses a self-signed certificate.").waitFor();
    await page.getByRole("link", { name: "Replace" }).first().click();
    const before = await page.getByText(/^(?:[0-9A-F]{2}:){31}/u).textContent();

    await page.getByLabel("Private key").setInputFiles(files.chain);
    await page.getByText("This file holds no private key.").waitFor();
    await page.getByLabel("Certificate chain").setInputFiles(files.chain);
    await page.getByText("2 certificates in the chain.").waitFor();
    await page.getByLabel("Private key").setInputFiles(files.key);
    await page.getByRole("button", { name: "Check and use it" }).click();
    await page
      .getByText(/The new certificate is in use\. 0 Jump Clients stay connected\./u)
      .first()
      .waitFor();
    await page.getByText("CN=Northmoor CA").waitFor();
    expect(await page.getByText(/^(?:[0-9A-F]{2}:){31}/u).textContent()).not.toBe(before);

    await page.getByRole("link", { name: "Status" }).click();
    await page.getByText("From CN=Northmoor CA").waitFor();
    expect(await page.getByText("This site uses a self-signed certificate.").count()).toBe(0);

    await page.getByRole("link", { name: "Certificate", exact: true }).click();
    await page.getByRole("button", { name: "Make a self-signed one" }).click();
    await page.getByRole("button", { name: "Use a self-signed one" }).click();
    await page.getByText("Self-signed: browsers warn").waitFor();
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test("LOGIN-15 LOGIN-18 the Status page opens the console in a new tab, already signed in", async () => {
  await using person = await inside();
  const consoles = person.page.locator("section", { has: person.page.getByRole("heading", { name: "Consoles" }) });
  await launchedBy(person, () => consoles.getByRole("button", { name: "Launch web rep console" }).click());
  expect(new URL(person.page.url()).pathname).toBe("/login");
  expect(person.mishaps).toEqual([]);
});

test(
  "LOGIN-16 LOGIN-17 My account and the menu of every page open the console",
  async () => {
    await using person = await inside("/login/account");
    const { page } = person;
    const panel = page.locator("section", { has: page.getByRole("heading", { name: "Representative console" }) });
    await (
      await launchedBy(person, () => panel.getByRole("button", { name: "Launch web rep console" }).click())
    ).close();
    const links = await page.getByRole("navigation", { name: "Administration" }).getByRole("link").all();
    for (const link of links) {
      await link.click();
      await openMenu(page);
      await page.getByRole("menuitem", { name: "Launch web rep console" }).waitFor();
      await page.keyboard.press("Escape");
    }
    await openMenu(page);
    await launchedBy(person, () => page.getByRole("menuitem", { name: "Launch web rep console" }).click());
  },
  LONG_TEST_MS,
);

test(
  "LOGIN-19 logging out of administration says so and leaves the console signed in, and the other way round",
  async () => {
    await using person = await inside();
    const { page } = person;
    await openMenu(page);
    const tab = await launchedBy(person, () => page.getByRole("menuitem", { name: "Launch web rep console" }).click());
    await openMenu(page);
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await page.getByText("You are signed out of administration.").waitFor();
    await tab.reload();
    await tab.getByRole("tab", { name: "Home" }).waitFor();

    await typePassword(page);
    await page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
    expect(
      (await tab.request.post(`${site.address}/api/console/sign-out`, { headers: { origin: site.address } })).status(),
    ).toBe(200);
    await page.reload();
    await page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
  },
  LONG_TEST_MS,
);

test("a wrong password is told in words, keeps the name, and says nothing of whether the account exists", async () => {
  await using person = await openVisitor(browser);
  const { page } = person;
  await page.goto(`${site.address}/login`);
  const words: (string | null)[] = [];
  for (const username of [ADMIN.username, "nobody-at-all"]) {
    await typePassword(page, { username, password: "not the password" });
    await page.getByRole("alert").first().waitFor();
    words.push(await page.getByRole("alert").first().textContent());
    expect(await page.getByLabel("User name").inputValue()).toBe(username);
    expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe("");
    await page.reload();
  }
  expect(words[0]).toBe(words[1] ?? "");
});

test(
  "JCSET-01 an installer is made, listed, downloaded, extended and deleted",
  async () => {
    await using person = await inside("/login/jump-clients");
    const { page } = person;
    await page.getByText("No Jump Clients yet").waitFor();
    await page.getByRole("main").getByRole("link", { name: "Create installer" }).first().click();
    await page.getByLabel("Name optional").fill("Front desks");
    await page.getByLabel("Tag optional").fill("front-desk");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Works for").selectOption("60");
    await page.getByText("Only on so many computers").click();
    await page.getByLabel("How many").fill("3");
    await page.getByRole("button", { name: "Create installer" }).click();
    await page.getByText("Waiting for the first Jump Client").waitFor();
    await page.getByText("sudo sh causeway-front-desks-linux-x64.run --directory", { exact: false }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "causeway-front-desks-linux-x64.run" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("causeway-front-desks-linux-x64.run");
    const start = await Bun.file(await download.path())
      .slice(0, 9)
      .text();
    expect(start).toBe("#!/bin/sh");

    await page.getByRole("link", { name: "Done" }).click();
    await page.getByRole("tab", { name: /Installers/u }).click();
    const row = page.getByRole("row", { name: /Front desks/u });
    await row.getByText("of 3").waitFor();
    await row.getByText(/^in \d+ min$/u).waitFor();
    await row.getByRole("button", { name: /^Extend/u }).click();
    await page.getByLabel("Usable from now for").selectOption("525600");
    await dialogOf(page).getByRole("button", { name: "Extend" }).click();
    await row.getByText(/^\d+ \w{3} \d{4}$/u).waitFor();
    await row.getByRole("button", { name: /^Delete/u }).click();
    await dialogOf(page).getByRole("button", { name: "Delete installer" }).click();
    await page.getByText("No installers yet").waitFor();
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "a real Jump Client is listed as online, renamed and tagged, and removed",
  async () => {
    await using own = await Site.start();
    await using _computer = await Computer.start(own);
    await using person = await openVisitor(browser);
    const { page } = person;
    await page.goto(`${own.address}/login/jump-clients`);
    await typePassword(page);
    const row = page.locator("[role=grid] tbody tr[id]");
    await row.getByText("Online").waitFor();
    await row.click();
    await page.getByLabel("Name", { exact: true }).fill("Front desk 1");
    await page.getByLabel("Tag optional").fill("front-desk");
    await page.getByRole("button", { name: "Save" }).click();
    await row.getByText("Front desk 1").waitFor();
    await row.getByText("front-desk", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await dialogOf(page).getByText("It uninstalls itself from the computer.").waitFor();
    await page.getByRole("button", { name: "Remove Jump Client" }).click();
    await page.getByText("No Jump Clients yet").waitFor();
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test("Jump Groups are made, renamed, found and deleted", async () => {
  await using person = await inside("/login/jump-groups");
  const { page } = person;
  await page.getByRole("button", { name: "Create Jump Group" }).click();
  await page.getByLabel("Name").fill("Branch libraries");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Branch libraries", level: 1 }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Branches");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Branches", level: 1 }).waitFor();
  const rail = page.getByRole("navigation", { name: "Administration" });
  await rail.getByRole("link", { name: "Jump Groups" }).click();
  const row = page.getByRole("row", { name: /Branches/u });
  await row.waitFor();
  await page.getByLabel("Search Jump Groups").fill("nothing like it");
  await page.getByText("No Jump Group matches").waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  await row.getByRole("button", { name: /^Delete/u }).click();
  await dialogOf(page).getByRole("button", { name: "Delete Jump Group" }).click();
  await row.waitFor({ state: "detached" });
  expect(person.mishaps).toEqual([]);
});

test(
  "a user is added, changed, signed out everywhere and deleted, and a representative sees only their own account",
  async () => {
    await using admin = await inside("/login/users");
    const { page } = admin;
    await addUser(page, "grace", "a long enough password");
    await using grace = await inside("/login", { username: "grace", password: "a long enough password" });
    await grace.page.getByRole("heading", { name: "My account", level: 1 }).waitFor();
    expect(
      await grace.page.getByRole("navigation", { name: "Administration" }).getByRole("link").allTextContents(),
    ).toEqual([expect.stringContaining("My account")]);
    await grace.page.goto(`${site.address}/login/users`);
    await grace.page.getByText("This page is not for your role").waitFor();

    await page.getByRole("tab", { name: "Sign-in" }).click();
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await dialogOf(page).getByRole("button", { name: "Sign out" }).click();
    await page.getByText("Signed out everywhere").waitFor();
    await grace.page.reload();
    await grace.page.getByRole("heading", { name: "Sign in" }).waitFor();

    await page.getByRole("tab", { name: "Account" }).click();
    await page.getByLabel("Account enabled").click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /grace/u }).getByText("Disabled").waitFor();
    await page.getByRole("button", { name: "Delete user" }).click();
    await dialogOf(page).getByRole("button", { name: "Delete user" }).click();
    await page.getByRole("row", { name: /grace/u }).waitFor({ state: "detached" });
  },
  LONG_TEST_MS,
);

test("unsaved settings hold the page, and saving says what changed", async () => {
  await using person = await inside("/login/settings");
  const { page } = person;
  const field = page.getByLabel("Jump Clients send statistics every");
  const old = await field.inputValue();
  await field.fill("2");
  await page.getByText("Outside the range below.").waitFor();
  expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  await field.fill("45");
  await page.getByRole("link", { name: "Users" }).click();
  await dialogOf(page).getByText("What you changed on this page is lost.").waitFor();
  await page.getByRole("button", { name: "Stay here" }).click();
  expect(await field.inputValue()).toBe("45");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(`Jump Clients send statistics every: 45 seconds, was ${old} seconds`).waitFor();
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("heading", { name: "Users", level: 1 }).waitFor();
});

test("what was typed is still there after a lost sign-in and signing in again", async () => {
  await using person = await inside("/login/settings");
  const { page } = person;
  await page.getByLabel("Site name").fill("Half typed");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Your sign-in has ended.").waitFor();
  await dialogOf(page).getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.keyboard.press("Enter");
  await dialogOf(page).waitFor({ state: "detached" });
  expect(await page.getByLabel("Site name").inputValue()).toBe("Half typed");
});

test(
  "the audit log is found by action, told in detail and exported",
  async () => {
    await using person = await inside("/login/audit-log");
    const { page } = person;
    await page.getByLabel("Action").selectOption("sign-in.succeeded");
    const rows = page.locator("tr[data-sequence]");
    await eventually("only sign-ins", async () => {
      const texts = await rows.allTextContents();
      return texts.length > 0 && texts.every((text) => text.includes("Signed in"));
    });
    await rows.first().getByRole("button").click();
    const detail = page.getByRole("complementary", { name: "Signed in" });
    await detail.getByText("sign-in.succeeded").waitFor();
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });
    await page.getByLabel("Search the audit log").fill("no such thing anywhere");
    await page.getByText("Nothing matches").waitFor();
    await page.getByRole("button", { name: "Clear the filters" }).click();

    for (const [format, ending] of [
      ["CSV", ".csv"],
      ["JSON", ".json"],
    ] as const) {
      await page.getByRole("button", { name: "Export" }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("menuitem", { name: new RegExp(format, "u") }).click(),
      ]);
      expect(download.suggestedFilename()).toContain(ending);
      expect(await Bun.file(await download.path()).text()).toContain("sign-in.succeeded");
    }
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "BETTER-08 a notice goes by itself, waits while one looks at it, and stays in the history",
  async () => {
    await using person = await inside("/login/jump-groups");
    const { page } = person;
    await page.getByRole("button", { name: "Create Jump Group" }).click();
    await page.getByLabel("Name").fill("Noticed");
    await page.keyboard.press("Enter");
    const toast = page.locator(".toast");
    await toast.hover();
    await Bun.sleep(6500);
    expect(await toast.count()).toBe(1);
    await page.mouse.move(700, 400);
    await toast.waitFor({ state: "detached" });
    await openMenu(page);
    await page.getByRole("menuitem", { name: "Notices" }).click();
    await dialogOf(page).getByText("Jump Group created").waitFor();
  },
  LONG_TEST_MS,
);

test("PREF-02 PREF-03 administration is light, dark or as the device, which is named and followed", async () => {
  await using person = await inside("/login/account");
  const { page } = person;
  const shown = (): Promise<string | null> => page.locator("html").getAttribute("data-theme");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("radio", { name: "System (currently dark)" }).waitFor();
  expect(await shown()).toBe("dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByRole("radio", { name: "System (currently light)" }).waitFor();
  expect(await shown()).toBe("light");
  await page.getByRole("radio", { name: "Dark", exact: true }).click();
  await page.reload();
  await page.getByRole("radio", { name: "Dark", exact: true, checked: true }).waitFor();
  expect(await shown()).toBe("dark");
});

test("Ctrl K goes to a page, a person and a command without the mouse", async () => {
  await using person = await inside("/login/settings");
  const { page } = person;
  const find = page.getByRole("combobox", { name: "Find a page, a user, a Jump Client" });
  await page.keyboard.press("Control+k");
  await find.fill("audit");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/login\/audit-log$/u);
  await page.getByRole("button", { name: "Find anything" }).click();
  await find.fill(ADMIN.username);
  await page.getByRole("group", { name: "Users" }).getByRole("option").first().waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/login\/users\/[\w-]{22}$/u);
  await page.getByRole("complementary", { name: ADMIN.username }).waitFor();
  await page.keyboard.press("Control+k");
  await find.fill(">log out");
  await page.keyboard.press("Enter");
  await page.getByText("You are signed out of administration.").waitFor();
});

test("the list of users is worked with the keyboard alone", async () => {
  await using person = await inside("/login/users");
  const { page } = person;
  await page.getByRole("row", { name: /ada/u }).waitFor();
  await page.getByLabel("Search users").focus();
  // Past the filters, the columns and the titles that sort.
  const isOnList = () => page.evaluate(() => document.activeElement?.getAttribute("role") === "grid");
  for (let stops = 0; stops < 8 && !(await isOnList()); stops++) await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  const panel = page.getByRole("complementary", { name: ADMIN.username });
  await panel.waitFor();
  expect(await page.locator("[role=grid]").getAttribute("aria-activedescendant")).toContain("row-0");
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
});
