/** What the log tells of one thing: its history, and who changed it last. */
import type { Static } from "@sinclair/typebox";
import type { AuditRow } from "../../protocol/api/administration.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Queries } from "../database/database.ts";
import { toRow } from "./audit-log.ts";
import { rowsOfObject, type StoredAuditRow } from "./store.ts";

const DEFAULT_PAGE = 100;
/** How far back the last change is looked for; whatever else happened to the thing since stands before it. */
const LOOK_BACK_ROWS = 200;

/** A thing as audit events name it. */
export interface AuditObject {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** A page of one thing's history, newest first. */
export async function readObjectHistory(
  queries: Queries,
  object: Pick<AuditObject, "kind" | "id">,
  { before, limit = DEFAULT_PAGE }: { readonly before?: number; readonly limit?: number },
): Promise<{ rows: Static<typeof AuditRow>[]; hasMore: boolean }> {
  const rows = await rowsOfObject(queries, object, { before, limit: limit + 1 });
  return { rows: rows.slice(0, limit).map(toRow), hasMore: rows.length > limit };
}

/**
 * Refuses a change of something that somebody else changed since it was looked at; call it in the change's transaction.
 * @param present the version it has; @param seen the version the change was made for
 * @param changes the actions that raise the version
 * @throws {AppError} request.stale, whose message names who changed it and when
 */
export async function requireVersion(
  queries: Queries,
  object: AuditObject,
  { present, seen, changes }: { present: number; seen: number; changes: readonly AuditAction[] },
): Promise<void> {
  if (present === seen) return;
  const rows = await rowsOfObject(queries, object, { limit: LOOK_BACK_ROWS });
  const last = rows.find(({ action }) => (changes as readonly string[]).includes(action));
  throw new AppError(
    "request.stale",
    `${object.name} ${last === undefined ? "was changed" : byWhom(last)} since you opened it. Look at it as it is now, then make your change again.`,
  );
}

function byWhom({ actor_kind: kind, actor_name: name, at }: StoredAuditRow): string {
  const when = `on ${at.slice(0, 10)} at ${at.slice(11, 19)} UTC`;
  return kind === "system" ? `was changed by this site itself ${when}` : `was changed by ${name} ${when}`;
}
