/**
 * Deletes records that are older than the site keeps them: the audit log from its beginning, histories of sessions, answered
 * requests for access.
 */
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import { deleteAccessRequestsBefore, deleteSessionsBefore } from "./store.ts";

const DAY_MS = 86_400_000;
/** Rows in one transaction, so that others get their turn in between. */
const ROWS_A_COMMIT = 500;

export interface RetentionNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly security: SiteSecurity;
}

export class Retention {
  readonly #needs: RetentionNeeds;
  constructor(needs: RetentionNeeds) {
    this.#needs = needs;
  }

  /** Deletes what is too old and writes down that it did. Does nothing where the site keeps records for ever. */
  async run(): Promise<void> {
    const { security, clock, database, audit } = this.#needs;
    const days = security.current().retentionDays;
    if (days === null) return;
    const before = new Date(clock.now().getTime() - days * DAY_MS).toISOString();
    const sessions = await this.#repeat((tx) => deleteSessionsBefore(tx, before, ROWS_A_COMMIT));
    const accessRequests = await this.#repeat((tx) => deleteAccessRequestsBefore(tx, before, ROWS_A_COMMIT));
    const rows = await this.#repeat((tx) => audit.trim(tx, before, ROWS_A_COMMIT));
    if (sessions + accessRequests + rows === 0) return;
    const object = { kind: "settings", id: "retention", name: `older than ${days} days` };
    const event = { action: "records.deleted", outcome: "succeeded", actor: { kind: "system" }, object } as const;
    await database.transaction((tx) =>
      audit.record(tx, { ...event, detail: { before, auditRows: rows, sessions, accessRequests } }),
    );
  }

  /** A piece at a time until nothing is left; the sum. */
  async #repeat(piece: (tx: Tx) => Promise<number>): Promise<number> {
    let total = 0;
    for (;;) {
      const gone = await this.#needs.database.transaction(piece);
      total += gone;
      if (gone === 0) return total;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
