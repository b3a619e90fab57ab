/** The thread that shows one question and waits for the customer; a display that stands still holds up nothing else. */
import { AppError } from "../../protocol/errors.ts";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import { X11Connection } from "../x11/connection.ts";
import type { ConsentCommand, ConsentReport, QuestionDisplay } from "./consent-messages.ts";
import type { AskedOfCustomer } from "./words/question-sentences.ts";
import { X11Question } from "./x11/x11-question.ts";

declare const self: Worker;

/** How often mouse and keyboard are looked at. */
const TURN_MS = 30;

let isWithdrawn = false;

const report = (answer: ConsentAnswer): void => self.postMessage({ answer } satisfies ConsentReport);

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

async function ask({
  displays,
  asked,
  timeoutSeconds,
}: Extract<ConsentCommand, { kind: "ask" }>): Promise<ConsentAnswer> {
  const opened = open(displays, asked);
  if (opened === null) return "nobody";
  const { question, display } = opened;
  try {
    const endMs = performance.now() + timeoutSeconds * 1000;
    for (let nowMs = performance.now(); nowMs < endMs && !isWithdrawn; nowMs = performance.now()) {
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

self.onmessage = (event: MessageEvent<ConsentCommand>) => {
  const command = event.data;
  if (command.kind === "withdraw") isWithdrawn = true;
  else
    void ask(command)
      .then(report)
      .finally(() => setTimeout(() => process.exit(0), 0));
};
