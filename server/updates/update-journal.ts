/** The update that is under way, kept in its table, and what is told of it: the audit log and the appliance's events. */
import type { Health } from "../../protocol/api/appliance/status.ts";
import type { ApplianceEventKind } from "../../protocol/appliance/events.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import type { ApplianceEvents } from "../appliance-status/events.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { dropOldUpdates, newestUpdates, writeReceived, writeUpdate } from "./store.ts";
import { isOver, type UpdateRecord } from "./update.ts";

/** So many are kept, and shown. */
const KEPT_UPDATES = 20;
const SYSTEM: AuditActor = { kind: "system" };

/** What is written down with a change. */
export interface UpdateNews {
  readonly actor?: AuditActor;
  readonly action?: AuditAction;
  readonly isFailure?: boolean;
  readonly event?: { readonly kind: ApplianceEventKind; readonly health: Health; readonly detail: string };
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface UpdateJournalNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly applianceEvents: ApplianceEvents;
}

export class UpdateJournal {
  #records: UpdateRecord[] = [];
  constructor(private readonly needs: UpdateJournalNeeds) {}

  /** Reads what was under way when the server stopped. */
  async open(): Promise<void> {
    this.#records = await newestUpdates(this.needs.database.queries, KEPT_UPDATES);
  }

  /** What is under way; null: nothing. */
  get current(): UpdateRecord | null {
    return this.#records.find((record) => !isOver(record)) ?? null;
  }

  /** Those that are over, newest first. */
  get history(): readonly UpdateRecord[] {
    return this.#records.filter(isOver);
  }

  now(): string {
    return this.needs.clock.now().toISOString();
  }

  /** Writes it as it is now with what is told of it, all or nothing. `first` runs before, in the same transaction. */
  async save(record: UpdateRecord, news: UpdateNews = {}, first?: (tx: Tx) => Promise<unknown>): Promise<UpdateRecord> {
    const { database, audit, applianceEvents } = this.needs;
    const { action, event, actor = SYSTEM, isFailure = false } = news;
    await database.transaction(async (tx) => {
      await first?.(tx);
      await writeUpdate(tx, record);
      await dropOldUpdates(tx, KEPT_UPDATES);
      const object = { kind: "update", id: record.id, name: record.version };
      const detail = news.detail ?? {};
      const outcome = isFailure ? "failed" : "succeeded";
      if (action !== undefined) await audit.record(tx, { action, outcome, actor, object, detail });
      if (event !== undefined) await applianceEvents.record(tx, event);
    });
    this.#keep(record);
    return record;
  }

  /** So many bytes are on the disk. */
  async received(record: UpdateRecord, receivedBytes: number): Promise<UpdateRecord> {
    await this.needs.database.transaction((tx) => writeReceived(tx, record.id, receivedBytes));
    const next = { ...record, receivedBytes };
    this.#keep(next);
    return next;
  }

  #keep(record: UpdateRecord): void {
    const others = this.#records.filter(({ id }) => id !== record.id);
    this.#records = [record, ...others]
      .toSorted((one, other) => (one.begunAt < other.begunAt ? 1 : -1))
      .slice(0, KEPT_UPDATES);
  }
}
