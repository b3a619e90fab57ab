/** Who may run now: so many at once, first come first served, whoever is taken out makes room. Pure of time and network. */

export class TransferQueue {
  readonly #waiting: string[] = [];
  readonly #running = new Set<string>();

  /** @param start called when it is this one's turn. */
  constructor(
    private readonly atOnce: number,
    private readonly start: (id: string) => void,
  ) {}

  /** Puts one at the end; one that waits or runs already keeps its place. */
  add(id: string): void {
    if (this.#running.has(id) || this.#waiting.includes(id)) return;
    this.#waiting.push(id);
    this.#fill();
  }

  /** Takes one out, whether it waits or runs; the next has its turn. */
  remove(id: string): void {
    const at = this.#waiting.indexOf(id);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#running.delete(id)) this.#fill();
  }

  get runningCount(): number {
    return this.#running.size;
  }

  #fill(): void {
    while (this.#running.size < this.atOnce) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      this.#running.add(id);
      this.start(id);
    }
  }
}
