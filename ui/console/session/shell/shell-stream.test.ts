import { expect, test } from "bun:test";
import { MAX_WAITING_INPUT_BYTES, ShellStream } from "./shell-stream.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (view: Uint8Array) => new TextDecoder().decode(view);

/** Sends all there is in pieces of at most `piece` bytes. */
function sendAll(stream: ShellStream, piece: number): string {
  let out = "";
  for (let next = stream.next(piece); next.length > 0; next = stream.next(piece)) {
    out += text(next);
    stream.sent(next.length);
  }
  return out;
}

test("input goes out once, in order, whatever the pieces", () => {
  const stream = new ShellStream();
  stream.opened(0, 0);
  stream.type(bytes("hello "));
  stream.type(bytes("world"));
  expect(sendAll(stream, 4)).toBe("hello world");
  expect(stream.unsentBytes).toBe(0);
});

test("after a broken connection only what the shell has not taken goes out again", () => {
  const stream = new ShellStream();
  stream.opened(0, 0);
  stream.type(bytes("abcdef"));
  sendAll(stream, 100);
  stream.acknowledged(2);
  // Two were acknowledged, four had been taken, two were lost on the way.
  stream.opened(0, 4);
  stream.type(bytes("gh"));
  expect(sendAll(stream, 100)).toBe("efgh");
});

test("output is asked for again from where it broke off, and a gap is counted", () => {
  const stream = new ShellStream();
  stream.opened(0, 0);
  stream.received(1000);
  expect(stream.outputOffset).toBe(1000);
  expect(stream.opened(1000, 0)).toBe(0);
  expect(stream.opened(1300, 0)).toBe(300);
  expect(stream.outputOffset).toBe(1300);
});

test("what waits has a limit", () => {
  const stream = new ShellStream();
  expect(stream.type(new Uint8Array(MAX_WAITING_INPUT_BYTES))).toBe(true);
  expect(stream.type(new Uint8Array(1))).toBe(false);
  stream.opened(0, MAX_WAITING_INPUT_BYTES);
  expect(stream.type(new Uint8Array(1))).toBe(true);
});

test("BG-18 however often the connection breaks, the shell takes every byte exactly once", () => {
  for (let round = 0; round < 300; round += 1) {
    const stream = new ShellStream();
    const random = (limit: number) => Math.floor(Math.random() * limit);
    let typed = "";
    let taken = "";
    let onTheWay: string[] = [];
    stream.opened(0, 0);
    for (let step = 0; step < 60 || taken.length < typed.length; step += 1) {
      if (step < 60) {
        const word = String.fromCharCode(97 + (step % 26)).repeat(random(9));
        typed += word;
        stream.type(bytes(word));
      }
      const next = stream.next(1 + random(7));
      if (next.length > 0) {
        onTheWay.push(text(next));
        stream.sent(next.length);
      }
      if (random(2) === 0) {
        const arrived = onTheWay.shift() ?? "";
        taken += arrived;
        stream.acknowledged(random(2) * arrived.length);
      }
      if (random(10) === 0) {
        onTheWay = [];
        stream.opened(0, taken.length);
      }
    }
    expect(taken).toBe(typed);
  }
});
