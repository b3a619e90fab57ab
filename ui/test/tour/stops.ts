/** Where a tour stops: every page and the dialogs that matter, by the name its picture gets. */
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { FileDrag } from "../harness/file-drag.ts";
import { endTrial } from "./appliance-answers.ts";

/** One picture: an address of the site and what is done there before it is taken. */
export interface Stop {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<void>;
  /** Without a sign-in. */
  readonly isOpen?: boolean;
}

const press =
  (...names: readonly (string | RegExp)[]) =>
  async (page: Page): Promise<void> => {
    for (const name of names) await page.getByRole("button", { name }).first().click();
  };
const choose =
  (button: string | RegExp, entry: string | RegExp) =>
  async (page: Page): Promise<void> => {
    await press(button)(page);
    await page.getByRole("menuitem", { name: entry }).click();
  };
const openRow =
  (name: string) =>
  async (page: Page): Promise<void> => {
    await page.getByText(name, { exact: true }).first().click();
  };
const openTab =
  (...names: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const name of names) await page.getByRole("tab", { name: new RegExp(`^${name}\\b`, "u") }).click();
  };
const inTurn =
  (...acts: readonly ((page: Page) => Promise<void>)[]) =>
  async (page: Page): Promise<void> => {
    for (const act of acts) await act(page);
  };
const keys =
  (...combinations: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const keysTogether of combinations) await page.keyboard.press(keysTogether);
  };
const type =
  (text: string) =>
  async (page: Page): Promise<void> => {
    await page.keyboard.type(text);
  };

async function wrongPassword(page: Page): Promise<void> {
  await page.getByLabel("User name").fill("gmbeki");
  await page.getByLabel("Password", { exact: true }).fill("not this one");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("alert").first().waitFor();
}

/** The server does not answer what matches; the page is opened then. */
const unanswered =
  (path: string, what: string) =>
  async (page: Page): Promise<void> => {
    await page.route(what, (route) => route.abort());
    await page.goto(new URL(path, page.url()).href);
    await page.getByRole("button", { name: "Try again" }).first().waitFor();
    await page.unroute(what);
  };

const login = (name: string, path: string, act?: Stop["act"]): Stop => ({
  name: `admin-${name}`,
  path: `/login${path}`,
  ...(act === undefined ? {} : { act }),
});
const appliance = (name: string, path: string, act?: Stop["act"]): Stop => ({
  name: `appliance-${name}`,
  path: `/appliance${path}`,
  ...(act === undefined ? {} : { act }),
});
const console_ = (name: string, act?: Stop["act"]): Stop => ({
  name: `console-${name}`,
  path: "/console",
  ...(act === undefined ? {} : { act }),
});

export const entryStops: readonly Stop[] = [
  { name: "portal-home", path: "/", isOpen: true },
  { name: "login", path: "/login", isOpen: true },
  { name: "login-refused", path: "/login", isOpen: true, act: wrongPassword },
  { name: "login-console", path: "/console", isOpen: true },
  { name: "login-appliance", path: "/appliance", isOpen: true },
];

export const administrationStops: readonly Stop[] = [
  login("status", ""),
  login("status-news", "", press("What is new")),
  login("status-tell", "", press("Tell everybody")),
  login("account", "/account"),
  login("jump-clients", "/jump-clients"),
  login("jump-clients-list", "/jump-clients", openTab("Jump Clients")),
  login("jump-client-panel", "/jump-clients", inTurn(openTab("Jump Clients"), openRow("NMC-LIB-0117"))),
  login("installer-wizard", "/jump-clients/new-installer"),
  login("installer-wizard-2", "/jump-clients/new-installer", press("Continue")),
  login("installer-wizard-3", "/jump-clients/new-installer", press("Continue", /Make|Create/u)),
  login("jump-groups", "/jump-groups"),
  login("jump-group", "/jump-groups", openRow("Branch libraries")),
  login("jump-policies", "/jump-policies"),
  login("jump-policy", "/jump-policies", openRow("Library hours")),
  login("jump-item-roles", "/jump-item-roles"),
  login("jump-item-role-dialog", "/jump-item-roles", press(/Create/u)),
  login("users", "/users"),
  login("user-panel", "/users", openRow("Grace Mbeki")),
  login("user-sign-in", "/users", inTurn(openRow("Grace Mbeki"), openTab("Sign-in"))),
  login("user-permissions", "/users", inTurn(openRow("Grace Mbeki"), openTab("Permissions"))),
  login("user-dialog", "/users", press("Add user")),
  login("teams", "/teams"),
  login("team-panel", "/teams", openRow("Service desk")),
  login("group-policies", "/group-policies"),
  login("group-policy", "/group-policies", openRow("Service desk")),
  login("group-policy-members", "/group-policies", inTurn(openRow("Service desk"), openTab("Members"))),
  login("session-policies", "/session-policies"),
  login("session-policy", "/session-policies", openRow("Retail floor")),
  login("providers", "/security-providers"),
  login("provider", "/security-providers", openRow("Staff sign-in")),
  login("provider-directory", "/security-providers", openRow("Directory")),
  login("security", "/security"),
  login("sign-ins", "/sign-ins"),
  login("api-accounts", "/api-accounts"),
  login("api-account-dialog", "/api-accounts", press(/Add|Create|New/u)),
  login("settings", "/settings"),
  login("email", "/email"),
  login("certificate", "/certificate"),
  login("audit-log", "/audit-log"),
  login("audit-detail", "/audit-log", async (page) => page.locator("tbody tr").nth(2).click()),
  login("palette", "", inTurn(keys("Control+k"), type("poli"))),
  login("menu", "", press(/Open your menu/u)),
  login("failed", "", unanswered("/login/users", "**/api/login/users?*")),
  login("not-found", "/nowhere"),
];

