/** One value under a name of its own in the table of settings: JSON text there, its shape here. */
import type { Static, TSchema } from "@sinclair/typebox";
import type { Queries, Tx } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";
import { readSetting, writeSetting } from "./store.ts";

/** Names that are taken. Each is one noun's, which alone reads and writes it. */
export type SettingName =
  | ("alerts" | "alerts-sent" | "email" | "snmp" | "snmp-engine" | "syslog" | "syslog-cursor")
  | ("updates" | "updateCheck" | "updateReturn");

export class NamedSetting<S extends TSchema> {
  /** @param unset what holds until something was written */
  constructor(
    private readonly name: SettingName,
    private readonly shape: S,
    private readonly unset: Static<S>,
  ) {}

  /** Reads it from the database each time (microseconds), so that no copy can be stale. */
  async read(queries: Queries): Promise<Static<S>> {
    const stored = await readSetting(queries, this.name);
    return stored === null ? this.unset : fromTable(this.shape, JSON.parse(stored));
  }

  async write(tx: Tx, value: Static<S>): Promise<void> {
    await writeSetting(tx, this.name, JSON.stringify(value));
  }
}
