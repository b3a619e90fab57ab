/** The program that shows one question and waits for the customer; a display that stands still holds up nothing else. */
import { AppError } from "../../protocol/errors.ts";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import type { StartingAgent } from "../own-program.ts";
import { X11Connection } from "../x11/connection.ts";
import type { ConsentCommand, ConsentReport, QuestionDisplay } from "./consent-messages.ts";
import type { AskedOfCustomer } from "./words/question-sentences.ts";
import { X11Question } from "./x11/x11-question.ts";

/** How often mouse and keyboard are looked at. */
const TURN_MS = 30;

type Ask = Extract<ConsentCommand, { kind: "ask" }>;

interface OpenQuestion {
  readonly display: QuestionDisplay;
  readonly question: X11Question;
}

/** On the first display that answers; null: there is none. */
function open(displays: readonly QuestionDisplay[], asked: AskedOfCustomer): OpenQuestion | null {
  for (const display of displays) {
    try {
      return { display, question: new X11Question(display, asked, performance.now()) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return null;
}

/** The connection has ended: with the display, or by a program that would rather have silence than a no. */
function answerOfTheLost(display: QuestionDisplay): ConsentAnswer {
  try {
    using _ = new X11Connection(display);
    return "denied";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return "nobody";
  }
}

async function ask({ displays, asked, timeoutSeconds }: Ask, isWithdrawn: () => boolean): Promise<ConsentAnswer> {
  const opened = open(displays, asked);
  if (opened === null) return "nobody";
  const { question, display } = opened;
  try {
    const endMs = performance.now() + timeoutSeconds * 1000;
    for (let nowMs = performance.now(); nowMs < endMs && !isWithdrawn(); nowMs = performance.now()) {
      const answer = question.turn(nowMs, Math.ceil((endMs - nowMs) / 1000));
      if (answer !== null) return answer;
      if (question.isLost) return answerOfTheLost(display);
      await Bun.sleep(TURN_MS);
    }
    return "unanswered";
  } finally {
    question[Symbol.dispose]();
  }
}

/** Shows the question the agent names, tells the answer once the window is gone, and ends when the agent lets go. */
export async function showQuestion({ onCommand, report, gone }: StartingAgent): Promise<void> {
  let isWithdrawn = false;
  const { promise: named, resolve } = Promise.withResolvers<Ask>();
  onCommand((said) => {
    const command = said as ConsentCommand;
    if (command.kind === "ask") resolve(command);
    else isWithdrawn = true;
  });
  void gone.then(() => (isWithdrawn = true));
  const command = await Promise.race([named, gone]);
  if (command === undefined) return;
  report({ answer: await ask(command, () => isWithdrawn) } satisfies ConsentReport);
  await gone;
}
