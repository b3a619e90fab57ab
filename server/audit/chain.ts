/**
 * The hash chain of the audit log. Pure. A row's hash is SHA-256 over the hash before it and the row's columns as a JSON
 * array in a fixed order; the first row follows 64 zeros. The head (how many rows, the last hash) is sealed with a key
 * that is not in the database, so that rows cut off the end show too.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export const FIRST_HASH = "0".repeat(64);

/** The columns that are hashed. */
export interface ChainedRow {
  readonly sequence: number;
  readonly at: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly address: string;
  readonly action: string;
  readonly outcome: string;
  readonly object_kind: string;
  readonly object_id: string;
  readonly object_name: string;
  readonly session: string | null;
  readonly detail: string;
}

/** Where the chain ends. */
export interface AuditHead {
  readonly count: number;
  readonly hash: string;
}

/** The head as it is kept. */
export interface SealedHead extends AuditHead {
  readonly seal: string;
}

/** The hash of a row that follows `previousHash`, in hex. */
export function rowHash(previousHash: string, row: ChainedRow): string {
  const columns = [
    row.sequence,
    row.at,
    row.actor_kind,
    row.actor_id,
    row.actor_name,
    row.address,
    row.action,
    row.outcome,
    row.object_kind,
    row.object_id,
    row.object_name,
    row.session,
    row.detail,
  ];
  return createHash("sha256")
    .update(JSON.stringify([previousHash, ...columns]))
    .digest("hex");
}

export function sealHead(key: Uint8Array, head: AuditHead): string {
  return createHmac("sha256", key).update(`${head.count}|${head.hash}`).digest("hex");
}

export function isSealOf(key: Uint8Array, head: AuditHead, seal: string): boolean {
  const expected = Buffer.from(sealHead(key, head));
  const given = Buffer.from(seal);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
