/** As much of DER (ITU-T X.690) as certificates and requests need. Pure. */

export type Der = Uint8Array<ArrayBuffer>;

const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  generalizedTime: 0x18,
} as const;

/** One value: tag, length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Der {
  const length = content.reduce((total, part) => total + part.length, 0);
  return concatenate([Uint8Array.from([tag, ...lengthBytes(length)]), ...content]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x1_0000) return [0x82, length >> 8, length & 0xff];
  throw new RangeError(`a DER value of ${length} bytes`);
}

function concatenate(parts: readonly Uint8Array[]): Der {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What stands where an algorithm has no parameters but must name some (RSA). */
export const nothing = (): Der => der(0x05);
export const sequence = (...content: readonly Uint8Array[]): Der => der(TAG.sequence, ...content);
export const set = (...content: readonly Uint8Array[]): Der => der(TAG.set, ...content);
export const octetString = (content: Uint8Array): Der => der(TAG.octetString, content);
export const utf8String = (text: string): Der => der(TAG.utf8String, new TextEncoder().encode(text));
/** A BIT STRING of whole bytes, or with `unusedBits` at its end. */
export const bitString = (content: Uint8Array, unusedBits = 0): Der =>
  der(TAG.bitString, Uint8Array.of(unusedBits), content);
/** A positive INTEGER whose first byte is below 0x80. */
export const integer = (bytes: Uint8Array): Der => der(TAG.integer, bytes);
export const boolean = (value: boolean): Der => der(0x01, Uint8Array.of(value ? 0xff : 0));

/** A date as GeneralizedTime, to the second; RFC 5280 4.1.2.5 allows it only from 2050 on, so see `time`. */
const generalizedTime = (text: string): Der => der(TAG.generalizedTime, new TextEncoder().encode(text));

/** A date as RFC 5280 4.1.2.5 wants it: UTCTime before 2050, GeneralizedTime after. */
export function time(date: Date): Der {
  const text = `${date.toISOString().replaceAll(/[-:T]|\.\d+/gu, "")}`;
  return date.getUTCFullYear() < 2050 ? der(0x17, new TextEncoder().encode(text.slice(2))) : generalizedTime(text);
}

/** "2.5.4.3" and the like; arcs below 2^28. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(TAG.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest.flatMap(arcBytes)]));
}

function arcBytes(arc: number): number[] {
  const bytes = [arc & 0x7f];
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** A value under a context tag `[n]`: constructed (explicit) unless it is primitive. */
export const contextTag = (number: number, content: Uint8Array, isPrimitive = false): Der =>
  der((isPrimitive ? 0x80 : 0xa0) | number, content);
