/** Asking the customer, whole: the built server and agent, a real desktop somebody sits at, and the console in Chromium. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Locator } from "playwright-core";
import { askAs, auditOf, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { Person } from "./harness/pages.ts";
import { Presence } from "./harness/presence.ts";
import { ADMIN, Site } from "./harness/site.ts";

setDefaultTimeout(90_000);
const TITLE = "Causeway asks";
/** The window does not listen in its first half second. */
const LISTENS_MS = 700;
const ASK = { value: "allow", isAsked: true } as const;

let stack: AsyncDisposableStack;
let site: Site;
let browser: Browser;
let presence: Presence;
let computer: Computer;
let admin: Person;
let anna: Person;
let jumpItem: string;
/** The session policy of the computer while somebody sits there. */
let policy: { readonly id: string; version: number };

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  stack.use(site);
  stack.defer(() => browser.close());
  presence = stack.use(new Presence());
  presence.sit("ines");
  const environment = { LANG: "de_DE.UTF-8", LC_ALL: "" };
  computer = stack.use(await Computer.start(site, { prefix: presence.prefix, environment }));
  admin = stack.use(await signedInAt(browser, `${site.address}/login/status`));
  anna = stack.use(await Person.open(browser));
  await anna.signInToConsole(site);
  const items = await eventually("the computer", async () => {
    const answer = await askAs<{ rows: { id: string; signedInUsers: string[] }[] }>(
      anna.page,
      "GET",
      "/api/console/jump-items",
    );
    return answer.rows.length > 0 && answer.rows;
  });
  jumpItem = items[0]!.id;
  policy = await addPolicy("Somebody is there");
  await assign({ presentPolicy: policy.id });
}, 90_000);
afterAll(() => stack.disposeAsync(), 30_000);

function addPolicy(displayName: string, rules: object = { grants: {}, prompting: null }) {
  const availability = { users: true, repInvite: false, jumpItems: true };
  const wish = { displayName, description: "", availability, rules };
  return askAs<{ id: string; version: number }>(admin.page, "POST", "/api/login/session-policies", wish);
}

const assign = (changes: object): Promise<unknown> =>
  askAs(anna.page, "PATCH", "/api/console/jump-items", { ids: [jumpItem], changes });

/** What the customer is asked about from now on. */
async function rule(grants: object, prompting = { timeoutSeconds: 60, whenUnanswered: "deny" }): Promise<void> {
  const path = `/api/login/session-policies/${policy.id}`;
  const wish = { version: policy.version, rules: { grants, prompting } };
  policy = await askAs<typeof policy>(admin.page, "PATCH", path, wish);
}

