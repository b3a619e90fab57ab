/** A backup as the table has it, and what is read from it. */
import { BackupTarget, type Backup } from "../../protocol/api/appliance/backups.ts";
import { BackupTest } from "../../protocol/api/appliance/backups.ts";
import type { StoredBackup } from "./store.ts";
import { newFileName, placeText } from "./targets.ts";
import { fromTable } from "../database/from-table.ts";

export type BackupReason = "schedule" | "by-hand" | "before-update" | "api";

/** One that begins. `target` null: it is handed out and not kept. */
export function newRow(facts: {
  readonly id: string;
  readonly now: Date;
  readonly version: string;
  readonly reason: BackupReason;
  readonly target: BackupTarget | null;
}): StoredBackup {
  const { id, now, version, reason, target } = facts;
  return {
    ...{ id, taken_at: now.toISOString(), version, reason, file_name: newFileName(now) },
    target: target === null ? "" : JSON.stringify(target),
    ...{ state: "running" as const, size_bytes: 0, problem: "", test: null },
  };
}

/** As the page shows it. @param progress 0 to 1 while something is done with it */
export function shownBackup(row: StoredBackup, progress: number | null): Backup {
  return {
    ...{ id: row.id, takenAt: row.taken_at, version: row.version, sizeBytes: row.size_bytes },
    ...{ reason: row.reason, place: placeOf(row), state: row.state, problem: row.problem, progress },
    test: row.test === null ? null : fromTable(BackupTest, JSON.parse(row.test)),
  };
}

/** Whether it is there to be restored: finished, and kept at a place. */
export const isKept = ({ state, target }: StoredBackup): boolean => state === "good" && target !== "";

/** Where it went; null: it was handed out. */
export const targetOf = ({ target }: StoredBackup): BackupTarget | null =>
  target === "" ? null : fromTable(BackupTarget, JSON.parse(target));

/** The same in a person's words. */
export function placeOf(row: StoredBackup): string {
  const target = targetOf(row);
  return target === null ? "download" : placeText(target);
}

/** As the audit log names it. */
export const auditObject = ({ id, file_name }: StoredBackup) => ({ kind: "backup", id, name: file_name });
