import { expect, test } from "bun:test";
import { AppError } from "../../../../protocol/errors.ts";
import {
  canPause,
  failureOf,
  isOver,
  newTransfer,
  remedyFor,
  retryDelayMs,
  stepTransfer,
  type TransferEvent,
  type TransferState,
} from "./transfer-state.ts";

const after = (events: readonly TransferEvent[], from: TransferState = newTransfer(100)): TransferState =>
  events.reduce(stepTransfer, from);
const lost = { code: "channel.lost", message: "Lost." } as const;

test("the ordinary way: waiting, running, verifying, verified", () => {
  const state = after([
    { type: "begun" },
    { type: "moved", doneBytes: 50, movingBytes: 20 },
    { type: "verifying" },
    { type: "verified", sha256: "abc" },
  ]);
  expect(state).toMatchObject({ phase: "verified", doneBytes: 100, movingBytes: 0, sha256: "abc" });
  expect(isOver(state.phase)).toBe(true);
});

test("BETTER-02 paused, it stays where it was, and late bytes change nothing", () => {
  const paused = after([{ type: "begun" }, { type: "moved", doneBytes: 50, movingBytes: 20 }, { type: "paused" }]);
  expect(paused).toMatchObject({ phase: "paused", doneBytes: 50, movingBytes: 0 });
  expect(
    after(
      [
        { type: "moved", doneBytes: 60, movingBytes: 1 },
        { type: "broken", failure: lost },
      ],
      paused,
    ),
  ).toEqual(paused);
  expect(after([{ type: "requeued" }, { type: "begun" }], paused)).toMatchObject({ phase: "running", doneBytes: 50 });
});

test("BETTER-02 a lost connection interrupts, counts fruitless tries, and bytes forgive them", () => {
  const twice = after([
    { type: "begun" },
    { type: "broken", failure: lost },
    { type: "requeued" },
    { type: "begun" },
    { type: "broken", failure: lost },
  ]);
  expect(twice).toMatchObject({ phase: "interrupted", fruitless: 2, failure: lost });
  const going = after(
    [{ type: "requeued" }, { type: "begun" }, { type: "moved", doneBytes: 10, movingBytes: 0 }],
    twice,
  );
  expect(going).toMatchObject({ phase: "running", fruitless: 0, failure: null });
});

test("what is over stays so; only what failed can be tried again", () => {
  const events: TransferEvent[] = [
    { type: "begun" },
    { type: "moved", doneBytes: 1, movingBytes: 1 },
    { type: "paused" },
    { type: "broken", failure: lost },
    { type: "failed", failure: lost },
    { type: "cancelled" },
  ];
  for (const end of [{ type: "cancelled" }, { type: "skipped" }, { type: "verified", sha256: null }] as const) {
    const over = after([{ type: "begun" }, end]);
    for (const event of [...events, { type: "requeued" } as const]) expect(stepTransfer(over, event)).toEqual(over);
  }
  const failed = after([{ type: "begun" }, { type: "failed", failure: lost }]);
  expect(stepTransfer(failed, { type: "requeued" })).toMatchObject({ phase: "waiting", failure: null });
});

test("a folder goes on past a file that fails, and says so at its end", () => {
  const folder = newTransfer(100, 3);
  const state = after(
    [
      { type: "begun" },
      { type: "file-done" },
      { type: "file-failed", name: "b", failure: { code: "file.denied", message: "b may not be read." } },
      { type: "file-done" },
      { type: "verifying" },
      { type: "verified", sha256: null },
    ],
    folder,
  );
  expect(state).toMatchObject({
    phase: "failed",
    doneFiles: 2,
    failure: { message: "1 of 3 files failed. b may not be read." },
  });
});

test("BETTER-16 a taken name asks; what passes is tried again; the rest is given up", () => {
  const remedy = (code: Parameters<typeof remedyFor>[0]["code"], fruitless = 0): string =>
    remedyFor({ code, message: "" }, fruitless);
  expect([
    remedy("file.exists"),
    remedy("channel.lost", 99),
    remedy("agent.offline"),
    remedy("transfer.unknown"),
  ]).toEqual(["ask", "again", "again", "again"]);
  expect([
    remedy("file.denied"),
    remedy("file.no_space"),
    remedy("session.ended"),
    remedy("permission.denied"),
  ]).toEqual(Array(4).fill("give-up"));
  expect([remedy("file.hash_mismatch", 4), remedy("file.hash_mismatch", 5)]).toEqual(["again", "give-up"]);
});

test("tries come further apart, up to 15 seconds", () => {
  expect([0, 1, 2, 5, 50].map(retryDelayMs)).toEqual([500, 1000, 2000, 15_000, 15_000]);
});

test("any error has a code and words; no answer at all is a lost connection", () => {
  expect(failureOf(new AppError("file.denied", "No."))).toEqual({ code: "file.denied", message: "No." });
  expect(failureOf(new TypeError("Failed to fetch")).code).toBe("channel.lost");
  expect(failureOf("x").code).toBe("internal");
});

test("no order of events leaves the numbers wrong or wakes what is over", () => {
  const kinds: TransferEvent[] = [
    { type: "begun" },
    { type: "moved", doneBytes: 30, movingBytes: 10 },
    { type: "broken", failure: lost },
    { type: "asked", failure: lost },
    { type: "requeued" },
    { type: "paused" },
    { type: "verifying" },
    { type: "verified", sha256: null },
    { type: "failed", failure: lost },
    { type: "cancelled" },
  ];
  for (let round = 0; round < 2000; round += 1) {
    let state = newTransfer(100);
    for (let step = 0; step < 12; step += 1) {
      const before = state;
      state = stepTransfer(state, kinds[Math.floor(Math.random() * kinds.length)]!);
      expect(state.doneBytes + state.movingBytes).toBeLessThanOrEqual(100);
      if (isOver(before.phase) && before.phase !== "failed") expect(state).toBe(before);
      if (canPause(state.phase)) expect(isOver(state.phase)).toBe(false);
    }
  }
});
