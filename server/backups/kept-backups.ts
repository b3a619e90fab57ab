/** Backups that were taken: where they are, their bytes, and their end. */
import { AppError } from "../../protocol/errors.ts";
import type { BackupTarget } from "../../protocol/api/appliance/backups.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Tx } from "../database/database.ts";
import type { BackupSettings, BackupSettingsNeeds } from "./backup-settings.ts";
import { auditObject, isKept, targetOf } from "./backup-row.ts";
import { type RunningJob, runJob, startJob } from "./job-process.ts";
import type { JobSlot } from "./job-slot.ts";
import type { PlaceWish } from "./places/place.ts";
import { deleteBackup, findBackup, listBackups, type StoredBackup } from "./store.ts";
import { sameTarget, wishOf } from "./targets.ts";

const DAY_MS = 86_400_000;

export interface KeptBackupsNeeds extends BackupSettingsNeeds {
  readonly backupSettings: BackupSettings;
  readonly slot: JobSlot;
}

/** A file that comes in. */
export interface BackupContent {
  readonly fileName: string;
  readonly content: ReadableStream<Uint8Array>;
}

export class KeptBackups {
  constructor(private readonly needs: KeptBackupsNeeds) {}

  /** @throws {AppError} not_found */
  async require(id: string): Promise<StoredBackup> {
    const row = await findBackup(this.needs.database.queries, id);
    if (row === null) throw new AppError("not_found", "This backup is no more. Load the page again.");
    return row;
  }

  /** Where a good backup is. @throws {AppError} request.conflict, backup.unreachable */
  async requirePlace(row: StoredBackup): Promise<PlaceWish> {
    if (row.state !== "good") throw new AppError("request.conflict", "This backup was not finished.");
    const place = await this.#placeOf(row);
    if (place !== null) return place;
    throw new AppError(
      "backup.unreachable",
      "This backup lies where Causeway has no key for now. Upload its file instead, or set that place as the target.",
    );
  }

  /** The file as it is kept. @throws {AppError} not_found, backup.unreachable */
  async content(id: string, actor: AuditActor): Promise<BackupContent> {
    const { database, audit, log, slot } = this.needs;
    const row = await this.require(id);
    const place = await this.requirePlace(row);
    const control = new AbortController();
    const fetching = startJob<"fetch">(
      { kind: "fetch", place, fileName: row.file_name },
      { signal: control.signal, log },
    );
    await database.transaction((tx) =>
      audit.record(tx, { action: "backup.downloaded", outcome: "succeeded", actor, object: auditObject(row) }),
    );
    void slot.track(fetching.result).catch((error: unknown) => {
      if (!control.signal.aborted) log.warn("a backup was not fetched whole", { problem: String(error) });
    });
    return { fileName: row.file_name, content: wholeContent(fetching, () => control.abort()) };
  }

  /**
   * The file where it is kept, and its record.
   * @param check in the transaction that removes the record
   * @throws {AppError} not_found, request.conflict, backup.unreachable
   */
  async remove(id: string, actor: AuditActor, check: (tx: Tx) => Promise<unknown>): Promise<void> {
    const { database, audit, log } = this.needs;
    const row = await this.require(id);
    if (row.state === "running") throw new AppError("request.conflict", "This backup is being taken. Cancel it first.");
    const place = await this.#placeOf(row);
    if (place !== null) await runJob<"remove">({ kind: "remove", place, fileName: row.file_name }, { log });
    await database.transaction(async (tx) => {
      await check(tx);
      await deleteBackup(tx, id);
      await audit.record(tx, { action: "backup.deleted", outcome: "succeeded", actor, object: auditObject(row) });
    });
  }

  /** What is older than so many days goes, never the newest good one. */
  async prune(keepDays: number): Promise<void> {
    const { database, clock, log } = this.needs;
    const before = new Date(clock.now().getTime() - keepDays * DAY_MS).toISOString();
    const rows = await listBackups(database.queries, Number.MAX_SAFE_INTEGER);
    const newest = rows.find(isKept)?.id;
    const old = rows.filter(({ taken_at, id, state }) => taken_at < before && id !== newest && state !== "running");
    for (const row of old)
      await this.remove(row.id, { kind: "system" }, () => Promise.resolve()).catch((error: unknown) => {
        // It is tried again after the next backup.
        log.warn("an old backup was not removed", { file: row.file_name, problem: String(error) });
      });
  }

  /** null: handed out, never finished, or at a place whose secret is not known any more. */
  async #placeOf(row: StoredBackup): Promise<PlaceWish | null> {
    const target = targetOf(row);
    if (target === null || row.state !== "good") return null;
    if (target.kind === "disk") return wishOf(this.needs, target, "");
    const plan = await this.needs.backupSettings.read();
    if (!sameTarget(plan.target, target)) return null;
    return wishOf(this.needs, withHostKey(target, plan.target), plan.secret);
  }
}

/** With the key agreed to now: the machine may have been replaced since. */
const withHostKey = (target: BackupTarget, now: BackupTarget): BackupTarget =>
  target.kind === "sftp" && now.kind === "sftp" ? { ...target, hostKey: now.hostKey } : target;

/** A job's bytes; whoever stops reading calls it off. What is not whole ends as an error, never as an end. */
export function wholeContent(job: RunningJob<"take" | "fetch">, callOff: () => void): ReadableStream<Uint8Array> {
  const reader = job.content.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await reader.read();
      if (!done) return controller.enqueue(value);
      await job.result;
      controller.close();
    },
    async cancel() {
      callOff();
      await reader.cancel();
    },
  });
}
