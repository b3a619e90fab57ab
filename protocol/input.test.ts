import { expect, test } from "bun:test";
import { decodeInput, encodeInput, MAX_INPUT_FRAME_BYTES, type RemoteInput } from "./input.ts";

const all: RemoteInput[] = [
  { kind: "move", x: 1919, y: 1079 },
  { kind: "button", button: 3, isDown: true },
  { kind: "wheel", deltaX: -120, deltaY: 240 },
  { kind: "key", isDown: true, code: "KeyQ", key: "@" },
  { kind: "key", isDown: false, code: "Digit2", key: "é" },
  { kind: "text", text: "Grüße 日本語 🙂" },
  { kind: "release" },
];

test("every kind of event reads back as it was sent, several in one frame", () => {
  expect(decodeInput(encodeInput(all))).toEqual(all);
});

test("a key press has these exact bytes", () => {
  expect(Buffer.from(encodeInput([all[3]!])).toString("hex")).toBe("0401" + "04" + "4b657951" + "01" + "40");
});

test.each([
  ["nothing", ""],
  ["an unknown kind", "ff"],
  ["a move cut short", "010001"],
  ["a key whose name runs past the end", "0401ff4b"],
  ["text that is not UTF-8", "050002c080"],
])("%s is refused whole", (_name, bytes) => {
  expect(decodeInput(Buffer.from(bytes, "hex"))).toBeNull();
});

test("a frame over the limit is refused", () => {
  expect(decodeInput(new Uint8Array(MAX_INPUT_FRAME_BYTES + 1).fill(6))).toBeNull();
});

test("20,000 random payloads are read or refused, never thrown", () => {
  for (let round = 0; round < 20_000; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(round % 48));
    if (bytes.length > 0) bytes[0] = round % 8;
    decodeInput(bytes);
  }
});
