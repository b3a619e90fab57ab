/** Whether a representative has mouse and keyboard here, in any support session. */
import type { Clock } from "../clock.ts";

/** What they clicked may still be on its way for so long after they let go. */
const AFTERGLOW_MS = 2000;

export class ControlWatch {
  #count = 0;
  #endedAtMs = -Infinity;

  constructor(private readonly clock: Pick<Clock, "monotonicMs">) {}

  get isControlled(): boolean {
    return this.#count > 0 || this.clock.monotonicMs() - this.#endedAtMs < AFTERGLOW_MS;
  }

  began(): void {
    this.#count += 1;
  }

  ended(): void {
    this.#count -= 1;
    this.#endedAtMs = this.clock.monotonicMs();
  }
}
