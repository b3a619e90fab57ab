/** How the site is set up. Read from the database each time (microseconds), so that no copy can be stale. */
import { Settings } from "../../protocol/api/administration.ts";
import type { Queries, Tx } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";
import { readSettings, writeSetting } from "./store.ts";

/** What holds until somebody chooses otherwise. The console is off (LOGIN-01). */
export function defaultSettings(hostname: string): Settings {
  return {
    siteName: "Causeway",
    hostname,
    isConsoleEnabled: false,
    language: "en",
    statisticsIntervalSeconds: 60,
  };
}

export class SiteSettings {
  readonly #queries: Queries;
  readonly #defaults: Settings;
  constructor(queries: Queries, defaults: Settings) {
    this.#queries = queries;
    this.#defaults = defaults;
  }

  async read(queries: Queries = this.#queries): Promise<Settings> {
    const stored = await readSettings(queries);
    const settings: Record<string, unknown> = { ...this.#defaults };
    for (const name of Object.keys(this.#defaults)) {
      const value = stored.get(name);
      if (value !== undefined) settings[name] = JSON.parse(value);
    }
    return fromTable(Settings, settings);
  }

  /** Writes what differs and returns the names of what did. */
  async change(tx: Tx, changes: Partial<Settings>): Promise<(keyof Settings)[]> {
    const before = await this.read(tx);
    const names = (Object.keys(changes) as (keyof Settings)[]).filter((name) => changes[name] !== before[name]);
    for (const name of names) await writeSetting(tx, name, JSON.stringify(changes[name]));
    return names;
  }
}
