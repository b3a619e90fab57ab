import { expect, test } from "bun:test";
import { newTransfer, stepTransfer, type TransferEvent } from "./transfer-state.ts";
import { shareDone, statusText, toneOf } from "./transfer-words.ts";

const after = (events: readonly TransferEvent[], bytes = 100 << 20, files = 1) =>
  events.reduce(stepTransfer, newTransfer(bytes, files));

test("FILE-06 a running transfer says how fast and how long still", () => {
  const running = after([{ type: "begun" }, { type: "moved", doneBytes: 50 << 20, movingBytes: 0 }]);
  expect(statusText(running, false, 10 << 20)).toBe("10 MB/s, 5 s left");
  expect([shareDone(running), toneOf(running)]).toEqual([0.5, "normal"]);
  expect(statusText(running, false, 0)).toBe("Starting");
});

test("BETTER-02 paused, interrupted and verified say so", () => {
  const paused = after([{ type: "begun" }, { type: "file-done" }, { type: "paused" }], 100, 412);
  expect([statusText(paused, true, 0), toneOf(paused)]).toEqual(["Paused at file 2", "warn"]);
  const done = after([{ type: "begun" }, { type: "verified", sha256: "x" }]);
  expect([statusText(done, false, 0), toneOf(done), shareDone(done)]).toEqual(["Verified, SHA-256 match", "ok", 1]);
});

test("BETTER-10 a failed one says why", () => {
  const failed = after([{ type: "failed", failure: { code: "file.denied", message: "/root/x may not be used so." } }]);
  expect([statusText(failed, false, 0), toneOf(failed)]).toEqual(["/root/x may not be used so.", "bad"]);
});
