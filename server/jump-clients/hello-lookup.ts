import type { Database } from "../database/database.ts";
import { findForHello, type HelloRow } from "./store.ts";

/** How long those who say hello are gathered: nothing to one computer, and a dozen of a fleet that comes back. */
const GATHER_MS = 10;

/** Looks up those who say hello together: a fleet that comes back costs a few statements, not one for each. */
export class HelloLookup {
  #asked: string[] = [];
  #rows: Promise<ReadonlyMap<string, HelloRow>> | null = null;

  constructor(private readonly database: Database) {}

  /** The row as it is within about GATHER_MS. */
  async find(jumpClient: string): Promise<HelloRow | undefined> {
    this.#asked.push(jumpClient);
    this.#rows ??= this.#read();
    return (await this.#rows).get(jumpClient);
  }

  async #read(): Promise<ReadonlyMap<string, HelloRow>> {
    await Bun.sleep(GATHER_MS);
    const asked = this.#asked;
    this.#asked = [];
    this.#rows = null;
    return await findForHello(this.database.queries, asked);
  }
}
