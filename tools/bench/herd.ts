/** Many Jump Clients in a process of their own, so that none of the machine's limits on one process is what is measured. */
import { join } from "node:path";
import { eventually } from "../../ui/test/harness/eventually.ts";
import { linesOf } from "../desktop/lines.ts";

const PATIENCE_MS = 300_000;

/** One process of simulated Jump Clients; disposing it ends them all. */
export class Herd implements AsyncDisposable {
  readonly #child;
  #connected = 0;
  #fewest = 0;

  /** @param keys a file of their keys: made when it is not there, and then they enrol; otherwise they come back */
  constructor(
    installer: string,
    readonly size: number,
    keys: string,
  ) {
    const program = join(import.meta.dirname, "simulated-clients.ts");
    this.#child = Bun.spawn([process.execPath, program, installer, String(size), keys], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    void this.#listen();
  }

  /** How many are connected, at most 50 ms ago. */
  get connected(): number {
    return this.#connected;
  }

  /** The fewest that were connected since `watch` was called. */
  get fewest(): number {
    return this.#fewest;
  }

  watch(): void {
    this.#fewest = this.#connected;
  }

  /** Until each is connected. @throws {Error} after five minutes */
  async allConnected(): Promise<void> {
    await eventually("all are connected", () => this.#connected === this.size, PATIENCE_MS);
  }

  async #listen(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) {
      this.#connected = Number(line.split(" ")[1]);
      this.#fewest = Math.min(this.#fewest, this.#connected);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.end();
    await this.#child.exited;
  }
}
