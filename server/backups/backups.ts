/** Backups: taken by hand, by schedule, before an update or for a program. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Backup, Backups as BackupsState } from "../../protocol/api/appliance/backups.ts";
import { AppError } from "../../protocol/errors.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import { auditObject, type BackupReason, isKept, newRow, placeOf, shownBackup } from "./backup-row.ts";
import type { BackupPlan } from "./backup-settings.ts";
import { type RunningJob, runJob, startJob } from "./job-process.ts";
import type { HeldSlot } from "./job-slot.ts";
import type { TakeJob } from "./job/jobs.ts";
import { type BackupContent, KeptBackups, type KeptBackupsNeeds, wholeContent } from "./kept-backups.ts";
import { failRunning, insertBackup, listBackups, type StoredBackup, writeBackupEnd } from "./store.ts";
import { PREVIOUS } from "./swap.ts";
import { wishOf } from "./targets.ts";
import { TestRestores } from "./test-restores.ts";

const MAX_LISTED = 500;

/** Tells administrators that backups do not work: one failed, or one that was due did not come. */
export type BackupAlert = (
  cause: "failed" | "lost",
  facts: { readonly place: string; readonly problem: string },
) => void;

export interface BackupsNeeds extends KeptBackupsNeeds {
  readonly version: string;
}

/** How a backup is taken. */
export interface TakeOptions {
  readonly actor?: AuditActor;
  readonly signal?: AbortSignal;
  /** How far it is, 0 to 1. */
  onProgress?(done: number): void;
}
/** A job about a backup that goes on. */
export interface BackupUnderWay {
  readonly id: string;
  /** Rejects with why it failed. Whoever does not wait reads that in the list: nobody has to catch it. */
  readonly finished: Promise<void>;
}
type Taken = { readonly sizeBytes: number; readonly fileKey: string };

export class Backups {
  readonly #needs: BackupsNeeds;
  /** What was taken. */
  readonly kept: KeptBackups;
  readonly #tests: TestRestores;
  #alert: BackupAlert = () => undefined;

  constructor(needs: BackupsNeeds) {
    this.#needs = needs;
    this.kept = new KeptBackups(needs);
    const failed = (place: string, problem: string): void => this.#alert("failed", { place, problem });
    this.#tests = new TestRestores({ ...needs, kept: this.kept, failed });
  }

  /** Who is told when one fails or did not come. */
  alertBy(alert: BackupAlert): void {
    this.#alert = alert;
  }

  /** Tells that a schedule did not do what it should. */
  lost(place: string, problem: string): void {
    this.#needs.log.warn("a scheduled backup did not happen", { place, problem });
    this.#alert("lost", { place, problem });
  }

  /** Whether a job runs: another one would be refused. */
  get isBusy(): boolean {
    return this.#needs.slot.isBusy;
  }

  /** What ran when the last process ended. Once, before anything runs. */
  async clearUp(): Promise<void> {
    await this.#needs.database.transaction((tx) => failRunning(tx, "The service ended while it ran."));
    await this.#needs.slot.clearUp();
  }

  async state(): Promise<BackupsState> {
    const { database, backupSettings } = this.#needs;
    const rows = await listBackups(database.queries, MAX_LISTED);
    const backups = rows.map((row) => this.#shown(row));
    const kept = rows.filter(isKept);
    return {
      settings: backupSettings.shown(await backupSettings.read()),
      backups,
      lastGoodAt: kept[0]?.taken_at ?? null,
      restoreTookMs: backups.find(({ test }) => test?.isPassed === true)?.test?.tookMs ?? null,
      keptBytes: kept.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
    };
  }

  /** @throws {AppError} not_found */
  async find(id: string): Promise<Backup> {
    return this.#shown(await this.kept.require(id));
  }

  /** @throws {AppError} request.conflict: no passphrase yet, or another job runs */
  async begin(reason: BackupReason, options: TakeOptions = {}): Promise<BackupUnderWay> {
    const { log } = this.#needs;
    return await this.#begin(reason, options, async (held, job, plan) => {
      const place = wishOf(this.#needs, plan.target, plan.secret);
      const onProgress = (done: number): void => {
        held.progress = done;
        options.onProgress?.(done);
      };
      return await runJob<"take">({ ...job, place }, { signal: held.signal, log, onProgress });
    });
  }

  /**
   * Takes one and waits for it: before an update, say.
   * @throws {AppError} request.conflict, storage.full, backup.unreachable, transfer.cancelled
   */
  async take(reason: BackupReason, options: TakeOptions = {}): Promise<Backup> {
    const { id, finished } = await this.begin(reason, options);
    await finished;
    return await this.find(id);
  }

