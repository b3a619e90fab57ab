/** Object identifiers: names of what SNMP reads. Pure. */

/** The arcs, each at most 2^32-1. */
export type ObjectId = readonly number[];

/** The most arcs a name may have (RFC 3416, section 4.1). */
export const MAX_ARCS = 128;
const MAX_ARC = 0xffff_ffff;

/** "1.3.6.1.2.1.1.1.0" as arcs. @throws {RangeError} where the text is none: it stands in our own source */
export function objectId(text: string): ObjectId {
  const arcs = text.split(".").map(Number);
  if (arcs.length < 2 || arcs.some((arc) => !Number.isInteger(arc) || arc < 0 || arc > MAX_ARC))
    throw new RangeError(`${text} is no object identifier`);
  return arcs;
}

/** Below 0 where `one` comes first in the tree, 0 where they are the same. */
export function compareObjectIds(one: ObjectId, other: ObjectId): number {
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = one[index]! - other[index]!;
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Whether a name lies below `root`, or is it. */
export const isBelow = (name: ObjectId, root: ObjectId): boolean =>
  name.length >= root.length && root.every((arc, index) => name[index] === arc);

/** The content of BER's OBJECT IDENTIFIER (X.690, 8.19). */
export function encodeObjectId(name: ObjectId): Uint8Array {
  const [first = 0, second = 0, ...rest] = name;
  return Uint8Array.from([first * 40 + second, ...rest].flatMap(base128));
}

/** The arcs of a content; null: it is none, or has too many. */
export function decodeObjectId(content: Uint8Array): ObjectId | null {
  const arcs: number[] = [];
  let arc = 0;
  let isOpen = false;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > MAX_ARC) return null;
    isOpen = (byte & 0x80) !== 0;
    if (isOpen) continue;
    if (arcs.push(arc) >= MAX_ARCS) return null;
    arc = 0;
  }
  const [first] = arcs;
  if (first === undefined || isOpen) return null;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...arcs.slice(1)];
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest % 128) | 0x80);
  return bytes;
}
