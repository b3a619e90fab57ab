import { expect, test } from "bun:test";
import { ReplayRing } from "./replay-ring.ts";

function readAll(ring: ReplayRing, offset: number): number[] {
  const bytes: number[] = [];
  for (let at = offset; at < ring.end;) {
    const part = ring.read(at, 3);
    bytes.push(...part);
    at += part.length;
  }
  return bytes;
}

test("bytes are read again by their offset until they are forgotten", () => {
  const ring = new ReplayRing(8, 2);
  ring.append(Uint8Array.of(0, 1, 2));
  expect([ring.start, ring.end, readAll(ring, 1)]).toEqual([0, 3, [1, 2]]);
  ring.append(Uint8Array.of(3, 4, 5, 6, 7, 8, 9));
  expect([ring.start, ring.end, readAll(ring, 2)]).toEqual([2, 10, [2, 3, 4, 5, 6, 7, 8, 9]]);
  expect(() => ring.read(1, 1)).toThrow(RangeError);
  expect(() => ring.read(11, 1)).toThrow(RangeError);
});

test("of an append larger than the ring the end is kept", () => {
  const ring = new ReplayRing(4);
  ring.append(Uint8Array.of(9));
  ring.append(Uint8Array.from({ length: 10 }, (_, at) => at));
  expect([ring.start, ring.end, readAll(ring, 7)]).toEqual([7, 11, [6, 7, 8, 9]]);
});

test("whatever the sizes, what is kept is the end of what was appended", () => {
  for (let round = 0; round < 200; round += 1) {
    const capacity = 1 + Math.floor(Math.random() * 40);
    const ring = new ReplayRing(capacity, 1 + Math.floor(Math.random() * capacity));
    const all: number[] = [];
    for (let step = 0; step < 20; step += 1) {
      const bytes = Array.from({ length: Math.floor(Math.random() * 60) }, () => Math.floor(Math.random() * 256));
      all.push(...bytes);
      ring.append(Uint8Array.from(bytes));
      expect(readAll(ring, ring.start)).toEqual(all.slice(ring.start));
      expect(ring.end).toBe(all.length);
    }
  }
});
