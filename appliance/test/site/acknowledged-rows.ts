import type { WebClient } from "./web-client.ts";

/** Jump Groups that are made one after the other; those whose making was answered must outlive anything. */
export class AcknowledgedRows implements AsyncDisposable {
  readonly #names: string[] = [];
  readonly #prefix = Math.random().toString(36).slice(2, 8);
  #tried = 0;
  #isStopped = false;
  readonly #writing: Promise<void>[];

  /** Begins to write over several connections at once. */
  constructor(client: WebClient, connections = 3) {
    this.#writing = Array.from({ length: connections }, () => this.write(client));
  }

  get count(): number {
    return this.#names.length;
  }

  private async write(client: WebClient): Promise<void> {
    while (!this.#isStopped) {
      const name = `row ${this.#prefix} ${(this.#tried += 1)}`;
      try {
        await client.json("POST", "/api/login/jump-groups", { name, comments: "" });
        this.#names.push(name);
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

  /** Acknowledged rows that are not there. */
  async missing(client: WebClient): Promise<string[]> {
    const { jumpGroups } = await client.json<{ jumpGroups: { name: string }[] }>("GET", "/api/login/jump-groups");
    const there = new Set(jumpGroups.map(({ name }) => name));
    return this.#names.filter((name) => !there.has(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
