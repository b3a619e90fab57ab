import { CONTROL_CHANNEL, decodeFrame, FrameError, FrameKind, MAX_FRAME_BYTES } from "../../protocol/frame.ts";
import type { Peer } from "../../protocol/messages.ts";
import { type Parsed, parseMessage } from "../../protocol/parse.ts";

/** The message in a control frame from `from`; null for bytes that are no control frame, or one of more than `maxBytes`. */
export function readControl(bytes: Uint8Array, from: Peer, maxBytes = MAX_FRAME_BYTES): Parsed | null {
  try {
    const frame = decodeFrame(bytes, maxBytes);
    if (frame.kind !== FrameKind.control || frame.channel !== CONTROL_CHANNEL) return null;
    return parseMessage(frame.payload, from);
  } catch (error) {
    if (error instanceof FrameError) return null;
    throw error;
  }
}
