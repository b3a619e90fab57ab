/** What the question's program is told and tells. */
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import type { CustomerDisplay } from "./customer-display.ts";
import type { AskedOfCustomer } from "./words/question-sentences.ts";

/** What it is told first. */
export interface AskCommand {
  readonly kind: "ask";
  readonly displays: readonly CustomerDisplay[];
  readonly asked: AskedOfCustomer;
  readonly timeoutSeconds: number;
}

/** The question is of no use any more. */
export interface WithdrawCommand {
  readonly kind: "withdraw";
}

export interface ConsentReport {
  readonly answer: ConsentAnswer;
}
