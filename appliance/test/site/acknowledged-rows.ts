import type { Static } from "@sinclair/typebox";
import type { JumpGroups } from "../../../protocol/api/administration.ts";
import { eventually } from "../../../ui/test/harness/eventually.ts";
import { must } from "../scenario.ts";
import type { WebClient } from "./web-client.ts";

/** Of the rows' list; as many as a page may have. */
const PAGE_ROWS = 500;

/** Jump Groups that are made one after the other; those whose making was answered must outlive anything. */
export class AcknowledgedRows implements AsyncDisposable {
  /** When the making of which was answered, by performance.now(). */
  readonly #acknowledged = new Map<string, number>();
  readonly #prefix = Math.random().toString(36).slice(2, 8);
  #tried = 0;
  #isStopped = false;
  readonly #writing: Promise<void>[];

  /** Begins to write over several connections at once. */
  constructor(client: WebClient, connections = 3) {
    this.#writing = Array.from({ length: connections }, () => this.write(client));
  }

  get count(): number {
    return this.#acknowledged.size;
  }

  private async write(client: WebClient): Promise<void> {
    while (!this.#isStopped) {
      const name = `row ${this.#prefix} ${(this.#tried += 1)}`;
      try {
        await client.json("POST", "/api/login/jump-groups", { name, comments: "" });
        this.#acknowledged.set(name, performance.now());
      } catch {
        // The power is gone, or the server is restarting: nothing was acknowledged.
        await Bun.sleep(200);
      }
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#writing);
  }

  /** Rows that are there, acknowledged ones and others, with their comments. */
  async comments(client: WebClient): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (let before = -1; found.size > before;) {
      before = found.size;
      const path = `/api/login/jump-groups?search=${this.#prefix}&offset=${found.size}&limit=${PAGE_ROWS}`;
      const { jumpGroups } = await client.json<Static<typeof JumpGroups>>("GET", path);
      for (const { name, comments } of jumpGroups) if (name.includes(this.#prefix)) found.set(name, comments);
    }
    return found;
  }

  /** Acknowledged rows are all there. @param client signed in at /login @throws {Error} naming those that are missing */
  async mustBeThere(client: WebClient): Promise<void> {
    const missing = [...(await this.missing(client)).keys()];
    must(missing.length === 0, `all ${this.count} acknowledged rows are there; missing: ${missing.join(", ")}`);
  }

  /** Acknowledged rows that are not there, and when each was acknowledged, by performance.now(). */
  async missing(client: WebClient): Promise<ReadonlyMap<string, number>> {
    const there = await this.comments(client);
    return new Map([...this.#acknowledged].filter(([name]) => !there.has(name)));
  }

  /** Waits until so many are acknowledged, and writes no more. @throws {Error} when they are not in `patienceMs` */
  async stopAfter(count: number, patienceMs = 120_000): Promise<void> {
    await eventually(`${count} rows`, () => this.count >= count, patienceMs);
    await this.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
