import type { TestBench } from "./test-bench.ts";

/** Something that happens to an appliance, and what must come of it. */
export interface Scenario {
  /** A word, for `make image-test SCENARIO=word`. */
  readonly name: string;
  /** What is proved, in a sentence. */
  readonly proves: string;
  /** After so long it is given up. */
  readonly limitMinutes: number;
  /** @throws {Error} saying what was expected and what came */
  run(bench: TestBench): Promise<void>;
}

/** @throws {Error} when something is not as it must be */
export function must(isSo: boolean, expected: string): asserts isSo {
  if (!isSo) throw new Error(`Expected: ${expected}`);
}
