import { CONTROL_CHANNEL, encodeFrame, FrameKind } from "../../protocol/frame.ts";
import type { Message } from "../../protocol/messages.ts";
import { encodeMessage } from "../../protocol/parse.ts";

/** One control message as a whole frame, ready for any number of sockets. */
export function controlFrame(message: Message): Uint8Array<ArrayBuffer> {
  return encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message));
}

/** A tool's request, reply or event, whose type the message table does not hold, as a whole frame. */
export function toolFrame(value: { readonly type: string } & Record<string, unknown>): Uint8Array<ArrayBuffer> {
  return encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(value));
}
