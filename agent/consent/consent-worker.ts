/** The thread that shows one question and waits for the customer; a display that stands still holds up nothing else. */
import { AppError } from "../../protocol/errors.ts";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import type { ConsentCommand, ConsentReport, QuestionTexts } from "./consent-messages.ts";
import { X11Question } from "./x11/x11-question.ts";

declare const self: Worker;

/** How often mouse and keyboard are looked at. */
const TURN_MS = 30;

let isWithdrawn = false;

const report = (answer: ConsentAnswer): void => self.postMessage({ answer } satisfies ConsentReport);

/** On the first display that answers; null: there is none. */
function open(displays: readonly DisplayAddress[], texts: QuestionTexts): X11Question | null {
  for (const display of displays) {
    try {
      return new X11Question(display, texts, performance.now());
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return null;
}

async function ask({
  displays,
  texts,
  timeoutSeconds,
}: Extract<ConsentCommand, { kind: "ask" }>): Promise<ConsentAnswer> {
  const question = open(displays, texts);
  if (question === null) return "nobody";
  try {
    const endMs = performance.now() + timeoutSeconds * 1000;
    for (let nowMs = performance.now(); nowMs < endMs && !isWithdrawn; nowMs = performance.now()) {
      const answer = question.turn(nowMs, Math.ceil((endMs - nowMs) / 1000));
      if (answer !== null) return answer;
      if (question.isLost) return "nobody";
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
