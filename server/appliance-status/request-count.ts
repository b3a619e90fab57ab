/** How many requests have come since the server started. */
export class RequestCount {
  #total = 0;

  /** One more. */
  count(): void {
    this.#total += 1;
  }

  get total(): number {
    return this.#total;
  }
}
