/** How long each step of a build took, printed as it ends. */
export class Laps {
  readonly #started = performance.now();
  #last = this.#started;

  constructor(private readonly print: (line: string) => void) {}

  /** Ends the step that ran since the last call. */
  end(step: string): void {
    const now = performance.now();
    this.print(`${step.padEnd(44)}${((now - this.#last) / 1000).toFixed(1).padStart(6)} s`);
    this.#last = now;
  }

  /** Seconds since the build began. */
  get totalSeconds(): number {
    return (performance.now() - this.#started) / 1000;
  }
}
