/** When the other appliance was heard, and when the copy was last all there was: what a loss is measured by. */
import type { Clock } from "../clock.ts";
import type { Pair } from "./pair.ts";

/** How often a standby that is in step writes it down; a power cut forgets no more. */
const KEEP_EVERY_MS = 60_000;

export class Contact {
  #heardAtMs: number | null = null;
  #inStepAtMs: number | null = null;
  constructor(
    private readonly pair: Pair,
    private readonly clock: Clock,
  ) {}

  /** By the monotonic clock; null: not since the start. */
  get inStepAtMs(): number | null {
    return this.#inStepAtMs;
  }

  heard(): void {
    this.#heardAtMs = this.clock.monotonicMs();
  }

  /** Everything the primary has is on the standby's disk at this moment. */
  inStep(): void {
    this.#inStepAtMs = this.clock.monotonicMs();
    const { role, lastInStepAt } = this.pair.record;
    const now = this.clock.now();
    // A primary writes it down when the line ends: its disk is for its site.
    if (role !== "standby" || (lastInStepAt !== null && now.getTime() - Date.parse(lastInStepAt) < KEEP_EVERY_MS))
      return;
    this.pair.remember({ lastInStepAt: now.toISOString() });
  }

  /** Writes both down, should this appliance start anew before it takes over or steps back. */
  keep(): void {
    if (this.#heardAtMs === null || this.pair.record.peer === null) return;
    const inStep = this.#inStepAtMs === null ? {} : { lastInStepAt: this.#timeOf(this.#inStepAtMs) };
    this.pair.remember({ lastReachedAt: this.#timeOf(this.#heardAtMs), ...inStep });
  }

  /** From when the copy was last all there was to when the primary was last heard, in seconds; 0 where neither is known. */
  get lostSeconds(): number {
    const { lastInStepAt, lastReachedAt } = this.pair.record;
    const inStepAt = this.#inStepAtMs === null ? lastInStepAt : this.#timeOf(this.#inStepAtMs);
    const heardAt = this.#heardAtMs === null ? lastReachedAt : this.#timeOf(this.#heardAtMs);
    if (inStepAt === null || heardAt === null) return 0;
    return Math.max(0, (Date.parse(heardAt) - Date.parse(inStepAt)) / 1000);
  }

  /** As the wall clock has it now: set meanwhile or not, both are told by the same one. */
  #timeOf(atMs: number): string {
    return new Date(this.clock.now().getTime() - (this.clock.monotonicMs() - atMs)).toISOString();
  }
}
