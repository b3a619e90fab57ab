import { expect, test } from "bun:test";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import { CustomerDesktop, until, waysToClose, waysToDisplace } from "../test/customer-desktop.ts";
import { CustomerConsent } from "./customer-consent.ts";
import type { QuestionButton } from "./question-layout.ts";
import { QUESTION_TITLE } from "./x11/x11-question.ts";

/** The window does not listen in its first half second. */
const LISTENS_MS = 700;

const question = (consent: string, timeoutSeconds = 30) => ({
  ...{ consent, siteName: "Northmoor", representative: "Rosa Représentante", wish: "View the screen" },
  timeoutSeconds,
});

interface Asked extends AsyncDisposable {
  readonly desktop: CustomerDesktop;
  readonly consent: CustomerConsent;
  /** As they come. */
  readonly answers: [string, ConsentAnswer][];
}

async function asking(): Promise<Asked> {
  const stack = new AsyncDisposableStack();
  const desktop = stack.use(await CustomerDesktop.start(QUESTION_TITLE));
  const consent = stack.use(new CustomerConsent(() => desktop.on(null)));
  const answers: Asked["answers"] = [];
  consent.onAnswer((id, answer) => answers.push([id, answer]));
  return { desktop, consent, answers, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The window is there, and listens. */
async function listens(desktop: CustomerDesktop): Promise<void> {
  await until(() => desktop.isShown());
  await Bun.sleep(LISTENS_MS);
}

/** The buttons stand at the lower right, the one for yes last; their middles, from there. */
const BUTTON_FROM_BOTTOM = 50;
const fromRight: Readonly<Record<QuestionButton, number>> = { allow: 98, deny: 250 };
const click = (desktop: CustomerDesktop, button: QuestionButton): Promise<void> =>
  desktop.click(fromRight[button], BUTTON_FROM_BOTTOM);

/**
 * Clicks until it counts: a window that just came, or that another one covered a moment ago, is deaf for a while, and on a
 * busy machine nobody outside can tell how long.
 */
async function answerBy({ desktop, answers }: Asked, button: QuestionButton): Promise<void> {
  for (let attempt = 0; attempt < 20 && answers.length === 0; attempt += 1) {
    await click(desktop, button).catch(() => undefined);
    for (let turn = 0; turn < 20 && answers.length === 0; turn += 1) await Bun.sleep(25);
  }
  expect(answers).toHaveLength(1);
}

test("JUMP-13 the customer sees the question and clicks Allow, or Deny", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  for (const [button, answer] of [
    ["allow", "allowed"],
    ["deny", "denied"],
  ] as const) {
    consent.ask(question(button));
    await listens(desktop);
    await answerBy(asked, button);
    expect(answers.splice(0)).toEqual([[button, answer]]);
    await until(() => desktop.isGone());
  }
});

test("JUMP-13 the keyboard answers, too: Deny is chosen first, Tab goes to Allow, Escape denies", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  for (const [keys, answer] of [
    [["Return"], "denied"],
    [["Tab", "Return"], "allowed"],
    [["Tab", "Tab", "space"], "denied"],
    [["Tab", "Escape"], "denied"],
  ] as const) {
    consent.ask(question("keys"));
    await listens(desktop);
    await desktop.key(...keys);
    await until(() => answers.length > 0);
    expect([keys, answers.splice(0)]).toEqual([keys, [["keys", answer]]]);
    await until(() => desktop.isGone());
  }
});

test("who was about to click there when the window came does not answer by accident", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  consent.ask(question("early"));
  await until(() => desktop.isShown());
  await click(desktop, "allow");
  await desktop.key("Tab", "Return");
  await Bun.sleep(300);
  expect(answers).toEqual([]);
});

test("silence ends the question, withdrawing does, and one comes after the other", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  consent.ask(question("silent", 1));
  consent.ask(question("second"));
  consent.ask(question("never"));
  expect(consent.isAsking).toBe(true);
  await until(() => answers.length === 1);
  expect(answers.splice(0)).toEqual([["silent", "unanswered"]]);
  consent.withdraw("never");
  await Bun.sleep(200);
  await listens(desktop);
  await answerBy(asked, "allow");
  expect(answers.splice(0)).toEqual([["second", "allowed"]]);
  await until(() => !consent.isAsking);
  consent.ask(question("third"));
  await listens(desktop);
  consent.withdraw("third");
  await until(() => desktop.isGone());
});

test("the question stays above a window that comes over it", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  consent.ask(question("top"));
  await until(() => desktop.isShown());
  await desktop.open("coverer");
  await Bun.sleep(LISTENS_MS);
  await answerBy(asked, "allow");
  expect(answers).toEqual([["top", "allowed"]]);
});

test("JUMP-13 closing the window says no, by its own way, by force, and by ending the program's connection", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  for (const way of waysToClose) {
    consent.ask(question(way));
    await until(() => desktop.isShown());
    await desktop.close(way);
    await until(() => answers.length > 0);
    expect(answers.splice(0)).toEqual([[way, "denied"]]);
    await until(() => !consent.isAsking);
  }
});

test("moved, made small or taken off the screen it comes back, and listens only then", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  consent.ask(question("moved"));
  await listens(desktop);
  const before = await desktop.geometry();
  for (const way of waysToDisplace) {
    await desktop.displace(way);
    await desktop.isBackAt(before);
  }
  const allow = [before.x + before.width - fromRight.allow, before.y + before.height - BUTTON_FROM_BOTTOM].map(String);
  // In one breath, so that the click comes right behind the move.
  await desktop.xdotool("windowmove", await desktop.window(), "40", "40", "mousemove", ...allow, "click", "1");
  await Bun.sleep(LISTENS_MS + 300);
  expect(answers).toEqual([]);
  await answerBy(asked, "allow");
  expect(answers).toEqual([["moved", "allowed"]]);
});

test("while another window covers it again and again a click means nothing, and it is on top once that stops", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  const coverer = await desktop.open("coverer");
  consent.ask(question("covered"));
  await listens(desktop);
  const { x, y, width, height } = await desktop.geometry();
  const allow = [x + width - fromRight.allow, y + height - BUTTON_FROM_BOTTOM].map(String);
  // In one breath each time: the click comes while the window is covered, or has just come back.
  for (let turn = 0; turn < 15; turn += 1)
    await desktop.xdotool("windowraise", coverer, "sleep", "0.05", "mousemove", ...allow, "click", "1");
  expect(answers).toEqual([]);
  await Bun.sleep(LISTENS_MS + 300);
  await answerBy(asked, "allow");
  expect(answers).toEqual([["covered", "allowed"]]);
});

test("a window's program that dies is no yes, and the next question has one of its own", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  consent.ask(question("first"));
  consent.ask(question("second"));
  await until(() => desktop.isShown());
  CustomerDesktop.crash("show-question");
  await until(() => answers.length === 1);
  expect(answers.splice(0)).toEqual([["first", "denied"]]);
  await listens(desktop);
  await answerBy(asked, "allow");
  expect(answers).toEqual([["second", "allowed"]]);
});

test("where there is no display, or it goes, there is nobody to ask", async () => {
  await using asked = await asking();
  const { desktop, consent, answers } = asked;
  using nowhere = new CustomerConsent(() => []);
  nowhere.onAnswer((id, answer) => answers.push([id, answer]));
  nowhere.ask(question("nowhere"));
  expect(answers.splice(0)).toEqual([["nowhere", "nobody"]]);
  consent.ask(question("gone"));
  await until(() => desktop.isShown());
  await desktop.display.kill();
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
