import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { LineEditor, MAX_LINE } from "./line-editor.ts";
import { Terminal } from "./terminal.ts";

/** What becomes of typed bytes: the lines and cancels. */
function typed(bytes: Uint8Array | string): string[] {
  const editor = new LineEditor();
  return [...Buffer.from(bytes)].flatMap((byte) => {
    const result = editor.type(byte);
    if (result.kind === "echo") return [];
    return [result.kind === "line" ? result.line : "^C"];
  });
}

test("lines end by Enter however the terminal spells it, and are corrected before", () => {
  expect(typed("one\rtwo\nthree\r\nfour\n")).toEqual(["one", "two", "three", "four"]);
  expect(typed("ab\x7fc\r")).toEqual(["ac"]);
  expect(typed("abc\x15d\r")).toEqual(["d"]);
  expect(typed("\x7f\x7fa\r")).toEqual(["a"]);
  expect(typed("ab\x03cd\r")).toEqual(["^C", "cd"]);
});

test("arrow keys, function keys and control characters do nothing", () => {
  expect(typed("a\x1b[A\x1b[15~\x1bOPb\x00\x1a\x1c\x04\tc\r")).toEqual(["abc"]);
  expect(typed("a\u00e9b\r")).toEqual(["ab"]);
});

test("any bytes make lines of printable ASCII of bounded length", () => {
  for (let round = 0; round < 300; round += 1) {
    for (const line of typed(randomBytes(2_000))) expect(line).toMatch(/^[\x20-\x7e^]*$/u);
  }
  expect(typed(`${"x".repeat(10_000)}\r`)).toEqual(["x".repeat(MAX_LINE)]);
});

async function* pieces(list: readonly (string | number)[]): AsyncGenerator<Uint8Array> {
  for (const piece of list) {
    if (typeof piece === "number") await Bun.sleep(piece);
    else yield new TextEncoder().encode(piece);
  }
}

test("a line nobody ends is idle after its time, and what was typed of it is forgotten", async () => {
  const terminal = new Terminal({ input: pieces(["ha", 150, "lf\r"]), write: () => {}, isFancy: false });
  expect(await terminal.readLine(60)).toEqual({ kind: "idle" });
  expect(await terminal.readLine(1_000)).toEqual({ kind: "line", text: "lf" });
  expect(await terminal.readLine(1_000)).toEqual({ kind: "end" });
});

test("two lines that come together are read one after the other", async () => {
  const terminal = new Terminal({ input: pieces(["1\r2\r"]), write: () => {}, isFancy: false });
  expect(await terminal.readLine(1_000)).toEqual({ kind: "line", text: "1" });
  expect(await terminal.readLine(1_000)).toEqual({ kind: "line", text: "2" });
});
