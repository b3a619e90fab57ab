import { ptr } from "bun:ffi";
import { expect, test } from "bun:test";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import { startVirtualDisplay, type VirtualDisplay } from "../test/virtual-display.ts";
import { EVENT_BYTES, fixedBytes, X11Connection } from "../x11/connection.ts";
import { CustomerConsent } from "./customer-consent.ts";
import type { QuestionButton } from "./question-layout.ts";
import { QUESTION_TITLE } from "./x11/x11-question.ts";

/** The window does not listen in its first half second. */
const LISTENS_MS = 700;

const question = (consent: string, timeoutSeconds = 30) => ({
  ...{ consent, siteName: "Northmoor", representative: "Rosa Représentante", wish: "View the screen" },
  timeoutSeconds,
});

/** A display with questions on it, and their answers as they come. */
async function asking(): Promise<
  { display: VirtualDisplay; consent: CustomerConsent; answers: [string, ConsentAnswer][] } & AsyncDisposable
> {
  const stack = new AsyncDisposableStack();
  const display = stack.use(await startVirtualDisplay());
  const consent = stack.use(new CustomerConsent(() => [{ ...display.address, locale: null }]));
  const answers: [string, ConsentAnswer][] = [];
  consent.onAnswer((id, answer) => answers.push([id, answer]));
  return { display, consent, answers, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function until(fits: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await fits()) return;
    await Bun.sleep(25);
  }
  throw new Error("it did not come so far");
}

const isShown = async (display: VirtualDisplay): Promise<boolean> =>
  await display.run(["xdotool", "search", "--name", QUESTION_TITLE]).then(
    (found) => found.trim() !== "",
    () => false,
  );

async function shown(display: VirtualDisplay): Promise<void> {
  await until(() => isShown(display));
  await Bun.sleep(LISTENS_MS);
}

/** Where the window is, and how large. */
async function geometry(display: VirtualDisplay): Promise<{ x: number; y: number; width: number; height: number }> {
  const shell = await display.run(["xdotool", "search", "--name", QUESTION_TITLE, "getwindowgeometry", "--shell"]);
  const value = (name: string): number => Number(new RegExp(`^${name}=(\\d+)$`, "mu").exec(shell)![1]);
  return { x: value("X"), y: value("Y"), width: value("WIDTH"), height: value("HEIGHT") };
}

/** The buttons stand at the lower right, the one for yes last. */
async function click(display: VirtualDisplay, button: QuestionButton): Promise<void> {
  const { x, y, width, height } = await geometry(display);
  const [left, top] = [x + width - (button === "allow" ? 98 : 250), y + height - 50].map(String);
  await display.run(["xdotool", "mousemove", left!, top!, "click", "1"]);
}

/**
 * Clicks until it counts: a window that just came, or that another one covered a moment ago, is deaf for a while, and on a
 * busy machine nobody outside can tell how long.
 */
async function answerBy(display: VirtualDisplay, button: QuestionButton, answers: readonly unknown[]): Promise<void> {
  for (let attempt = 0; attempt < 20 && answers.length === 0; attempt += 1) {
    await click(display, button).catch(() => undefined);
    for (let turn = 0; turn < 20 && answers.length === 0; turn += 1) await Bun.sleep(25);
  }
  expect(answers).toHaveLength(1);
}

test("JUMP-13 the customer sees the question and clicks Allow, or Deny", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  for (const [button, answer] of [
    ["allow", "allowed"],
    ["deny", "denied"],
  ] as const) {
    consent.ask(question(button));
    await shown(display);
    await answerBy(display, button, answers);
    expect(answers.splice(0)).toEqual([[button, answer]]);
    await until(async () => !(await isShown(display)));
  }
});

test("JUMP-13 the keyboard answers, too: Deny is chosen first, Tab goes to Allow, Escape denies", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  for (const [keys, answer] of [
    [["Return"], "denied"],
    [["Tab", "Return"], "allowed"],
    [["Tab", "Tab", "space"], "denied"],
    [["Tab", "Escape"], "denied"],
  ] as const) {
    consent.ask(question("keys"));
    await shown(display);
    await display.run(["xdotool", "key", ...keys]);
    await until(() => answers.length > 0);
    expect([keys, answers.splice(0)]).toEqual([keys, [["keys", answer]]]);
    await until(async () => !(await isShown(display)));
  }
});

test("who was about to click there when the window came does not answer by accident", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  consent.ask(question("early"));
  await until(() => isShown(display));
  await click(display, "allow");
  await display.run(["xdotool", "key", "Tab", "Return"]);
  await Bun.sleep(300);
  expect(answers).toEqual([]);
});

test("silence ends the question, withdrawing does, and one comes after the other", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  consent.ask(question("silent", 1));
  consent.ask(question("second"));
  consent.ask(question("never"));
  expect(consent.isAsking).toBe(true);
  await until(() => answers.length === 1);
  expect(answers.splice(0)).toEqual([["silent", "unanswered"]]);
  consent.withdraw("never");
  await Bun.sleep(200);
  await shown(display);
  await answerBy(display, "allow", answers);
  expect(answers.splice(0)).toEqual([["second", "allowed"]]);
  await until(() => !consent.isAsking);
  consent.ask(question("third"));
  await shown(display);
  consent.withdraw("third");
  await until(async () => !(await isShown(display)));
});

test("the question stays above a window that comes over it", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  consent.ask(question("top"));
  await until(() => isShown(display));
  display.start(["xterm", "-geometry", "200x60+0+0"]);
  await until(async () => (await display.run(["xdotool", "search", "--class", "xterm"]).catch(() => "")) !== "");
  await Bun.sleep(LISTENS_MS);
  await answerBy(display, "allow", answers);
  expect(answers).toEqual([["top", "allowed"]]);
});

