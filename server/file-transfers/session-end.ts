/** What becomes of transfers that are open when their support session ends, or that it left open. */
import type { Audit } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import { endedSessionsWithOpenTransfers, endTransfer, openTransfersOf } from "./store.ts";

/**
 * Records every open transfer of a session as cancelled, each with its audit event, in the transaction that ends the
 * session. The agent clears away what it has of them when it hears of the end.
 * @param at UTC ISO 8601
 */
export async function endTransfersOf(tx: Tx, audit: Audit, session: string, at: string): Promise<void> {
  for (const row of await openTransfersOf(tx, session)) {
    await endTransfer(tx, row.id, { state: "cancelled", sha256: row.sha256, path: row.path, finished_at: at });
    await audit.record(tx, {
      action: row.direction === "download" ? "files.downloaded" : "files.uploaded",
      outcome: "failed",
      actor: { kind: "system" },
      object: { kind: row.kind, id: row.id, name: row.path.toWellFormed() },
      session,
      detail: {
        path: row.path.toWellFormed(),
        sizeBytes: row.size_bytes,
        sha256: row.sha256,
        state: "cancelled",
        code: "session.ended",
        representative: row.representative,
      },
    });
  }
}

/**
 * Ends what sessions left open that are over already; done once, when the server starts.
 * @param at UTC ISO 8601
 */
export async function endLeftTransfers(database: Database, audit: Audit, at: string): Promise<void> {
  for (const session of await endedSessionsWithOpenTransfers(database.queries))
    await database.transaction((tx) => endTransfersOf(tx, audit, session, at));
}
