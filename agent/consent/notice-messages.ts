/** What the notice's program is told and tells; that the agent lets go of it closes it. */
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import type { QuestionDisplay } from "./consent-messages.ts";
import type { Connected } from "./words/notice-sentences.ts";

export type NoticeCommand =
  | { readonly kind: "show"; readonly displays: readonly QuestionDisplay[]; readonly connected: Connected }
  /** Others are connected now. */
  | { readonly kind: "change"; readonly connected: Connected };

/** The customer ends the support session. A program that only ends has lost its display, or found none. */
export interface NoticeReport {
  readonly how: NoticeStop;
  /** By a mouse or keyboard that a program moves (XTEST), which may be a representative's. */
  readonly isInjected: boolean;
}
