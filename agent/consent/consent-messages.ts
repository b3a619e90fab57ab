/** What the question's thread is told and tells. */
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import type { DisplayAddress } from "../x11/connection.ts";

/** What the customer reads. */
export interface QuestionTexts {
  readonly siteName: string;
  readonly representative: string;
  readonly wish: string;
}

export type ConsentCommand =
  | {
      readonly kind: "ask";
      readonly displays: readonly DisplayAddress[];
      readonly texts: QuestionTexts;
      readonly timeoutSeconds: number;
    }
  | { readonly kind: "withdraw" };

export interface ConsentReport {
  readonly answer: ConsentAnswer;
}
