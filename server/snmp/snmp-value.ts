/** The values SNMP knows (RFC 3416, section 3; RFC 2578, section 7), and how they are written. Pure. */
import { ber, berInteger, berOctets, berSequence, TAG } from "./ber.ts";
import { encodeObjectId, type ObjectId } from "./object-id.ts";

/** Numbers have their meaning in the kind: a gauge may fall, a counter runs over at its end, ticks are hundredths of seconds. */
export type SnmpValue =
  | { readonly kind: "integer" | "counter32" | "gauge32" | "time-ticks"; readonly value: number }
  | { readonly kind: "counter64"; readonly value: bigint }
  | { readonly kind: "octets"; readonly value: Uint8Array }
  | { readonly kind: "object-id"; readonly value: ObjectId }
  | { readonly kind: "no-such-object" | "no-such-instance" | "end-of-view" };

/** A name with what stands there. */
export interface VarBind {
  readonly name: ObjectId;
  readonly value: SnmpValue;
}

const tags = {
  integer: 0x02,
  counter32: 0x41,
  gauge32: 0x42,
  "time-ticks": 0x43,
  "no-such-object": 0x80,
  "no-such-instance": 0x81,
  "end-of-view": 0x82,
} as const;
const COUNTER64 = 0x46;
const MAX_UNSIGNED = 0xffff_ffff;

/** An Integer32; what is past its ends stands at them. */
export const integer = (value: number): SnmpValue => ({
  kind: "integer",
  value: Math.min(0x7fff_ffff, Math.max(-0x8000_0000, value)),
});
/** A text as a DisplayString; what is past 255 bytes is left out. */
export const text = (value: string): SnmpValue => ({
  kind: "octets",
  value: Buffer.from(value, "utf8").subarray(0, 255),
});
/** Not negative; what is past 32 bits stands at the end of them, as RFC 2578 has it for gauges. */
export const gauge = (value: number): SnmpValue => ({
  kind: "gauge32",
  value: Math.min(MAX_UNSIGNED, Math.max(0, Math.round(value))),
});
/** What has been counted so far, by its last 32 bits. */
export const counter = (value: number): SnmpValue => ({ kind: "counter32", value: value % (MAX_UNSIGNED + 1) });
/** What has been counted so far. */
export const longCounter = (value: number): SnmpValue => ({ kind: "counter64", value: BigInt(value) });
/** A time that has passed, in seconds. */
export const ticks = (seconds: number): SnmpValue => ({
  kind: "time-ticks",
  value: Math.floor(seconds * 100) % (MAX_UNSIGNED + 1),
});

/** One variable binding as it is sent. */
export function encodeVarBind({ name, value }: VarBind): Uint8Array {
  return berSequence(ber(TAG.objectId, encodeObjectId(name)), encodeValue(value));
}

function encodeValue(value: SnmpValue): Uint8Array {
  switch (value.kind) {
    case "octets":
      return berOctets(value.value);
    case "object-id":
      return ber(TAG.objectId, encodeObjectId(value.value));
    case "counter64":
      return berInteger(value.value, COUNTER64);
    case "integer":
    case "counter32":
    case "gauge32":
    case "time-ticks":
      return berInteger(value.value, tags[value.kind]);
    default:
      return ber(tags[value.kind]);
  }
}
