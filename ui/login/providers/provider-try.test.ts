import { expect, test } from "bun:test";
import type { TestResult } from "../../../protocol/api/providers.ts";
import { AppError } from "../../../protocol/errors.ts";
import { answerOf, type ProviderTryParts } from "./provider-try.ts";

const TEN_MINUTES_MS = 600_000;
const ofState = (state: TestResult["state"]): TestResult => ({
  ...{ state, code: null, message: "", attributes: [], wouldBe: null },
});
const waiting = ofState("waiting");
const unreachable = new AppError("internal", "The appliance cannot be reached.");

/** A page whose time passes only while it sleeps. `at` says what is so in the given second. */
function page(at: (second: number) => { answer?: TestResult | Error; isClosed?: boolean; isOver?: boolean }) {
  const seen = { nowMs: 0, asked: 0, closed: [] as number[] };
  const now = () => at(seen.nowMs / 1000);
  const parts: ProviderTryParts = {
    ask: () => {
      seen.asked += 1;
      const { answer = waiting } = now();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    isWindowClosed: () => now().isClosed ?? false,
    isOver: () => now().isOver ?? false,
    sleep: (ms) => {
      seen.nowMs += ms;
      return Promise.resolve();
    },
    nowMs: () => seen.nowMs,
    onWindowClosed: () => void seen.closed.push(seen.nowMs),
  };
  return { parts, seen };
}

test("an answer counts that comes long after the browser called the window closed, which is told once", async () => {
  const { parts, seen } = page((second) => ({
    isClosed: second >= 2,
    answer: second < 300 ? waiting : ofState("refused"),
  }));
  expect((await answerOf(parts))?.state).toBe("refused");
  expect(seen).toMatchObject({ closed: [2000], asked: 300 });
});

test("an answer that is there when the window is closed is not told as a window that was closed", async () => {
  const { parts, seen } = page((second) => ({
    isClosed: second >= 2,
    answer: ofState(second < 2 ? "waiting" : "succeeded"),
  }));
  expect((await answerOf(parts))?.state).toBe("succeeded");
  expect(seen.closed).toEqual([]);
});

test("a try that never brings an answer says so after ten minutes, whatever becomes of its window", async () => {
  for (const isClosed of [false, true]) {
    const { parts, seen } = page(() => ({ isClosed }));
    await expect(answerOf(parts)).rejects.toThrow("did not answer within ten minutes");
    expect(seen.nowMs).toBe(TEN_MINUTES_MS);
  }
});

test("an appliance that is away for a moment ends no try; away to the end, it is what is told", async () => {
  const back = page((second) => ({ answer: second < 30 ? unreachable : ofState("succeeded") }));
  expect((await answerOf(back.parts))?.state).toBe("succeeded");
  await expect(answerOf(page(() => ({ answer: unreachable })).parts)).rejects.toBe(unreachable);
});

test("whoever is signed out meanwhile is asked no more", async () => {
  const signedOut = new AppError("sign_in.required", "Sign in again.");
  const { parts, seen } = page(() => ({ answer: signedOut }));
  await expect(answerOf(parts)).rejects.toBe(signedOut);
  expect(seen.asked).toBe(1);
});

test("a try is over as soon as another one begins, and what still comes for it is not taken", async () => {
  const { parts, seen } = page((second) => ({
    isOver: second >= 5,
    answer: ofState(second < 5 ? "waiting" : "succeeded"),
  }));
  expect(await answerOf(parts)).toBeNull();
  expect(seen.asked).toBe(4);
});
