/** The steps of a self-test, each timed, the whole bounded. */

/** How a step went: it is as it should be, it is not, or it does not apply here. */
export interface StepResult {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** What was found, or what went wrong. */
  readonly text: string;
  readonly ms: number;
}

/** Thrown by a step that does not apply here; the reason is for people. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}

export class Steps {
  readonly results: StepResult[] = [];
  readonly #endsAtMs: number;
  constructor(
    private readonly monotonicMs: () => number,
    limitMs: number,
    private readonly told: (result: StepResult) => void,
  ) {
    this.#endsAtMs = monotonicMs() + limitMs;
  }

  get isWell(): boolean {
    return this.results.every(({ outcome }) => outcome !== "failed");
  }

  /**
   * Runs one step and gives what it found, or null when it failed, was skipped, or the time ran out; then its signal tells
   * what it still waits for to stop.
   * @param graceMs so long it may take even when no time is left: what is taken away again
   */
  async run<T>(
    name: string,
    work: (signal: AbortSignal) => Promise<readonly [T, string]>,
    graceMs = 0,
  ): Promise<T | null> {
    const startedAtMs = this.monotonicMs();
    const tell = (outcome: StepResult["outcome"], text: string): void => {
      const result = { name, outcome, text, ms: Math.round(this.monotonicMs() - startedAtMs) };
      this.results.push(result);
      this.told(result);
    };
    try {
      const [value, text] = await this.#within(work, graceMs);
      tell("passed", text);
      return value;
    } catch (error) {
      tell(error instanceof Skipped ? "skipped" : "failed", error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  async #within<T>(work: (signal: AbortSignal) => Promise<T>, graceMs: number): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const over = new AbortController();
    const leftMs = Math.max(graceMs, this.#endsAtMs - this.monotonicMs());
    const timer = setTimeout(() => reject(new Error("the time for the whole test ran out here")), leftMs);
    try {
      return await Promise.race([work(over.signal), promise]);
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }
}

/** Asks again until something is there. @throws {Error} once the step is over */
export async function until<T>(look: () => Promise<T | null>, signal: AbortSignal, everyMs = 200): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (signal.aborted) throw new Error("the step is over");
    await Bun.sleep(everyMs);
  }
}
