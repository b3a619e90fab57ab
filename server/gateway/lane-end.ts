import type { ChannelEnd } from "./relay.ts";
import type { Line } from "./transfer-window.ts";

/** An agent's lane as everything but its own socket sees it. */
export interface LaneEnd extends ChannelEnd, Line {
  /** Sends a whole frame; `false` when it was not taken. */
  send(frame: Uint8Array<ArrayBuffer>): boolean;
  /** Null when more may be written now; else resolves when enough of what waits for the agent has gone. */
  whenWritable(): Promise<void> | null;
  /** Asks the line for its length again, if that was not just done; `roundTripMs` tells it later. */
  measureRoundTrip(): void;
  close(code: number, reason: string): void;
}
