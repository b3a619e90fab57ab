/** Backups: taken by hand, by schedule, before an update or for a program, kept for so many days, and tested. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { type Backup, type Backups as BackupsState, BackupTarget } from "../../protocol/api/appliance/backups.ts";
import { AppError } from "../../protocol/errors.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import { newId } from "../new-id.ts";
import type { BackupPlan, BackupSettings, BackupSettingsNeeds } from "./backup-settings.ts";
import { type RunningJob, runJob, startJob } from "./job-process.ts";
import type { Opening, TakeJob } from "./job/jobs.ts";
import { UNFINISHED } from "./places/folder.ts";
import type { PlaceWish } from "./places/place.ts";
import { PREVIOUS } from "./swap.ts";
import { deleteBackup, failRunning, findBackup, insertBackup, listBackups, type StoredBackup } from "./store.ts";
import { writeBackupEnd, writeBackupTest } from "./store.ts";
import { BACKUPS_FOLDER, newFileName, placeText, sameTarget, wishOf } from "./targets.ts";

const MAX_LISTED = 500;
const DAY_MS = 86_400_000;
/** A folder a job works in; whatever is left of one is removed at the next start. */
const WORK = "work-";

export type BackupReason = "schedule" | "by-hand" | "before-update" | "api";

/** Tells administrators that backups do not work. */
export type BackupAlert = (
  cause: "failed" | "lost",
  facts: { readonly place: string; readonly problem: string },
) => void;

export interface BackupsNeeds extends BackupSettingsNeeds {
  readonly version: string;
  readonly backupSettings: BackupSettings;
}

/** How a backup is taken. */
export interface TakeOptions {
  readonly actor?: AuditActor;
  readonly signal?: AbortSignal;
  /** How far it is, 0 to 1. */
  onProgress?(done: number): void;
}
/** A backup that is being taken. */
export interface TakenBackup {
  readonly id: string;
  /** It is good, and kept. @throws {AppError} as the job */
  readonly finished: Promise<void>;
}

interface Running {
  readonly id: string;
  readonly control: AbortController;
  progress: number;
}

export class Backups {
  readonly #needs: BackupsNeeds;
  /** One job at a time: copies and tests need the disk twice over. */
  #running: Running | null = null;
  /** What is under way and must end before the server does. */
  readonly #pending = new Set<Promise<unknown>>();
  /** The key of the newest backup, for its test; it is in memory alone, so that what is stolen opens no backup. */
  #newest: { readonly id: string; readonly opening: Opening } | null = null;
  #alert: BackupAlert = () => undefined;

  constructor(needs: BackupsNeeds) {
    this.#needs = needs;
  }

  /** Who is told when one fails or did not come. */
  alertBy(alert: BackupAlert): void {
    this.#alert = alert;
  }

  /** Whether a job runs: another one would be refused. */
  get isBusy(): boolean {
    return this.#running !== null;
  }

  /** Tells that a schedule did not do what it should. */
  lost(place: string, problem: string): void {
    this.#needs.log.warn("a scheduled backup did not happen", { place, problem });
    this.#alert("lost", { place, problem });
  }

  /** What another process, or this one before it ended, left lying about. Once, before anything runs. */
  async clearUp(): Promise<void> {
    const { database, directory } = this.#needs;
    await database.transaction((tx) => failRunning(tx, "The service ended while it ran."));
    const folder = join(directory, BACKUPS_FOLDER);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const left = (await readdir(folder)).filter((name) => name.endsWith(UNFINISHED) || name.startsWith(WORK));
    for (const name of left) await rm(join(folder, name), { recursive: true, force: true });
  }

