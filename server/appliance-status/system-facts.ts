/** What the system says of itself, remembered for some seconds: pages ask each five, and the helper starts programs. */
import type { Answers } from "../../protocol/appliance/system-actions.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { SystemHelper } from "../system/system-helper.ts";

const REMEMBERED_MS = 10_000;

type Fact = "machine.read" | "clock.read" | "slots.read";
/** What is known now; null: no appliance's image, or nothing was ever answered. */
export interface SystemFacts {
  readonly machine: Answers<"machine.read"> | null;
  readonly clock: Answers<"clock.read"> | null;
  readonly slots: Answers<"slots.read">["slots"] | null;
  /** Whether there is a system that should have answered and did not. */
  readonly isSilent: boolean;
}

export class KnownSystem {
  readonly #known = new Map<Fact, { readonly atMs: number; readonly answers: unknown }>();
  #isSilent = false;
  #asking: Promise<void> | null = null;

  constructor(
    private readonly helper: SystemHelper,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Asks for what is too old, once however many want to know. What fails stays as it was last known. */
  async read(): Promise<SystemFacts> {
    if (this.helper.isThere) {
      this.#asking ??= this.#refresh().finally(() => (this.#asking = null));
      await this.#asking;
    }
    return {
      machine: this.#answer("machine.read"),
      clock: this.#answer("clock.read"),
      slots: this.#answer("slots.read")?.slots ?? null,
      isSilent: this.#isSilent,
    };
  }

  /** What was remembered is no longer so: something was changed. */
  forget(): void {
    this.#known.clear();
  }

  async #refresh(): Promise<void> {
    const now = this.clock.monotonicMs();
    const facts = ["machine.read", "clock.read", "slots.read"] as const;
    const old = facts.filter((fact) => now - (this.#known.get(fact)?.atMs ?? -Infinity) >= REMEMBERED_MS);
    const answered = await Promise.all(old.map((fact) => this.#ask(fact, now)));
    if (old.length > 0) this.#isSilent = answered.every((isAnswered) => !isAnswered);
  }

  async #ask(fact: Fact, atMs: number): Promise<boolean> {
    try {
      this.#known.set(fact, { atMs, answers: await this.helper.ask(fact, {}) });
      return true;
    } catch (error) {
      this.log.warn("the system did not answer", { fact, error: String(error) });
      return false;
    }
  }

  #answer<F extends Fact>(fact: F): Answers<F> | null {
    return (this.#known.get(fact)?.answers as Answers<F> | undefined) ?? null;
  }
}
