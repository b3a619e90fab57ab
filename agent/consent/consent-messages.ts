/** What the question's program is told and tells. */
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import type { AskedOfCustomer } from "./words/question-sentences.ts";

/** A display to ask on, and in which locale people work there; null: not known. */
export interface QuestionDisplay extends DisplayAddress {
  readonly locale: string | null;
}

export type ConsentCommand =
  | {
      readonly kind: "ask";
      readonly displays: readonly QuestionDisplay[];
      readonly asked: AskedOfCustomer;
      readonly timeoutSeconds: number;
    }
  | { readonly kind: "withdraw" };

export interface ConsentReport {
  readonly answer: ConsentAnswer;
}