  async state(): Promise<BackupsState> {
    const { database, backupSettings } = this.#needs;
    const rows = await listBackups(database.queries, MAX_LISTED);
    const backups = rows.map((row) => this.#shown(row));
    const good = rows.filter(({ state, target }) => state === "good" && target !== "");
    return {
      settings: backupSettings.shown(await backupSettings.read()),
      backups,
      lastGoodAt: good[0]?.taken_at ?? null,
      restoreTookMs: backups.find(({ test }) => test?.isPassed === true)?.test?.tookMs ?? null,
      keptBytes: good.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
    };
  }

  /** @throws {AppError} not_found */
  async find(id: string): Promise<Backup> {
    return this.#shown(await this.#require(id));
  }

  /**
   * Begins one; `finished` says how it went. Whoever does not wait for it hears of a failure by the list and the alert.
   * @throws {AppError} request.conflict: no passphrase yet, or another job runs
   */
  async begin(reason: BackupReason, options: TakeOptions = {}): Promise<TakenBackup> {
    const { clock, backupSettings } = this.#needs;
    const plan = await backupSettings.read();
    const passphraseKey = requirePassphrase(plan);
    const running = this.#reserve(options.signal);
    const now = clock.now();
    const row = newRow({ id: running.id, now, version: this.#needs.version, reason, target: plan.target });
    await this.#insert(row, running);
    const place = wishOf(this.#needs, plan.target, plan.secret);
    const finished = this.#track(
      this.#finish(running, row, plan, options, async (work) => {
        const job = { ...this.#takeJob(row, work, passphraseKey), place };
        return await runJob<"take">(job, {
          ...{ signal: running.control.signal, log: this.#needs.log },
          onProgress: (done) => {
            running.progress = done;
            options.onProgress?.(done);
          },
        });
      }),
    );
    return { id: row.id, finished: heardByList(finished) };
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
  async handOut(
    actor: AuditActor,
  ): Promise<{ readonly fileName: string; readonly content: ReadableStream<Uint8Array> }> {
    const { clock, backupSettings, log } = this.#needs;
    const plan = await backupSettings.read();
    const passphraseKey = requirePassphrase(plan);
    const running = this.#reserve(undefined);
    const row = newRow({ id: running.id, now: clock.now(), version: this.#needs.version, reason: "api", target: null });
    await this.#insert(row, running);
    const started = Promise.withResolvers<RunningJob<"take">>();
    const finished = this.#finish(running, row, plan, { actor }, async (work) => {
      const job = { ...this.#takeJob(row, work, passphraseKey), place: null };
      const taking = startJob<"take">(job, { signal: running.control.signal, log });
      started.resolve(taking);
      return await taking.result;
    });
    void this.#track(finished).catch((error: unknown) => started.reject(error));
    return { fileName: row.file_name, content: untilDone(await started.promise, running.control) };
  }

  /** @throws {AppError} not_found, request.stale when it does not run any more */
  async cancel(id: string): Promise<Backup> {
    await this.#require(id);
    if (this.#running?.id !== id) throw new AppError("request.stale", "This backup does not run any more.");
    this.#running.control.abort();
    await Promise.allSettled(this.#pending);
    return await this.find(id);
  }

  /** The file where it is kept and its record. @throws {AppError} not_found, request.conflict, backup.unreachable */
  async remove(
    id: string,
    actor: AuditActor,
    check: (tx: Parameters<typeof deleteBackup>[0]) => Promise<unknown>,
  ): Promise<void> {
    const { database, audit, log } = this.#needs;
    const row = await this.#require(id);
    if (row.state === "running") throw new AppError("request.conflict", "This backup is being taken. Cancel it first.");
    const place = await this.#placeOf(row);
    if (place !== null) await runJob<"remove">({ kind: "remove", place, fileName: row.file_name }, { log });
    await database.transaction(async (tx) => {
      await check(tx);
      await deleteBackup(tx, id);
      await audit.record(tx, { action: "backup.deleted", outcome: "succeeded", actor, object: objectOf(row) });
    });
  }

  /** The file as it is kept. @throws {AppError} not_found, backup.unreachable */
  async content(
    id: string,
    actor: AuditActor,
  ): Promise<{ readonly row: StoredBackup; readonly content: ReadableStream<Uint8Array> }> {
    const { database, audit, log } = this.#needs;
    const row = await this.#require(id);
    const place = await this.requirePlace(row);
    const control = new AbortController();
    const fetching = startJob<"fetch">(
      { kind: "fetch", place, fileName: row.file_name },
      { signal: control.signal, log },
    );
    await database.transaction((tx) =>
      audit.record(tx, { action: "backup.downloaded", outcome: "succeeded", actor, object: objectOf(row) }),
    );
    void this.#track(fetching.result).catch((error: unknown) => {
      if (!control.signal.aborted) log.warn("a backup was not fetched whole", { problem: String(error) });
    });
    return { row, content: untilDone(fetching, control) };
  }

  /**
   * Restores one for a test, beside everything; the result stands in the list.
   * @param passphrase null: the newest one's key is still known
   * @throws {AppError} not_found, request.conflict, backup.wrong_passphrase
   */
  async beginTest(id: string, passphrase: string | null, actor: AuditActor): Promise<TakenBackup> {
    const row = await this.#require(id);
    const place = await this.requirePlace(row);
    const opening = this.#openingOf(id, passphrase);
    const running = this.#reserve(undefined, id);
    return { id, finished: heardByList(this.#track(this.#test(running, row, place, opening, actor))) };
  }

  /** Where a good backup is. @throws {AppError} request.conflict, backup.unreachable */
  async requirePlace(row: StoredBackup): Promise<PlaceWish> {
    if (row.state !== "good") throw new AppError("request.conflict", "This backup was not finished.");
    const place = await this.#placeOf(row);
    if (place === null)
      throw new AppError(
        "backup.unreachable",
        "This backup lies where Causeway has no key for now. Upload its file instead, or set that place as the target.",
      );
    return place;
  }

  /** @throws {AppError} not_found */
  async require(id: string): Promise<StoredBackup> {
    return await this.#require(id);
  }

  /** Whatever runs is called off; resolves when it has ended. */
  async stop(): Promise<void> {
    this.#running?.control.abort();
    await Promise.allSettled(this.#pending);
  }

  #openingOf(id: string, passphrase: string | null): Opening {
    if (passphrase !== null) return { passphrase };
    if (this.#newest?.id === id) return this.#newest.opening;
    throw new AppError(
      "request.conflict",
      "Only the passphrase opens this backup: the service keeps the key of the newest one, and forgets it when it restarts.",
    );
  }

  #reserve(signal: AbortSignal | undefined, id = newId<string>()): Running {
    if (this.#running !== null)
      throw new AppError("request.conflict", "A backup is being taken or tested. Wait for it, or cancel it.");
    const control = new AbortController();
    signal?.addEventListener("abort", () => control.abort(), { once: true });
    if (signal?.aborted === true) control.abort();
    this.#running = { id, control, progress: 0 };
    return this.#running;
  }

  async #insert(row: StoredBackup, running: Running): Promise<void> {
    try {
      await this.#needs.database.transaction((tx) => insertBackup(tx, row));
    } catch (error) {
      if (this.#running === running) this.#running = null;
      throw error;
    }
  }

  #takeJob(row: StoredBackup, work: string, passphraseKey: TakeJob["passphraseKey"]): Omit<TakeJob, "place"> {
    const { directory, version, secrets } = this.#needs;
    const facts = { directory, work, version, takenAt: row.taken_at, fileName: row.file_name };
    return { kind: "take", ...facts, secretKey: secrets.keyForBackup(), passphraseKey };
  }

  async #finish(
    running: Running,
    row: StoredBackup,
    plan: BackupPlan,
    { actor = { kind: "system" } }: TakeOptions,
    take: (work: string) => Promise<{ readonly sizeBytes: number; readonly fileKey: string }>,
  ): Promise<void> {
    try {
      const { sizeBytes, fileKey } = await this.#withWork(take);
      await this.#end(row, { state: "good", size_bytes: sizeBytes, problem: "" }, actor);
      if (row.target !== "") this.#newest = { id: row.id, opening: { fileKey } };
    } catch (error) {
      const problem = error instanceof AppError ? error.message : "It failed for a reason nobody foresaw; see the log.";
      if (!(error instanceof AppError)) this.#needs.log.error("a backup failed", error);
      await this.#end(row, { state: "failed", size_bytes: 0, problem }, actor);
      if (!running.control.signal.aborted) this.#alert("failed", { place: placeOf(row), problem });
      throw error;
    } finally {
      this.#running = null;
    }
    if (row.target === "") return;
    await rm(join(this.#needs.directory, PREVIOUS), { recursive: true, force: true });
    await this.#prune(plan);
    await this.#testIfDue(row, plan);
  }

  async #end(row: StoredBackup, end: Pick<StoredBackup, "state" | "size_bytes" | "problem">, actor: AuditActor) {
    const { database, audit } = this.#needs;
    const facts = end.state === "good" ? { sizeBytes: end.size_bytes } : { problem: end.problem };
    await database.transaction(async (tx) => {
      await writeBackupEnd(tx, row.id, end);
      const outcome = end.state === "good" ? "succeeded" : "failed";
      const detail = { reason: row.reason, place: placeOf(row), ...facts };
      await audit.record(tx, { action: "backup.taken", outcome, actor, object: objectOf(row), detail });
    });
  }

  /** What is older than the days chosen goes, never the newest good one. */
  async #prune({ keepDays }: BackupPlan): Promise<void> {
    const { database, clock, log } = this.#needs;
    const before = new Date(clock.now().getTime() - keepDays * DAY_MS).toISOString();
    const rows = await listBackups(database.queries, Number.MAX_SAFE_INTEGER);
    const newest = rows.find(({ state, target }) => state === "good" && target !== "")?.id;
    for (const row of rows.filter(
      ({ taken_at, id, state }) => taken_at < before && id !== newest && state !== "running",
    ))
      await this.remove(row.id, { kind: "system" }, () => Promise.resolve()).catch((error: unknown) => {
        // It is tried again after the next backup.
        log.warn("an old backup was not removed", { file: row.file_name, problem: String(error) });
      });
  }

  async #testIfDue(row: StoredBackup, { testsEvery }: BackupPlan): Promise<void> {
    if (testsEvery === 0 || row.reason === "before-update") return;
    const rows = await listBackups(this.#needs.database.queries, MAX_LISTED);
    const good = rows.filter(({ state, target }) => state === "good" && target !== "");
    const sinceTest = good.findIndex(({ test }) => test !== null);
    if ((sinceTest === -1 ? good.length : sinceTest) < testsEvery) return;
    try {
      await (
        await this.beginTest(row.id, null, { kind: "system" })
      ).finished;
    } catch (error) {
      // Another job came first, or it was called off: the next backup is tested instead.
      this.#needs.log.warn("a test restore did not run", { problem: String(error) });
    }
  }

  async #test(
    running: Running,
    row: StoredBackup,
    place: PlaceWish,
    opening: Opening,
    actor: AuditActor,
  ): Promise<void> {
    const { database, audit, clock, log, version } = this.#needs;
    const startedMs = clock.monotonicMs();
    let problem = "";
    try {
      await this.#withWork(async (work) => {
        const job = {
          kind: "open" as const,
          place,
          fileName: row.file_name,
          opening,
          work: join(work, "opened"),
          version,
        };
        const onProgress = (done: number): void => void (running.progress = done);
        return await runJob<"open">({ ...job, settle: null }, { signal: running.control.signal, onProgress, log });
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // A passphrase somebody mistyped says nothing about the backup.
      if (running.control.signal.aborted || error.code === "backup.wrong_passphrase") throw error;
      problem = error.message;
    } finally {
      this.#running = null;
    }
    const isPassed = problem === "";
    const tookMs = Math.round(clock.monotonicMs() - startedMs);
    await database.transaction(async (tx) => {
      await writeBackupTest(tx, row.id, JSON.stringify({ at: clock.now().toISOString(), tookMs, isPassed, problem }));
      const outcome = isPassed ? "succeeded" : "failed";
      const detail = { place: placeOf(row), tookMs, ...(isPassed ? {} : { problem }) };
      await audit.record(tx, { action: "backup.tested", outcome, actor, object: objectOf(row), detail });
    });
    if (!isPassed) this.#alert("failed", { place: placeOf(row), problem: `The test restore failed. ${problem}` });
  }

  /** A folder of its own that is gone afterwards, also when the job was killed. */
  async #withWork<T>(run: (work: string) => Promise<T>): Promise<T> {
    const folder = join(this.#needs.directory, BACKUPS_FOLDER);
    const work = join(folder, `${WORK}${randomUUID()}`);
    await mkdir(work, { recursive: true, mode: 0o700 });
    try {
      return await run(work);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  async #require(id: string): Promise<StoredBackup> {
    const row = await findBackup(this.#needs.database.queries, id);
    if (row === null) throw new AppError("not_found", "This backup is no more. Load the page again.");
    return row;
  }

  /** null: handed out, or at a place whose secret is not known any more. */
  async #placeOf(row: StoredBackup): Promise<PlaceWish | null> {
    const target = targetOf(row);
    if (target === null || row.state !== "good") return null;
    const plan = await this.#needs.backupSettings.read();
    if (target.kind === "disk") return wishOf(this.#needs, target, "");
    return sameTarget(plan.target, target) ? wishOf(this.#needs, withHostKey(target, plan.target), plan.secret) : null;
  }

  #shown(row: StoredBackup): Backup {
    const isRunning = this.#running?.id === row.id;
    return {
      ...{ id: row.id, takenAt: row.taken_at, version: row.version, sizeBytes: row.size_bytes },
      ...{ reason: row.reason as BackupReason, place: placeOf(row), state: row.state, problem: row.problem },
      progress: isRunning ? (this.#running?.progress ?? null) : null,
      test: row.test === null ? null : (JSON.parse(row.test) as Backup["test"]),
    };
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#pending.add(work);
    try {
      return await work;
    } finally {
      this.#pending.delete(work);
    }
  }
}

/** The key agreed to now: the machine may have been replaced since. */
const withHostKey = (target: BackupTarget, now: BackupTarget): BackupTarget =>
  target.kind === "sftp" && now.kind === "sftp" ? { ...target, hostKey: now.hostKey } : target;

function requirePassphrase({ passphraseKey }: BackupPlan): TakeJob["passphraseKey"] {
  if (passphraseKey !== null) return passphraseKey;
  throw new AppError("request.conflict", "Set a passphrase for backups first: they are encrypted for it.");
}

const targetOf = ({ target }: StoredBackup): BackupTarget | null =>
  target === "" ? null : Value.Parse(BackupTarget, JSON.parse(target));

const placeOf = (row: StoredBackup): string => {
  const target = targetOf(row);
  return target === null ? "download" : placeText(target);
};

/** Whoever does not wait for it reads in the list how it went: nobody has to catch it. */
function heardByList(finished: Promise<void>): Promise<void> {
  finished.catch(() => undefined);
  return finished;
}

const objectOf = ({ id, file_name }: StoredBackup) => ({ kind: "backup", id, name: file_name });

function newRow(facts: {
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

/** The bytes; whoever stops reading calls the job off. What is not whole ends as an error, never as an end. */
function untilDone(job: RunningJob<"take" | "fetch">, control: AbortController): ReadableStream<Uint8Array> {
  const reader = job.content.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await reader.read();
      if (!done) return controller.enqueue(value);
      await job.result;
      controller.close();
    },
    async cancel() {
      control.abort();
      await reader.cancel();
    },
  });
}
