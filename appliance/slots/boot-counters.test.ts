import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { BOOT_COUNTERS_OFFSET as OFFSET_IN_IMAGE, freshBootCounters } from "../image/boot-counters.ts";
import {
  afterStart,
  BOOT_COUNTERS_BYTES,
  BOOT_COUNTERS_OFFSET,
  type BootCounters,
  formatBootCounters,
  nextStart,
  parseBootCounters,
} from "./boot-counters.ts";

const counters = (first: "a" | "b", a: [boolean, number], b: [boolean, number]): BootCounters => ({
  first,
  a: { isGood: a[0], triesLeft: a[1] },
  b: { isGood: b[0], triesLeft: b[1] },
});

test("the block lies where the image puts it", () => {
  expect(BOOT_COUNTERS_OFFSET).toBe(OFFSET_IN_IMAGE);
});

test("the block of a fresh disk is read, and written byte for byte as GRUB has it", () => {
  expect(parseBootCounters(freshBootCounters())).toEqual(counters("a", [true, 3], [false, 0]));
  expect(formatBootCounters(counters("a", [true, 3], [false, 0]))).toEqual(freshBootCounters());
});

test("what changes lies in the first sector, so that a power cut leaves the old block or the new one", () => {
  const former = formatBootCounters(counters("a", [true, 3], [false, 0]));
  const later = formatBootCounters(counters("b", [false, 0], [true, 1]));
  expect(later.length).toBe(BOOT_COUNTERS_BYTES);
  expect(later.subarray(512)).toEqual(former.subarray(512));
});

test("a block that GRUB could not read is told apart; values it does not know count as none", () => {
  expect(parseBootCounters(new Uint8Array(BOOT_COUNTERS_BYTES))).toBeNull();
  expect(parseBootCounters(freshBootCounters().subarray(1))).toBeNull();
  const odd = new TextEncoder().encode(
    "# GRUB Environment Block\norder=xx\na_ok=yes\na_try=9\nb_ok=1\nb_try=2\n".padEnd(BOOT_COUNTERS_BYTES, "#"),
  );
  expect(parseBootCounters(odd)).toEqual(counters("a", [false, 0], [true, 2]));
});

test("any bytes are read as counters or as none", () => {
  for (let round = 0; round < 2_000; round += 1) {
    const block = round % 2 === 0 ? new Uint8Array(randomBytes(BOOT_COUNTERS_BYTES)) : freshBootCounters();
    for (const at of randomBytes(6)) block[at * 4] = randomBytes(1)[0]!;
    const read = parseBootCounters(block);
    if (read !== null) expect(parseBootCounters(formatBootCounters(read))).toEqual(read);
  }
});

test("a new version has three tries, then the former one comes back and stays", () => {
  let state = counters("b", [true, 3], [false, 3]);
  const started: string[] = [];
  for (let start = 0; start < 5; start += 1) {
    const slot = nextStart(state);
    started.push(slot);
    state = afterStart(state);
    // The former version works, and says so each time.
    if (slot === "a") state = { ...state, a: { isGood: true, triesLeft: 3 } };
  }
  expect(started.join("")).toBe("bbbaa");
});

test("with all tries spent a good slot starts rather than none, for ever", () => {
  for (const first of ["a", "b"] as const) {
    let state = counters(first, [true, 0], [false, 0]);
    for (let start = 0; start < 20; start += 1) {
      expect(nextStart(state)).toBe("a");
      state = afterStart(state);
    }
  }
});
