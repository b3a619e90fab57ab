/**
 * What two appliances of a failover pair say to each other on their lane: one socket, from the standby to the primary. Each
 * message is a kind, one byte, and what it carries; after the handshake the whole is sealed (server/standby/lane).
 */
import { type Static, type TProperties, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { NullableTime, Time } from "./api/common.ts";
import { Bytes32, Bytes64 } from "./hello.ts";

/** A socket; administration's, like all that is not named in server/listeners/uses.ts. */
export const STANDBY_SOCKET_PATH = "/gateway/standby";
/** The most of a file that one message carries. */
export const MAX_PIECE_BYTES = 256 << 10;
/** And of a message with its head and seal. */
export const MAX_LANE_MESSAGE_BYTES = MAX_PIECE_BYTES + 1024;
/** What may be under way unacknowledged; then the primary waits. */
export const LANE_WINDOW_BYTES = 4 << 20;

const Bytes = Type.Integer({ minimum: 0 });
const Term = Type.Integer({ minimum: 0, maximum: 1e9 });
/** Both salts of a write-ahead log, which name a generation of it: 16 hexadecimal digits. */
const Salts = Type.String({ pattern: "^[0-9a-f]{16}$" });

/** What stands for a generation where it is the base copy that is acknowledged. */
export const BASE_SALTS = "0".repeat(16);

/** How far a copy of the write-ahead log goes. */
export const LogPosition = Type.Object({
  salts: Salts,
  /** Whole committed frames and the header; 0: nothing of this generation yet. */
  bytes: Bytes,
  /** The checksum of the last frame, which covers all before it; "": there is none. */
  checksum: Type.String({ pattern: "^([0-9a-f]{16})?$" }),
});
export type LogPosition = Static<typeof LogPosition>;

const message = <const Name extends string, P extends TProperties>(type: Name, properties: P) =>
  Type.Object({ type: Type.Literal(type), ...properties });

/** That a primary found the other one serving, and became its standby. */
export const SteppedBack = Type.Object({
  at: Time,
  /** In which the other one serves since. */
  term: Term,
  /** What it wrote after this nobody else has; null: not known, or nothing. */
  wroteAloneAfter: NullableTime,
});
export type SteppedBack = Static<typeof SteppedBack>;

/** What is said in words. */
export const LaneWord = Type.Union([
  // The handshake, unsealed.
  message("challenge", { ephemeral: Bytes32 }),
  message("hello", {
    ephemeral: Bytes32,
    key: Bytes32,
    proof: Bytes64,
    invitation: Type.Union([Type.Null(), Bytes32]),
  }),
  message("welcome", { key: Bytes32, proof: Bytes64 }),
  // Then both say who they are; the dialler first.
  message("state", {
    role: Type.Union([Type.Literal("primary"), Type.Literal("standby")]),
    term: Term,
    /** Gave its role away and does not know yet whether it was taken. */
    hasYielded: Type.Boolean(),
    /** Where its own administration is answered, as far as it knows; an empty host: where this comes from. */
    host: Type.String({ maxLength: 255 }),
    port: Type.Integer({ minimum: 1, maximum: 65535 }),
    siteName: Type.String({ maxLength: 200 }),
    position: Type.Union([Type.Null(), LogPosition]),
    /** Of a standby that was a primary before: for the audit log of the one that serves. */
    steppedBack: Type.Optional(SteppedBack),
  }),
  // From the primary.
  message("base.begin", { salts: Salts, sizeBytes: Bytes, secretKey: Bytes32 }),
  message("base.end", { logBytes: Bytes }),
  message("log.resumed", {}),
  message("log.rolled", { bytes: Bytes, salts: Salts }),
  message("pulse", { at: Type.Integer({ minimum: 0 }), salts: Salts, bytes: Bytes }),
  message("take-over", { term: Term, position: LogPosition }),
  message("drill", {}),
  // From the standby.
  message("acknowledged", { salts: Salts, bytes: Bytes }),
  message("base.whole", {}),
  message("switch.wished", {}),
  message("taken", { term: Term }),
  message("cannot", { reason: Type.String({ maxLength: 500 }) }),
  message("drilled", { isPassed: Type.Boolean(), tookMs: Bytes, text: Type.String({ maxLength: 500 }) }),
  // From either.
  message("parted", {}),
]);
export type LaneWord = Static<typeof LaneWord>;
export type LaneWordOf<T extends LaneWord["type"]> = Extract<LaneWord, { type: T }>;

/** A piece of a file, and where in it it stands. */
export interface LanePiece {
  readonly type: "base" | "log";
  /** Of a log: which generation. Of a base: "". */
  readonly salts: string;
  readonly offset: number;
  /** A view of what was received. */
  readonly bytes: Uint8Array;
}
export type LaneMessage = LaneWord | LanePiece;

/** Whether a message is said in words, and no piece of a file. */
export const isLaneWord = (message: LaneMessage): message is LaneWord =>
  message.type !== "base" && message.type !== "log";

const KIND = { word: 1, base: 2, log: 3 } as const;
const SALTS_BYTES = 8;
const PIECE_HEAD_BYTES = 1 + SALTS_BYTES + 8;
const MAX_WORD_BYTES = 8192;

/** Encodes what is said in words. */
export function encodeLaneWord(word: LaneWord): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(word));
  const bytes = new Uint8Array(1 + text.length);
  bytes[0] = KIND.word;
  bytes.set(text, 1);
  return bytes;
}

/** Encodes one message, in parts that are one after the other: of a gigabyte that passes no byte is copied for its head. */
export function encodeLaneMessage(message: LaneMessage): readonly Uint8Array[] {
  if (isLaneWord(message)) return [encodeLaneWord(message)];
  const head = new Uint8Array(PIECE_HEAD_BYTES);
  head[0] = KIND[message.type];
  for (let index = 0; index < SALTS_BYTES && message.type === "log"; index += 1)
    head[1 + index] = Number.parseInt(message.salts.slice(2 * index, 2 * index + 2), 16);
  new DataView(head.buffer).setBigUint64(1 + SALTS_BYTES, BigInt(message.offset));
  return [head, message.bytes];
}

/** Reads one message; null: it is none. */
export function decodeLaneMessage(bytes: Uint8Array): LaneMessage | null {
  if (bytes[0] === KIND.word) return decodeWord(bytes.subarray(1));
  const type = bytes[0] === KIND.base ? "base" : bytes[0] === KIND.log ? "log" : null;
  const length = bytes.length - PIECE_HEAD_BYTES;
  if (type === null || length < 1 || length > MAX_PIECE_BYTES) return null;
  const offset = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(1 + SALTS_BYTES);
  if (offset > BigInt(Number.MAX_SAFE_INTEGER - MAX_PIECE_BYTES)) return null;
  const salts = type === "base" ? "" : hexOf(bytes.subarray(1, 1 + SALTS_BYTES));
  return { type, salts, offset: Number(offset), bytes: bytes.subarray(PIECE_HEAD_BYTES) };
}

/** Bytes as hexadecimal digits. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function decodeWord(bytes: Uint8Array): LaneWord | null {
  if (bytes.length > MAX_WORD_BYTES) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return Value.Check(LaneWord, value) ? value : null;
  } catch {
    // Not JSON, or not UTF-8: whoever sent it is not one of ours.
    return null;
  }
}
