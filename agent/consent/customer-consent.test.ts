import { expect, test } from "bun:test";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import { startVirtualDisplay, type VirtualDisplay } from "../test/virtual-display.ts";
import { CustomerConsent } from "./customer-consent.ts";
import { buttonBoxes, type QuestionButton, questionPlace } from "./question-layout.ts";
import { QUESTION_TITLE } from "./x11/x11-question.ts";

const SCREEN = { width: 1280, height: 800 };
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
  const consent = stack.use(new CustomerConsent(() => [display.address]));
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

async function click(display: VirtualDisplay, button: QuestionButton): Promise<void> {
  const place = questionPlace(SCREEN);
  const { x, y, width, height } = buttonBoxes[button];
  const [left, top] = [place.x + x + width / 2, place.y + y + height / 2].map((value) => String(Math.round(value)));
  await display.run(["xdotool", "mousemove", left!, top!, "click", "1"]);
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
    await click(display, button);
    await until(() => answers.length > 0);
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
  await click(display, "allow");
  await until(() => answers.length === 1);
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
  await click(display, "allow");
  await until(() => answers.length > 0);
  expect(answers).toEqual([["top", "allowed"]]);
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
