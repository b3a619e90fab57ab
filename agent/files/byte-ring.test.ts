import { expect, test } from "bun:test";
import { ByteRing } from "./byte-ring.ts";

test("bytes come out in the order they went in, whatever the sizes, and never more than fit", () => {
  const ring = new ByteRing(64);
  const [sent, received]: [number[], number[]] = [[], []];
  let next = 0;
  for (let round = 0; round < 5000; round += 1) {
    const bytes = Uint8Array.from({ length: Math.floor(Math.random() * 40) }, () => next++ % 251);
    const fits = ring.length + bytes.length <= 64;
    expect(ring.put(bytes)).toBe(fits);
    if (fits) sent.push(...bytes);
    const out = ring.peek(1 + Math.floor(Math.random() * 30));
    received.push(...out);
    ring.drop(out.length);
  }
  for (let out = ring.peek(64); out.length > 0; out = ring.peek(64)) {
    received.push(...out);
    ring.drop(out.length);
  }
  expect(received).toEqual(sent);
});
