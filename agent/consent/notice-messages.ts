/** What the notice's program is told and tells; that the agent lets go of it closes it. */
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import type { CustomerDisplay } from "./customer-display.ts";
import type { Connected } from "./words/notice-sentences.ts";

/** What it is told first. */
export interface ShowCommand {
  readonly kind: "show";
  readonly displays: readonly CustomerDisplay[];
  readonly connected: Connected;
}

/** Others are connected now. */
export interface ChangeCommand {
  readonly kind: "change";
  readonly connected: Connected;
}

/** The customer ends the support session. A program that only ends has lost its display, or found none. */
export interface NoticeReport {
  readonly how: NoticeStop;
  /** By a mouse or keyboard that a program moves (XTEST), which may be a representative's. */
  readonly isInjected: boolean;
}