const windowOf = async (display: VirtualDisplay): Promise<string> =>
  (await display.run(["xdotool", "search", "--name", QUESTION_TITLE])).trim();

/** Asks the window to close as a window manager's button does (ICCCM, WM_DELETE_WINDOW). */
function askToClose({ address }: VirtualDisplay, window: number): void {
  using connection = new X11Connection(address);
  const event = new DataView(fixedBytes(EVENT_BYTES).buffer);
  event.setInt32(0, 33, true);
  event.setBigUint64(32, BigInt(window), true);
  event.setBigUint64(40, BigInt(connection.atom("WM_PROTOCOLS")), true);
  event.setInt32(48, 32, true);
  event.setBigUint64(56, BigInt(connection.atom("WM_DELETE_WINDOW")), true);
  connection.x.XSendEvent(connection.pointer, window, 0, 0, ptr(event));
  connection.sync();
}

test("JUMP-13 closing the window says no, by its own way, by force, and by ending the program's connection", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  const closings: Readonly<Record<string, (window: string) => unknown>> = {
    asked: (window) => askToClose(display, Number(window)),
    destroyed: (window) => display.run(["xdotool", "windowclose", window]),
    cut: (window) => display.run(["xkill", "-id", window]),
  };
  for (const [way, close] of Object.entries(closings)) {
    consent.ask(question(way));
    await until(() => isShown(display));
    await close(await windowOf(display));
    await until(() => answers.length > 0);
    expect(answers.splice(0)).toEqual([[way, "denied"]]);
    await until(() => !consent.isAsking);
  }
});

test("moved, made small or taken off the screen it comes back, and listens only then", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  consent.ask(question("moved"));
  await shown(display);
  const before = await geometry(display);
  const window = await windowOf(display);
  const isMapped = async (id: string) => (await display.run(["xwininfo", "-id", id])).includes("Map State: IsViewable");
  for (const trick of [
    ["windowmove", window, "2000", "0"],
    ["windowsize", window, "20", "20"],
    ["windowunmap", window],
  ]) {
    await display.run(["xdotool", ...trick]);
    const isBack = async () => JSON.stringify(await geometry(display)) === JSON.stringify(before);
    await until(async () => (await isMapped(window)) && (await isBack()));
  }
  const [left, top] = [String(before.x + before.width - 98), String(before.y + before.height - 50)];
  // In one breath, so that the click comes right behind the move.
  await display.run(["xdotool", "windowmove", window, "40", "40", "mousemove", left, top, "click", "1"]);
  await Bun.sleep(LISTENS_MS + 300);
  expect(answers).toEqual([]);
  await answerBy(display, "allow", answers);
  expect(answers).toEqual([["moved", "allowed"]]);
});

test("while another window covers it again and again a click means nothing, and it is on top once that stops", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  display.start(["xterm", "-geometry", "200x60+0+0", "-name", "coverer", "-title", "coverer"]);
  await until(async () => (await display.run(["xdotool", "search", "--name", "coverer"]).catch(() => "")) !== "");
  const coverer = (await display.run(["xdotool", "search", "--name", "coverer"])).trim().split("\n")[0]!;
  consent.ask(question("covered"));
  await shown(display);
  const { x, y, width, height } = await geometry(display);
  const [left, top] = [String(x + width - 98), String(y + height - 50)];
  // In one breath each time: the click comes while the window is covered, or has just come back.
  for (let turn = 0; turn < 15; turn += 1)
    await display.run(["xdotool", "windowraise", coverer, "sleep", "0.05", "mousemove", left, top, "click", "1"]);
  expect(answers).toEqual([]);
  await Bun.sleep(LISTENS_MS + 300);
  await answerBy(display, "allow", answers);
  expect(answers).toEqual([["covered", "allowed"]]);
});

test("a window's program that dies is no yes, and the next question has one of its own", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  consent.ask(question("first"));
  consent.ask(question("second"));
  await until(() => isShown(display));
  const [child] = Bun.spawnSync(["pgrep", "-P", String(process.pid), "-f", "show-question"])
    .stdout.toString()
    .split("\n");
  process.kill(Number(child), "SIGKILL");
  await until(() => answers.length === 1);
  expect(answers.splice(0)).toEqual([["first", "denied"]]);
  await shown(display);
  await answerBy(display, "allow", answers);
  expect(answers).toEqual([["second", "allowed"]]);
});

test("where there is no display, or it goes, there is nobody to ask", async () => {
  await using asked = await asking();
  const { display, consent, answers } = asked;
  using nowhere = new CustomerConsent(() => []);
  nowhere.onAnswer((id, answer) => answers.push([id, answer]));
  nowhere.ask(question("nowhere"));
  expect(answers.splice(0)).toEqual([["nowhere", "nobody"]]);
  consent.ask(question("gone"));
  await until(() => isShown(display));
  await display.kill();
  await until(() => answers.length > 0);
  expect(answers).toEqual([["gone", "nobody"]]);
});

test("JUMP-13 a question whose program cannot be started, or ends before it shows anything, is a no", async () => {
  for (const program of [["/nowhere/causeway-agent", "show-question"], ["true"], ["false"]]) {
    using consent = new CustomerConsent(() => [{ display: ":9999", authority: null, locale: null }], program);
    const answers: [string, ConsentAnswer][] = [];
    consent.onAnswer((id, answer) => answers.push([id, answer]));
    consent.ask(question("first"));
    consent.ask(question("second"));
    await until(() => answers.length === 2);
    expect(answers).toEqual([
      ["first", "denied"],
      ["second", "denied"],
    ]);
    expect(consent.isAsking).toBe(false);
  }
});
