import { expect, test } from "bun:test";
import { InputQueue, MAX_WAITING_BYTES, MAX_WRITERS } from "./input-queue.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (words: string) => new TextEncoder().encode(words);

test("input goes in order, and is counted for its writer and acknowledged only when the terminal has it", async () => {
  let room = 4;
  let taken = "";
  using queue = new InputQueue((offered) => {
    const byteCount = Math.min(room, offered.length);
    room -= byteCount;
    taken += text(offered.subarray(0, byteCount));
    return byteCount;
  });
  const written: number[] = [];
  queue.add("anna", bytes("abc"), (byteCount) => written.push(byteCount));
  queue.add("ben", bytes("de"), (byteCount) => written.push(byteCount));
  expect([taken, written, queue.offsetOf("anna"), queue.offsetOf("ben"), queue.offsetOf("cleo")]).toEqual([
    "abcd",
    [3, 1],
    3,
    2,
    0,
  ]);
  room = 100;
  while (taken !== "abcde") await Bun.sleep(1);
  expect(written).toEqual([3, 1, 1]);
});

test("what waits has a limit, and what is refused is not counted as taken", () => {
  using queue = new InputQueue(() => 0);
  expect(queue.add("anna", new Uint8Array(MAX_WAITING_BYTES), () => undefined)).toBe(true);
  expect(queue.add("anna", new Uint8Array(1), () => undefined)).toBe(false);
  expect(queue.offsetOf("anna")).toBe(MAX_WAITING_BYTES);
});

test("writers are remembered up to a limit, the one silent longest goes first", () => {
  using queue = new InputQueue((offered) => offered.length);
  for (let at = 0; at <= MAX_WRITERS; at += 1) {
    queue.add(`writer ${at}`, new Uint8Array(1), () => undefined);
    queue.add("writer 0", new Uint8Array(1), () => undefined);
  }
  expect(queue.offsetOf("writer 0")).toBeGreaterThan(MAX_WRITERS);
  expect(queue.offsetOf("writer 1")).toBe(0);
});
