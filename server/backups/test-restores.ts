/** Backups restored for a test, beside everything: fetched back, opened, brought up to this release, checked, thrown away. */
import { join } from "node:path";
import { AppError } from "../../protocol/errors.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import { auditObject, isKept, placeOf } from "./backup-row.ts";
import { runJob } from "./job-process.ts";
import type { HeldSlot } from "./job-slot.ts";
import type { Opening } from "./job/jobs.ts";
import type { KeptBackups, KeptBackupsNeeds } from "./kept-backups.ts";
import { listBackups, type StoredBackup, writeBackupTest } from "./store.ts";

/** So many are looked at to find the last test. */
const LOOKED_AT = 500;

export interface TestRestoresNeeds extends KeptBackupsNeeds {
  readonly version: string;
  readonly kept: KeptBackups;
  /** Told of a test that failed. */
  failed(place: string, problem: string): void;
}

export class TestRestores {
  readonly #needs: TestRestoresNeeds;
  /** The newest backup's own key. In memory alone: an appliance that is stolen opens none of its backups. */
  #newest: { readonly id: string; readonly opening: Opening } | null = null;
  constructor(needs: TestRestoresNeeds) {
    this.#needs = needs;
  }

  /** The key of the backup that was just taken; the one before it is forgotten. */
  remember(id: string, fileKey: string): void {
    this.#newest = { id, opening: { fileKey } };
  }

  /**
   * Begins one that somebody asked for.
   * @param passphrase null: the key of the newest one is still known
   * @returns its end
   * @throws {AppError} not_found, request.conflict, backup.unreachable
   */
  async begin(id: string, passphrase: string | null, actor: AuditActor): Promise<Promise<void>[]> {
    const { kept, slot } = this.#needs;
    const row = await kept.require(id);
    await kept.requirePlace(row);
    const opening = this.#openingOf(id, passphrase);
    const held = slot.hold(undefined, id);
    const run = async (): Promise<void> => {
      using _held = held;
      await this.#test(held, row, opening, actor);
    };
    // In a list: a promise returned by itself would be waited for.
    return [slot.track(run())];
  }

  /** Of every so many backups, the one just taken, while its job still has the room. */
  async runIfDue(held: HeldSlot, row: StoredBackup, every: number): Promise<void> {
    if (every === 0 || this.#newest?.id !== row.id) return;
    const good = (await listBackups(this.#needs.database.queries, LOOKED_AT)).filter(isKept);
    const sinceTest = good.findIndex(({ test }) => test !== null);
    if ((sinceTest === -1 ? good.length : sinceTest) < every) return;
    await this.#test(held, row, this.#newest.opening, { kind: "system" });
  }

  #openingOf(id: string, passphrase: string | null): Opening {
    if (passphrase !== null) return { passphrase };
    if (this.#newest?.id === id) return this.#newest.opening;
    throw new AppError(
      "request.conflict",
      "Only the passphrase opens this backup: the service keeps the key of the newest one, and forgets it when it restarts.",
    );
  }

  async #test(held: HeldSlot, row: StoredBackup, opening: Opening, actor: AuditActor): Promise<void> {
    const { clock } = this.#needs;
    const startedMs = clock.monotonicMs();
    const problem = await this.#open(held, row, opening);
    await this.#write(row, actor, Math.round(clock.monotonicMs() - startedMs), problem);
    if (problem !== "") this.#needs.failed(placeOf(row), `The test restore failed. ${problem}`);
  }

  /** What is wrong with it; "": nothing. */
  async #open(held: HeldSlot, row: StoredBackup, opening: Opening): Promise<string> {
    const { slot, kept, log, version } = this.#needs;
    const place = await kept.requirePlace(row);
    const job = { kind: "open" as const, place, fileName: row.file_name, opening, version, settle: null };
    const onProgress = (done: number): void => void (held.progress = done);
    try {
      await slot.withFolder((folder) =>
        runJob<"open">({ ...job, work: join(folder, "opened") }, { signal: held.signal, onProgress, log }),
      );
      return "";
    } catch (error) {
      // A passphrase somebody mistyped says nothing about the backup, and neither does a test called off.
      const saysNothing =
        held.signal.aborted || (error instanceof AppError && error.code === "backup.wrong_passphrase");
      if (saysNothing || !(error instanceof AppError)) throw error;
      return error.message;
    }
  }

  async #write(row: StoredBackup, actor: AuditActor, tookMs: number, problem: string): Promise<void> {
    const { database, audit, clock } = this.#needs;
    const isPassed = problem === "";
    await database.transaction(async (tx) => {
      await writeBackupTest(tx, row.id, JSON.stringify({ at: clock.now().toISOString(), tookMs, isPassed, problem }));
      const outcome = isPassed ? "succeeded" : "failed";
      const detail = { place: placeOf(row), tookMs, ...(isPassed ? {} : { problem }) };
      await audit.record(tx, { action: "backup.tested", outcome, actor, object: auditObject(row), detail });
    });
  }
}
