/** What goes on by itself with the update under way: it is downloaded, and each step of its preparation is done in turn. */
import { AppError } from "../../protocol/errors.ts";
import type { KnownSystem } from "../appliance-status/system-facts.ts";
import type { Log } from "../log.ts";
import { Download } from "./download.ts";
import { preparationSteps, type PreparationNeeds } from "./preparation.ts";
import { failed, nextToPrepare, type StepName, type UpdateRecord, withStep } from "./update.ts";
import type { UpdateJournal } from "./update-journal.ts";
import type { StoredUpdateSettings } from "./update-settings.ts";

export interface UpdateWorkNeeds extends PreparationNeeds {
  readonly log: Log;
  readonly settings: StoredUpdateSettings;
  readonly journal: UpdateJournal;
  readonly system: KnownSystem;
}

/** What runs, and how far its step is. */
interface Running {
  readonly id: string;
  readonly ending: AbortController;
  readonly done: Promise<void>;
  step: StepName;
  progress: number | null;
}

export class UpdateWork {
  #running: Running | null = null;

  constructor(private readonly needs: UpdateWorkNeeds) {}

  /** Breaks off what runs, and waits for its end. The record stays as it is. */
  async stop(): Promise<void> {
    const running = this.#running;
    running?.ending.abort();
    await running?.done;
  }

  /** 0 to 1; null: not known, or that step does not run. */
  progressOf(id: string, step: StepName): number | null {
    return this.#running?.id === id && this.#running.step === step ? this.#running.progress : null;
  }

  /** @param bundle its name at the address; null: the address is asked */
  download(record: UpdateRecord, bundle: string | null): void {
    const { settings, journal, folder } = this.needs;
    this.#run(record, "received", async (running) => {
      const place = await settings.read();
      const whole = await new Download({ place, journal, folder }, record, running.ending.signal).run(bundle);
      await journal.save(withStep({ ...whole, state: "preparing" }, "received", "done", journal.now()));
      await this.#prepare(running);
    });
  }

  /** The steps that are not done yet, in order. */
  prepare(record: UpdateRecord): void {
    this.#run(record, nextToPrepare(record) ?? "staged", (running) => this.#prepare(running));
  }

  async #prepare(running: Running): Promise<void> {
    const { journal } = this.needs;
    const { signal } = running.ending;
    for (let record = journal.current; record?.id === running.id && !signal.aborted; record = journal.current) {
      const name = nextToPrepare(record);
      if (name === null) return await this.#ready(record);
      [running.step, running.progress] = [name, null];
      const begun = await journal.save(withStep(record, name, "running", journal.now()));
      const onProgress = (part: number): void => void (running.progress = Math.min(1, Math.max(0, part)));
      const { state, detail, changes } = await preparationSteps[name](this.needs, begun, { signal, onProgress });
      await journal.save(withStep({ ...begun, ...changes }, name, state, journal.now(), detail));
    }
  }

  async #ready(record: UpdateRecord): Promise<void> {
    const { journal, system, folder } = this.needs;
    system.forget();
    const detail = `${record.version} starts with the next restart that is asked for.`;
    const event = { kind: "update.ready", health: "ok", detail } as const;
    const news = { action: "update.prepared", event, detail: { slot: record.slot } } as const;
    await journal.save({ ...record, state: "ready" }, news);
    folder.keepOnly(null);
  }

  /** What the work throws is the end of the update, unless somebody broke it off. */
  #run(record: UpdateRecord, step: StepName, work: (running: Running) => Promise<void>): void {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const running: Running = { id: record.id, ending: new AbortController(), done, step, progress: null };
    this.#running = running;
    void work(running)
      .catch((error: unknown) => this.#failed(running, error))
      .catch((error: unknown) => this.needs.log.error("an update could not be written down", error))
      .finally(() => {
        if (this.#running === running) this.#running = null;
        resolve();
      });
  }

  async #failed({ id, ending, step }: Running, error: unknown): Promise<void> {
    const { journal, folder, log } = this.needs;
    const record = journal.current;
    if (ending.signal.aborted || record?.id !== id) return;
    if (!(error instanceof AppError)) log.error("an update failed", error, { step });
    const why = error instanceof AppError ? error.message : "Something went wrong that was not foreseen.";
    await journal.save(failed(record, step, why, journal.now()), {
      ...{ action: "update.failed", isFailure: true, detail: { step, reason: why } },
      event: { kind: "update.failed", health: "attention", detail: `${record.version}: ${why}` },
    });
    folder.keepOnly(null);
  }
}
