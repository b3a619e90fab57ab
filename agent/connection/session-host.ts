import type { MessageBody } from "../../protocol/messages.ts";

/** The support sessions of this computer, as the standing connection sees them. */
export interface SessionHost {
  readonly ids: readonly string[];
  begin(begin: MessageBody<"session.begin">): void;
  finish(session: string): void;
  tick(nowMs: number): void;
}
