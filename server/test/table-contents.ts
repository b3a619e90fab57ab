import { Database as Sqlite } from "bun:sqlite";
import { DATABASE_FILE } from "../database/database.ts";

/** Tables in which being refused, being looked at, and the passing of time leave their marks. */
const MARKED = new Set([
  "audit_events",
  "audit_head",
  "sqlite_sequence",
  "sign_ins",
  "disk_levels",
  "appliance_events",
]);

/** Reads a running server's database from outside, to see whether anything in it has changed. */
export class TableContents implements Disposable {
  readonly #sqlite: Sqlite;

  constructor(directory: string) {
    this.#sqlite = new Sqlite(`${directory}/${DATABASE_FILE}`, { readonly: true });
  }

  /** Every row of every table but the audit log and sign-ins, as one text for each table. */
  read(): Readonly<Record<string, string>> {
    const tables = this.#sqlite
      .query<{ name: string }, []>("select name from sqlite_master where type = 'table'")
      .all();
    const kept = tables.filter(({ name }) => !MARKED.has(name));
    return Object.fromEntries(
      kept.map(({ name }) => [name, JSON.stringify(this.#sqlite.query(`select * from "${name}"`).values())]),
    );
  }

  /** The audit log's actions from the row after `sequence` on. */
  auditedAfter(sequence: number): { readonly sequence: number; readonly action: string; readonly outcome: string }[] {
    return this.#sqlite
      .query<{ sequence: number; action: string; outcome: string }, [number]>(
        "select sequence, action, outcome from audit_events where sequence > ? order by sequence",
      )
      .all(sequence);
  }

  [Symbol.dispose](): void {
    this.#sqlite.close();
  }
}
