/**
 * The outer frame. Every WebSocket message between server, console and agent is one frame:
 *
 *     u8 kind | u8 flags (0) | u16 extraBytes | u32 channel | extraBytes… | payload…     (big endian)
 *
 * The WebSocket message gives the length. `extraBytes` lets an older peer step over header fields it does not know.
 * INVARIANT: a relay reads these 8 bytes and nothing else.
 */
import type { ChannelId } from "./ids.ts";

/** What a frame carries. An unknown kind is dropped by its receiver, never answered. */
export const FrameKind = {
  /** One JSON control message; always on channel 0. */
  control: 0,
  /** Opaque bytes of a channel. */
  data: 1,
  /** A u32: so many more bytes may be written to the channel by the receiver of this frame. */
  credit: 2,
  /** The channel is over. The payload is empty or a UTF-8 reason code of `errors.ts`. */
  close: 3,
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export const FRAME_HEADER_BYTES = 8;

/** The largest frame a peer accepts, header included; a larger one closes the connection. */
export const MAX_FRAME_BYTES = 1 << 20;

/** The largest frame accepted before a peer has proved who it is. */
export const MAX_UNAUTHENTICATED_FRAME_BYTES = 16 << 10;

/** Control messages travel on this channel. */
export const CONTROL_CHANNEL = 0 as ChannelId;

/** A frame taken apart. `payload` is a view into the received bytes, not a copy. */
export interface Frame {
  readonly kind: number;
  readonly channel: ChannelId;
  readonly payload: Uint8Array;
}

export type FrameErrorCode = "frame.too_short" | "frame.too_long" | "frame.bad_extra";

/** A frame that cannot be read. Whoever receives one closes the connection. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  constructor(
    readonly code: FrameErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Writes the 8 header bytes at the start of `bytes`, which then holds a frame whose payload follows. */
export function writeFrameHeader(bytes: Uint8Array, kind: FrameKind, channel: ChannelId): void {
  bytes[0] = kind;
  bytes[1] = 0;
  bytes[2] = 0;
  bytes[3] = 0;
  bytes[4] = channel >>> 24;
  bytes[5] = channel >>> 16;
  bytes[6] = channel >>> 8;
  bytes[7] = channel;
}

/** One frame as bytes; the payload is copied once. */
export function encodeFrame(kind: FrameKind, channel: ChannelId, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  writeFrameHeader(bytes, kind, channel);
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

/** A credit frame: the receiver may write `byteCount` more bytes to the channel. */
export function encodeCredit(channel: ChannelId, byteCount: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + 4);
  writeFrameHeader(bytes, FrameKind.credit, channel);
  new DataView(bytes.buffer).setUint32(FRAME_HEADER_BYTES, byteCount);
  return bytes;
}

/** The byte count of a credit frame, or `null` for a payload that is not exactly a positive u32. */
export function decodeCredit(payload: Uint8Array): number | null {
  if (payload.length !== 4) return null;
  const byteCount = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
  return byteCount === 0 ? null : byteCount;
}

/** A close frame; `reason` is one of the codes of `errors.ts`, or empty for an ordinary end. */
export function encodeClose(channel: ChannelId, reason = ""): Uint8Array<ArrayBuffer> {
  return encodeFrame(FrameKind.close, channel, new TextEncoder().encode(reason));
}

/** The channel of a frame known to have a whole header, without taking the frame apart. */
export function channelOf(bytes: Uint8Array): ChannelId {
  return (((bytes[4]! << 24) | (bytes[5]! << 16) | (bytes[6]! << 8) | bytes[7]!) >>> 0) as ChannelId;
}

/**
 * Takes one frame apart. Unknown kinds are returned as they are.
 * @throws {FrameError} for bytes that are too few, too many, or whose extra header runs past the end.
 */
export function decodeFrame(bytes: Uint8Array, maxBytes = MAX_FRAME_BYTES): Frame {
  if (bytes.length < FRAME_HEADER_BYTES) throw new FrameError("frame.too_short", `a frame of ${bytes.length} bytes`);
  if (bytes.length > maxBytes) throw new FrameError("frame.too_long", `a frame of ${bytes.length} bytes`);
  const start = FRAME_HEADER_BYTES + ((bytes[2]! << 8) | bytes[3]!);
  if (bytes.length < start) throw new FrameError("frame.bad_extra", "the extra header runs past the frame");
  return { kind: bytes[0]!, channel: channelOf(bytes), payload: bytes.subarray(start) };
}
