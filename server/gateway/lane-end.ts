import type { ChannelEnd } from "./relay.ts";

/** An agent's lane as everything but its own socket sees it. */
export interface LaneEnd extends ChannelEnd {
  /** Sends a whole frame; `false` when it was not taken. */
  send(frame: Uint8Array<ArrayBuffer>): boolean;
  /** Null when more may be written now; else resolves when enough of what waits for the agent has gone. */
  whenWritable(): Promise<void> | null;
  close(code: number, reason: string): void;
}