export const applianceStops: readonly Stop[] = [
  appliance("status", ""),
  appliance("power", "", choose("Restart or shut down", "Restart the appliance")),
  appliance("software", "", choose("Restart or shut down", "Restart the software")),
  appliance("menu", "", press(/Open your menu/u)),
  appliance("network", "/network", async (page) => {
    await press("Run connection test")(page);
    await page.getByText("Refused after 3 s").waitFor();
  }),
  appliance("network-interface", "/network", inTurn(endTrial, press(/Edit/u))),
  appliance("certificates", "/certificates"),
  appliance("certificates-import", "/certificates", press("Import")),
  appliance("updates", "/updates"),
  appliance("updates-schedule", "/updates", press("Schedule")),
  appliance("backups", "/backups"),
  appliance("backups-settings", "/backups", press("Edit")),
  appliance("backups-restore", "/backups", press("Restore")),
  appliance("storage", "/storage"),
  appliance("access", "/access"),
  appliance("access-add", "/access", press(/Add/u)),
  appliance("support", "/support"),
  appliance("support-syslog", "/support", press(/Edit/u)),
];

const firstRows = async (page: Page): Promise<void> => {
  await page.locator("[role=grid] tbody tr[id]").first().waitFor();
};

export const consoleStops: readonly Stop[] = [
  console_("home", inTurn(firstRows, openRow("NMC-LIB-0117"))),
  console_("home-bulk", async (page) => {
    await firstRows(page);
    for (const row of [1, 2, 4]) await page.locator("[role=grid] tbody tr[id]").nth(row).getByRole("checkbox").check();
  }),
  console_("palette", inTurn(firstRows, keys("Control+k"), type("harbour"))),
  console_("shortcuts", inTurn(firstRows, keys("?"))),
  console_("properties", inTurn(firstRows, openRow("NMC-LIB-0117"), press("Properties"))),
  console_("menu", inTurn(firstRows, press(/Open user menu/u))),
  console_("preferences", inTurn(firstRows, choose(/Open user menu/u, /Preferences/u))),
  console_("nothing-found", async (page) => {
    await firstRows(page);
    await page.getByLabel("Search Jump Items").fill("harbuor");
  }),
];

const inTool =
  (name: string, ...acts: readonly ((page: Page) => Promise<void>)[]) =>
  async (page: Page): Promise<void> => {
    await openTab(name)(page);
    for (const act of acts) await act(page);
  };
/** Presses what begins a tool, where it has not begun by itself. */
const startIfAsked =
  (name: string) =>
  async (page: Page): Promise<void> => {
    await page.waitForTimeout(1_500);
    const button = page.getByRole("button", { name });
    if (await button.isVisible()) await button.click();
  };
async function workOnScreen(page: Page): Promise<void> {
  const screen = page.getByRole("tabpanel", { name: "Screen Sharing" }).getByRole("application");
  await page.waitForTimeout(2_500);
  await screen.click({ position: { x: 120, y: 120 } });
  await page.keyboard.type("lpstat -o; uname -a\n");
  await page.waitForTimeout(1_500);
}
async function workInShell(page: Page): Promise<void> {
  await page.waitForTimeout(1_500);
  await page.keyboard.type("uname -srm; ls -la; df -h /\n");
  await page.waitForTimeout(4_000);
}

/** Two files in the hand over the list; they are let go of when the next stop begins. */
async function holdFiles(page: Page): Promise<void> {
  await FileDrag.over(page, [resolve("README.md"), resolve("CHANGELOG.md")]);
}
async function letGoOfFiles(page: Page): Promise<void> {
  await page.reload();
  await page.getByRole("tab", { name: "System Info" }).waitFor();
}

/** In a running support session. */
export const sessionStops: readonly Stop[] = [
  {
    name: "console-session-screen",
    path: "",
    act: inTool("Screen Sharing", startIfAsked("Start screen sharing"), workOnScreen),
  },
  {
    name: "console-session-shell",
    path: "",
    act: inTool("Command Shell", startIfAsked("Start command shell"), workInShell),
  },
  { name: "console-session-files", path: "", act: inTool("File Transfer", startIfAsked("Start file transfer")) },
  { name: "console-session-files-drop", path: "", act: holdFiles },
  {
    name: "console-session-sysinfo",
    path: "",
    act: inTurn(letGoOfFiles, inTool("System Info", startIfAsked("Start System Info"))),
  },
];
