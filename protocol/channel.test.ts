import { expect, test } from "bun:test";
import { ReceiveWindow, SendWindow } from "./channel.ts";

test("a writer sends no more than it was granted", () => {
  const window = new SendWindow(100);
  expect([window.take(60), window.take(60), window.take(1)]).toEqual([60, 40, 0]);
  window.grant(30);
  expect(window.take(100)).toBe(30);
});

test("a reader grants when a quarter of the window is dealt with, and counts all of it", () => {
  const window = new ReceiveWindow(100);
  expect(window.receive(100)).toBe(true);
  expect([window.consume(24), window.consume(1), window.consume(75)]).toEqual([0, 25, 75]);
  expect(window.receive(100)).toBe(true);
});

test("a peer that sends past its credit is caught by one byte", () => {
  const window = new ReceiveWindow(100);
  expect(window.receive(100)).toBe(true);
  expect(window.receive(1)).toBe(false);
});

test("whatever the sizes, a writer and a reader never deadlock and never overrun", () => {
  for (let seed = 1; seed < 200; seed++) {
    const size = 1 + ((seed * 7919) % 5000);
    const writer = new SendWindow(size);
    const reader = new ReceiveWindow(size);
    let left = 20_000;
    for (let step = 0; left > 0; step++) {
      expect(step).toBeLessThan(40_000);
      const sent = writer.take(Math.min(left, 1 + ((seed * step) % 777)));
      if (sent === 0) throw new Error(`deadlock with a window of ${size}`);
      expect(reader.receive(sent)).toBe(true);
      left -= sent;
      writer.grant(reader.consume(sent));
    }
  }
});
