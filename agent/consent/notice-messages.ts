/** What the notice's thread is told and tells. */
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import type { QuestionDisplay } from "./consent-messages.ts";
import type { Connected } from "./words/notice-sentences.ts";

export type NoticeCommand =
  | { readonly kind: "show"; readonly displays: readonly QuestionDisplay[]; readonly connected: Connected }
  /** Others are connected now. */
  | { readonly kind: "change"; readonly connected: Connected }
  | { readonly kind: "close" };

/** The customer ends the support session. A thread that only ends has lost its display, or found none. */
export interface NoticeReport {
  readonly how: NoticeStop;
  /** By a mouse or keyboard that a program moves (XTEST), which may be a representative's. */
  readonly isInjected: boolean;
}
