import { expect, test } from "bun:test";
import { createLog } from "../log.ts";
import { TestClock } from "../test/test-clock.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { Pair } from "./pair.ts";
import { readPairRecord, type PairRecord } from "./pair-file.ts";

/** What a pair of one appliance keeps after it has become a standby of the other one. */
async function afterSteppingBack(before: Partial<PairRecord>): Promise<PairRecord> {
  using folder = temporaryDirectory();
  const clock = new TestClock();
  await using pair = await Pair.open(folder.path, {
    clock,
    log: createLog(
      () => undefined,
      () => clock.now(),
    ),
  });
  pair.change({ role: "primary", term: 3, ...before });
  pair.becomeStandby(4);
  return readPairRecord(folder.path)!;
}

test("B34 a primary that steps back keeps after when it wrote alone, for people and for the log of the other one", async () => {
  const lastInStepAt = "2026-11-21T14:03:07.250Z";
  const { history, steppedBack, role } = await afterSteppingBack({ lastInStepAt });
  expect(role).toBe("standby");
  expect(steppedBack).toMatchObject({ term: 4, wroteAloneAfter: lastInStepAt });
  expect(history[0]).toMatchObject({
    at: steppedBack?.at,
    isLoss: true,
    text: expect.stringContaining(
      "What this appliance wrote after 2026-11-21 14:03:07 UTC is kept in its former database",
    ),
  });
});

test("B34 one that had given its role away wrote nothing alone, and no loss is told", async () => {
  const lastInStepAt = "2026-11-21T14:03:07.250Z";
  const { history, steppedBack } = await afterSteppingBack({ lastInStepAt, hasYielded: true });
  expect(history[0]).toEqual({
    at: expect.any(String),
    text: "The other one took over; this appliance is its standby.",
  });
  expect(steppedBack).toMatchObject({ term: 4, wroteAloneAfter: null });
});
