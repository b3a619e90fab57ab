/** The audit log's writer and checker. */
import type { Clock } from "../clock.ts";
import type { Queries, Tx } from "../database/database.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { AuditActor, AuditEvent } from "./audit-event.ts";
import { type AuditHead, type ChainedRow, FIRST_HASH, isSealOf, rowHash, type SealedHead, sealHead } from "./chain.ts";
import { deleteThrough, readHead, readStart, rowsAfter, type StoredAuditRow, writeRow } from "./store.ts";

export type { StoredAuditRow } from "./store.ts";

/** What a check of the whole chain found; `problem` names the first row that does not fit. */
export type AuditVerdict =
  { readonly isIntact: true; readonly rows: number } | { readonly isIntact: false; readonly problem: string };

const ROWS_A_PAGE = 1000;
/** The most a row's detail may hold, in characters of JSON; what is longer is replaced by a note. */
const MAX_DETAIL_CHARACTERS = 16_384;

export class Audit {
  readonly #clock: Clock;
  readonly #sealKey: Uint8Array;
  readonly #startKey: Uint8Array;
  constructor(clock: Clock, secrets: Secrets) {
    this.#clock = clock;
    this.#sealKey = secrets.derive("audit head");
    this.#startKey = secrets.derive("audit start");
  }

  /** Records what a transaction does, in that transaction. The only way an audit row is written. */
  async record(tx: Tx, event: AuditEvent): Promise<void> {
    const head = (await readHead(tx)) ?? { count: 0, hash: FIRST_HASH };
    const row = toRow(event, head.count + 1, this.#clock.now());
    const next = { count: row.sequence, hash: rowHash(head.hash, row) };
    await writeRow(tx, { ...row, hash: next.hash }, { ...next, seal: sealHead(this.#sealKey, next) });
  }

  /** Walks the whole chain. Reads a page at a time, so that memory stays flat. */
  async verify(queries: Queries): Promise<AuditVerdict> {
    const start = await readStart(queries);
    if (start !== null && !isSealOf(this.#startKey, start, start.seal))
      return broken("The mark of where the audit log begins was altered.");
    let sequence = start?.count ?? 0;
    let hash = start?.hash ?? FIRST_HASH;
    const first = sequence;
    for (;;) {
      const rows = await rowsAfter(queries, sequence, ROWS_A_PAGE);
      for (const row of rows) {
        if (row.sequence !== sequence + 1) return broken(`Row ${sequence + 1} of the audit log is missing.`);
        if (row.hash !== rowHash(hash, row)) return broken(`Row ${row.sequence} of the audit log was altered.`);
        sequence = row.sequence;
        hash = row.hash;
      }
      if (rows.length > 0) continue;
      const head = await readHead(queries);
      // Rows may have been written between reading the last page and reading the head.
      if ((await rowsAfter(queries, sequence, 1)).length === 0)
        return this.#verifyHead(head, { count: sequence, hash }, first);
    }
  }

  /** Rows after a sequence number, oldest first: what is fed from the log. */
  async rowsAfter(queries: Queries, sequence: number, limit: number): Promise<StoredAuditRow[]> {
    return await rowsAfter(queries, sequence, limit);
  }

  /** The sequence number of the newest row; 0: there is none. */
  async newest(queries: Queries): Promise<number> {
    return (await readHead(queries))?.count ?? 0;
  }

  /**
   * Deletes rows older than `before`, at most so many, and remembers where the chain begins now. Only from its beginning:
   * a newer row that says an older time stays, with all after it.
   * @returns how many went; 0 when there are no more
   */
  async trim(tx: Tx, before: string, limit: number): Promise<number> {
    const from = (await readStart(tx))?.count ?? 0;
    const rows = await rowsAfter(tx, from, limit);
    const young = rows.findIndex(({ at }) => at >= before);
    const last = rows[(young < 0 ? rows.length : young) - 1];
    if (last === undefined) return 0;
    const start = { count: last.sequence, hash: last.hash };
    await deleteThrough(tx, { ...start, seal: sealHead(this.#startKey, start) });
    return last.sequence - from;
  }

  /** `first`: how many rows went before the chain begins. */
  #verifyHead(head: SealedHead | null, { count, hash }: AuditHead, first: number): AuditVerdict {
    if (head === null)
      return count === 0 ? { isIntact: true, rows: 0 } : broken("The audit log's own end mark is missing.");
    if (!isSealOf(this.#sealKey, head, head.seal)) return broken("The audit log's own end mark was altered.");
    if (head.count !== count) return broken(`The audit log ends at row ${count}; ${head.count} rows were written.`);
    if (head.hash !== hash) return broken(`Row ${count} of the audit log was altered.`);
    return { isIntact: true, rows: count - first };
  }
}

const broken = (problem: string): AuditVerdict => ({ isIntact: false, problem });

function toRow(event: AuditEvent, sequence: number, at: Date): ChainedRow {
  return {
    sequence,
    at: at.toISOString(),
    ...actorColumns(event.actor),
    action: event.action,
    outcome: event.outcome,
    object_kind: event.object.kind,
    object_id: event.object.id,
    object_name: event.object.name,
    session: event.session ?? null,
    detail: detailText(event.detail),
  };
}

function detailText(detail: AuditEvent["detail"]): string {
  const text = JSON.stringify(detail ?? {});
  return text.length <= MAX_DETAIL_CHARACTERS ? text : JSON.stringify({ omittedCharacters: text.length });
}

function actorColumns(actor: AuditActor): Pick<ChainedRow, "actor_kind" | "actor_id" | "actor_name" | "address"> {
  if (actor.kind === "system") return { actor_kind: "system", actor_id: "", actor_name: "", address: "" };
  const actorId = actor.kind === "nobody" ? "" : actor.id;
  return { actor_kind: actor.kind, actor_id: actorId, actor_name: actor.name, address: actor.address };
}
