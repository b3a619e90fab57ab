/** The newest things worth knowing about the appliance, kept in a table of bounded length. */
import type { Health } from "../../protocol/api/appliance/status.ts";
import { type ApplianceEventKind, applianceEventTitles } from "../../protocol/appliance/events.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { dropOldEvents, insertEvent, newestEvents, type StoredEvent } from "./store.ts";

/** So many are kept. */
const MAX_EVENTS = 500;

/** One thing worth knowing. */
export interface ApplianceEvent {
  readonly kind: ApplianceEventKind;
  readonly health: Health;
  /** With what came of it; "": nothing more to say. */
  readonly detail: string;
}

export class ApplianceEvents {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Writes one down, in the caller's transaction. */
  async record(tx: Tx, { kind, health, detail }: ApplianceEvent): Promise<void> {
    const title = applianceEventTitles[kind];
    await insertEvent(tx, { at: this.clock.now().toISOString(), health, title, detail });
    await dropOldEvents(tx, MAX_EVENTS);
  }

  /** Writes one down by itself. */
  async tell(event: ApplianceEvent): Promise<void> {
    await this.database.transaction((tx) => this.record(tx, event));
  }

  /** The newest, newest first. */
  async newest(limit: number): Promise<StoredEvent[]> {
    return await newestEvents(this.database.queries, limit);
  }
}