/** Runs a program on the computer's desktop; its output, or "" when it fails. */
async function onDesktop(command: readonly string[]): Promise<string> {
  const env = { ...process.env, ...computer.desktop.environment };
  const program = Bun.spawn([...command], { env, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  const output = await new Response(program.stdout).text();
  return (await program.exited) === 0 ? output.trim() : "";
}

const findWindow = (): Promise<string> => onDesktop(["xdotool", "search", "--name", TITLE]);
const windowGone = (): Promise<boolean> =>
  eventually("the question to go", async () => (await findWindow()) === "", 5000);

/** The question's window, once it listens; and what it asks. */
async function question(): Promise<string> {
  const window = await eventually("the question on the desktop", async () => (await findWindow()) || null);
  await Bun.sleep(LISTENS_MS);
  return /"(.*)"/u.exec(await onDesktop(["xprop", "-id", window, "-notype", "8u", "_NET_WM_NAME"]))?.[1] ?? "";
}

/** Moves the desktop's own mouse to a button of the question and clicks it. */
async function answer(button: "allow" | "refuse"): Promise<void> {
  const shell = await onDesktop(["xdotool", "search", "--name", TITLE, "getwindowgeometry", "--shell"]);
  const value = (name: string): number => Number(new RegExp(`^${name}=(\\d+)$`, "mu").exec(shell)![1]);
  const x = value("X") + value("WIDTH") - (button === "allow" ? 98 : 250);
  const y = value("Y") + value("HEIGHT") - 50;
  await onDesktop(["xdotool", "mousemove", String(x), String(y), "click", "1"]);
}

const tab = (name: string): Locator => anna.page.getByRole("tab", { name, exact: true });
const waiting = (): Locator => anna.page.getByText("Waiting for the customer's answer.");
const refusal = (): Locator => anna.page.getByText("The customer did not allow it").first();
const line = (text: string): Locator => anna.page.getByRole("log").getByText(text);

async function jump(): Promise<void> {
  const row = anna.page.getByRole("row").filter({ hasText: /Online|In session/u });
  await row.hover();
  await row.getByRole("button", { name: /^Jump to / }).click();
  await anna.page.locator(".stabs [aria-selected=true] .stones[data-s=live]").waitFor();
}

async function endSession(): Promise<void> {
  await anna.page.getByRole("button", { name: "End", exact: true }).click();
  await anna.page.getByRole("alertdialog").getByRole("button", { name: "End session" }).click();
  await anna.page.locator("[role=grid]").first().waitFor();
}

const shellIs = (status: string): Promise<boolean> =>
  eventually(`a shell that is ${status}`, async () => {
    const shells = anna.page.getByRole("tablist", { name: "Shells" }).getByRole("tab");
    return (await shells.first().getAttribute("data-status", { timeout: 500 })) === status;
  });

test("JUMP-13 the customer is asked on their desktop, in its language; a click on Allow opens the tool", async () => {
  await rule({ "shell.use": ASK });
  await jump();
  await tab("Command Shell").click();
  expect(await question()).toBe("Darf ada auf diesem Computer Befehle eingeben?");
  await waiting().waitFor();
  await answer("allow");
  await shellIs("running");
  await windowGone();
  await waiting().waitFor({ state: "detached" });
  await line("The customer allowed ada: Open a shell").waitFor();
  await endSession();
});

test("JUMP-13 a click on Refuse: the console reads it, and whoever tries again asks nobody", async () => {
  await rule({ "sysinfo.view": ASK });
  await jump();
  await tab("System Info").click();
  expect(await question()).toContain("Darf ada ansehen");
  await answer("refuse");
  await refusal().waitFor();
  await windowGone();
  await anna.page.getByRole("button", { name: "Refresh" }).click();
  await Bun.sleep(500);
  await refusal().waitFor();
  expect(await findWindow()).toBe("");
  await endSession();
});

test("JUMP-13 nobody answers: after its time the policy's word holds, no by one policy and yes by the other", async () => {
  for (const whenUnanswered of ["deny", "allow"]) {
    await rule({ "sysinfo.view": ASK }, { timeoutSeconds: 5, whenUnanswered });
    await jump();
    await tab("System Info").click();
    await question();
    await windowGone();
    if (whenUnanswered === "deny") await refusal().waitFor();
    else await anna.page.getByText(/^Snapshot /u).waitFor();
    await line("The customer did not answer ada: View system information").waitFor();
    await endSession();
  }
});

test("JUMP-13 two questions come one after the other: control is asked for once seeing is allowed", async () => {
  await rule({ "screen.view": ASK, "screen.control": ASK });
  await jump();
  await tab("Screen Sharing").click();
  await anna.page.getByRole("button", { name: "Start screen sharing" }).click();
  expect(await question()).toBe("Darf ada Ihren Bildschirm sehen?");
  await answer("allow");
  await eventually(
    "the second question",
    async () => (await question()) === "Darf ada Ihre Maus und Tastatur benutzen?",
  );
  await answer("allow");
  await anna.page.getByText("You control this computer", { exact: true }).waitFor();
  await endSession();
});

test("the question stays on top under a window manager and over a window that fills the desktop", async () => {
  await rule({ "shell.use": ASK });
  await jump();
  await tab("Command Shell").click();
  await question();
  await using terminal = computer.desktop.open(["xterm", "-geometry", "250x90+0+0", "-title", "coverer"]);
  await eventually("the terminal", async () => (await onDesktop(["xdotool", "search", "--name", "coverer"])) !== "");
  expect(terminal.hasExited).toBe(false);
  await onDesktop(["xdotool", "search", "--name", "coverer", "windowactivate", "windowraise"]);
  await Bun.sleep(LISTENS_MS + 300);
  await answer("allow");
  await shellIs("running");
  await endSession();
});

test("JUMP-13 the question closed by force is a no; it goes when the session ends, and when nobody waits any more", async () => {
  await rule({ "shell.use": ASK, "sysinfo.view": ASK }, { timeoutSeconds: 60, whenUnanswered: "allow" });
  await jump();
  await tab("System Info").click();
  await question();
  await onDesktop(["xkill", "-id", await findWindow()]);
  await refusal().waitFor();
  await tab("Command Shell").click();
  await question();
  await waiting().waitFor();
  await endSession();
  await windowGone();
  await jump();
  await tab("Command Shell").click();
  await question();
  await anna.page.getByRole("button", { name: "Cancel" }).click();
  await windowGone();
  await anna.page.getByRole("button", { name: "Start command shell" }).waitFor();
  await Bun.sleep(500);
  expect(await findWindow()).toBe("");
  await anna.page.getByRole("button", { name: "Start command shell" }).click();
  await question();
  await answer("allow");
  await shellIs("running");
  await endSession();
});

const NOTICE_TITLE = "Causeway is connected";
const findNotice = (): Promise<string> => onDesktop(["xdotool", "search", "--name", NOTICE_TITLE]);
const noticeGone = (): Promise<boolean> =>
  eventually("the notice to go", async () => (await findNotice()) === "", 5000);

/** The notice of who is connected: what it says, and where its button is on the desktop. */
async function notice(): Promise<{ text: string; x: number; y: number }> {
  const window = await eventually("the notice on the desktop", async () => (await findNotice()) || null);
  const name = await onDesktop(["xprop", "-id", window, "-notype", "8u", "_NET_WM_NAME"]);
  const shell = await onDesktop(["xdotool", "getwindowgeometry", "--shell", window]);
  const value = (field: string): number => Number(new RegExp(`^${field}=(\\d+)$`, "mu").exec(shell)![1]);
  const [x, y] = [value("X") + value("WIDTH") - 60, value("Y") + Math.round(value("HEIGHT") / 2)];
  return { text: /"(.*)"/u.exec(name)?.[1] ?? "", x, y };
}

/** The representative sees that it is over, and who ended it. */
async function endedByCustomer(message = "The customer ended the session."): Promise<void> {
  await anna.page.getByText(message).first().waitFor();
  await anna.page.getByRole("button", { name: "Back to Home" }).click();
  await anna.page.locator("[role=grid]:visible").first().waitFor();
  await noticeGone();
}

test("JUMP-13 after a yes the customer sees who is connected and ends the session with a click", async () => {
  await rule({ "shell.use": ASK });
  await jump();
  await tab("Command Shell").click();
  await question();
  expect(await findNotice()).toBe("");
  await answer("allow");
  await shellIs("running");
  const { text, x, y } = await notice();
  expect(text).toBe("ada ist verbunden · Beenden");
  await onDesktop(["xdotool", "mousemove", String(x), String(y), "click", "1"]);
  await endedByCustomer();
  const rows = await auditOf(admin.page, "session.ended-by-customer");
  expect(rows[0]).toMatchObject({ actorKind: "system", detail: { reason: "The customer ended the session" } });
});

test("JUMP-13 a representative in control cannot press the customer's button, the customer's keys can", async () => {
  await rule({ "screen.view": ASK });
  await jump();
  await tab("Screen Sharing").click();
  await anna.page.getByRole("button", { name: "Start screen sharing" }).click();
  await question();
  await answer("allow");
  await anna.page.getByText("You control this computer", { exact: true }).waitFor();
  const { x, y } = await notice();
  const [width, height] = (await onDesktop(["xdotool", "getdisplaygeometry"])).split(" ").map(Number);
  const picture = (await anna.page.getByRole("tabpanel").locator("canvas").first().boundingBox())!;
  await anna.page.mouse.click(picture.x + (x / width!) * picture.width, picture.y + (y / height!) * picture.height);
  await eventually("the mouse over the button", async () => {
    const place = await onDesktop(["xdotool", "getmouselocation", "--shell"]);
    return Math.abs(Number(/^X=(\d+)/mu.exec(place)?.[1]) - x) < 4;
  });
  await anna.page.keyboard.press("Control+Alt+Shift+End");
  await anna.page.keyboard.press("Enter");
  await Bun.sleep(500);
  expect(await findNotice()).not.toBe("");
  await anna.page.getByRole("button", { name: "Release control" }).click();
  await Bun.sleep(2500);
  await onDesktop(["xdotool", "key", "ctrl+alt+shift+End"]);
  await Bun.sleep(300);
  await onDesktop(["xdotool", "key", "Return"]);
  await endedByCustomer();
});

test("JUMP-13 a session does not go on without its notice, and one nobody asked about has none", async () => {
  await rule({ "shell.use": ASK, "sysinfo.view": { value: "allow", isAsked: false } });
  await jump();
  await tab("System Info").click();
  await anna.page.getByText(/^Snapshot /u).waitFor();
  expect(await findNotice()).toBe("");
  await tab("Command Shell").click();
  await question();
  await answer("allow");
  await shellIs("running");
  await notice();
  await onDesktop(["xkill", "-id", await findNotice()]);
  await endedByCustomer("The notice at the computer was closed, which ends the session.");
});

test("JUMP-13 JUMP-33 whoever was there leaves: the rules for that hold, nobody is asked, and what would be asked is refused", async () => {
  await rule({ "shell.use": ASK });
  const absent = await addPolicy("Nobody is there", {
    grants: { "shell.use": { value: "allow", isAsked: false }, "sysinfo.view": ASK },
    prompting: { timeoutSeconds: 5, whenUnanswered: "deny" },
  });
  await assign({ absentPolicy: absent.id });
  presence.leave();
  await eventually("nobody at the computer", async () => {
    const text = JSON.stringify(await askAs(anna.page, "GET", `/api/console/jump-items/${jumpItem}`));
    return !text.includes('"ines"');
  });
  await jump();
  await tab("Command Shell").click();
  await shellIs("running");
  expect(await tab("System Info").count()).toBe(0);
  await Bun.sleep(500);
  expect(await findWindow()).toBe("");
  await endSession();
});

test("what every customer answered is in the audit log", async () => {
  const rows = await auditOf(admin.page, "consent.asked");
  const answers = rows.map(({ detail }) => (detail as { answer: string }).answer);
  for (const expected of ["allowed", "denied", "unanswered", "cancelled"]) expect(answers).toContain(expected);
  expect(anna.mishaps).toEqual([]);
});

test("a German administrator reads in German what was asked and answered, and which roles there are", async () => {
  await using context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "de-DE" });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  await page.goto(`${site.address}/login/audit-log`);
  await page.getByLabel("Benutzername").fill(ADMIN.username);
  await page.getByLabel("Kennwort", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
  await page.getByRole("button", { name: "Kunden gefragt" }).first().click();
  const facts = page.locator("dl");
  await facts.getByText("Berechtigung", { exact: true }).waitFor();
  await facts.getByText("Antwort", { exact: true }).waitFor();
  await facts.getByText("Shell öffnen", { exact: true }).waitFor();
  await page.goto(`${site.address}/login/jump-item-roles`);
  await page.getByText("Nur Sitzungen starten", { exact: true }).waitFor();
});
