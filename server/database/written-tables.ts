/**
 * Notices which tables this process writes to, so that what is kept of them in memory can be dropped before it is old. A
 * statement counts by the names in its text: one name too many costs a look at the database, and a cascade counts because
 * the statement that sets it off names the table it hangs on.
 */
import type { Schema } from "./schema.ts";

interface Watch {
  readonly names: RegExp;
  writes: number;
}

export class WrittenTables {
  readonly #watches: Watch[] = [];

  /** As Database.watchWrites(). For the life of the database: meant for what is made once. */
  watch(tables: readonly (keyof Schema)[]): () => number {
    const watch: Watch = { names: new RegExp(`\\b(?:${tables.join("|")})\\b`, "iu"), writes: 0 };
    this.#watches.push(watch);
    return () => watch.writes;
  }

  /** A statement is about to run. */
  noteStatement(sql: string): void {
    if (/^\s*select\b/iu.test(sql)) return;
    for (const watch of this.#watches) if (watch.names.test(sql)) watch.writes += 1;
  }
}