  /** A backup that is not kept but handed out as it is made. @throws {AppError} as begin() */
  async handOut(actor: AuditActor): Promise<BackupContent> {
    const { log, slot } = this.#needs;
    const started = Promise.withResolvers<{ readonly job: RunningJob<"take">; readonly fileName: string }>();
    const { id, finished } = await this.#begin("api", { actor }, async (held, { fileName, ...job }) => {
      const taking = startJob<"take">({ ...job, fileName, place: null }, { signal: held.signal, log });
      started.resolve({ job: taking, fileName });
      return await taking.result;
    });
    finished.catch((error: unknown) => started.reject(error));
    const { job, fileName } = await started.promise;
    return { fileName, content: wholeContent(job, () => void slot.cancel(id)) };
  }

  /** @throws {AppError} not_found, request.stale when it does not run any more */
  async cancel(id: string): Promise<Backup> {
    await this.kept.require(id);
    if (!(await this.#needs.slot.cancel(id))) throw new AppError("request.stale", "This backup does not run any more.");
    return await this.find(id);
  }

  /**
   * Restores one for a test; the result stands in the list.
   * @param passphrase null: the newest one's key is still known
   * @throws {AppError} not_found, request.conflict, backup.unreachable
   */
  async beginTest(id: string, passphrase: string | null, actor: AuditActor): Promise<BackupUnderWay> {
    const [finished] = await this.#tests.begin(id, passphrase, actor);
    return { id, finished: heardByList(finished!) };
  }

  /** Whatever runs is called off; resolves when it has ended. */
  async stop(): Promise<void> {
    await this.#needs.slot.stop();
  }

  async #begin(
    reason: BackupReason,
    options: TakeOptions,
    take: (held: HeldSlot, job: Omit<TakeJob, "place">, plan: BackupPlan) => Promise<Taken>,
  ): Promise<BackupUnderWay> {
    const { clock, version, backupSettings, database, slot } = this.#needs;
    const plan = await backupSettings.read();
    const passphraseKey = requirePassphrase(plan);
    const held = slot.hold(options.signal);
    const target = reason === "api" ? null : plan.target;
    const row = newRow({ id: held.id, now: clock.now(), version, reason, target });
    try {
      await database.transaction((tx) => insertBackup(tx, row));
    } catch (error) {
      held[Symbol.dispose]();
      throw error;
    }
    const run = (work: string): Promise<Taken> => take(held, this.#jobOf(row, work, passphraseKey), plan);
    const finished = this.#needs.slot.track(this.#finish(held, row, plan, options.actor ?? { kind: "system" }, run));
    return { id: row.id, finished: heardByList(finished) };
  }

  #jobOf(row: StoredBackup, work: string, passphraseKey: TakeJob["passphraseKey"]): Omit<TakeJob, "place"> {
    const { directory, version, secrets } = this.#needs;
    const facts = { directory, work, version, takenAt: row.taken_at, fileName: row.file_name };
    return { kind: "take", ...facts, secretKey: secrets.keyForBackup(), passphraseKey };
  }

  async #finish(
    held: HeldSlot,
    row: StoredBackup,
    plan: BackupPlan,
    actor: AuditActor,
    run: (work: string) => Promise<Taken>,
  ): Promise<void> {
    using _held = held;
    const { slot, directory, log } = this.#needs;
    const taken = await slot.withFolder(run).catch(async (error: unknown) => {
      await this.#fail(row, actor, error, held.signal.aborted);
      throw error;
    });
    await this.#end(row, { state: "good", size_bytes: taken.sizeBytes, problem: "" }, actor);
    if (row.target === "") return;
    this.#tests.remember(row.id, taken.fileKey);
    await rm(join(directory, PREVIOUS), { recursive: true, force: true });
    await this.kept.prune(plan.keepDays);
    // An update waits for its backup, not for a test of it.
    if (row.reason === "before-update") return;
    await this.#tests.runIfDue(held, { ...row, state: "good" }, plan.testsEvery).catch((error: unknown) => {
      log.warn("a test restore did not run", { problem: String(error) });
    });
  }

  async #fail(row: StoredBackup, actor: AuditActor, error: unknown, isCancelled: boolean): Promise<void> {
    const problem = error instanceof AppError ? error.message : "It failed for a reason nobody foresaw; see the log.";
    if (!(error instanceof AppError)) this.#needs.log.error("a backup failed", error);
    await this.#end(row, { state: "failed", size_bytes: 0, problem }, actor);
    if (!isCancelled) this.#alert("failed", { place: placeOf(row), problem });
  }

  async #end(
    row: StoredBackup,
    end: Pick<StoredBackup, "state" | "size_bytes" | "problem">,
    actor: AuditActor,
  ): Promise<void> {
    const { database, audit } = this.#needs;
    const facts = end.state === "good" ? { sizeBytes: end.size_bytes } : { problem: end.problem };
    const detail = { reason: row.reason, place: placeOf(row), ...facts };
    const outcome = end.state === "good" ? "succeeded" : "failed";
    await database.transaction(async (tx) => {
      await writeBackupEnd(tx, row.id, end);
      await audit.record(tx, { action: "backup.taken", outcome, actor, object: auditObject(row), detail });
    });
  }

  #shown(row: StoredBackup): Backup {
    return shownBackup(row, this.#needs.slot.progressOf(row.id));
  }
}

function heardByList(finished: Promise<void>): Promise<void> {
  finished.catch(() => undefined);
  return finished;
}

function requirePassphrase({ passphraseKey }: BackupPlan): TakeJob["passphraseKey"] {
  if (passphraseKey !== null) return passphraseKey;
  throw new AppError("request.conflict", "Set a passphrase for backups first: they are encrypted for it.");
}
