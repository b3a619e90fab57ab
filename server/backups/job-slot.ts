/** Room for one job at a time: copies and tests need the disk twice over. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../protocol/errors.ts";
import { newId } from "../new-id.ts";
import { UNFINISHED } from "./places/folder.ts";
import { BACKUPS_FOLDER } from "./targets.ts";

/** A folder a job works in; whatever is left of one is removed at the next start. */
const WORK = "work-";

/** Who has the room: disposed, it is free again. */
export interface HeldSlot extends Disposable {
  /** The backup it is about. */
  readonly id: string;
  readonly signal: AbortSignal;
  /** How far it is, 0 to 1. */
  progress: number;
}

export class JobSlot {
  readonly #folder: string;
  readonly #pending = new Set<Promise<unknown>>();
  #held: { readonly slot: HeldSlot; readonly control: AbortController } | null = null;

  /** @param directory the data directory */
  constructor(directory: string) {
    this.#folder = join(directory, BACKUPS_FOLDER);
  }

  /** Whether somebody has it: another job would be refused. */
  get isBusy(): boolean {
    return this.#held !== null;
  }

  /** How far the job about this backup is; null: there is none. */
  progressOf(id: string): number | null {
    return this.#held?.slot.id === id ? this.#held.slot.progress : null;
  }

  /** @throws {AppError} request.conflict when another job runs */
  hold(signal?: AbortSignal, id = newId<string>()): HeldSlot {
    if (this.#held !== null)
      throw new AppError("request.conflict", "A backup is being taken or tested. Wait for it, or cancel it.");
    const control = new AbortController();
    signal?.addEventListener("abort", () => control.abort(), { once: true });
    if (signal?.aborted === true) control.abort();
    const free = (): void => void (this.#held = null);
    const slot: HeldSlot = { id, signal: control.signal, progress: 0, [Symbol.dispose]: free };
    this.#held = { slot, control };
    return slot;
  }

  /** Calls the job about this backup off and waits for its end; false: there is none. */
  async cancel(id: string): Promise<boolean> {
    if (this.#held?.slot.id !== id) return false;
    await this.stop();
    return true;
  }

  /** Whatever runs is called off; resolves when all of it has ended. */
  async stop(): Promise<void> {
    this.#held?.control.abort();
    await Promise.allSettled(this.#pending);
  }

  /** What must end before the server does. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#pending.add(work);
    try {
      return await work;
    } finally {
      this.#pending.delete(work);
    }
  }

  /** A folder that is gone afterwards, also when the job was killed. */
  async withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
    const folder = join(this.#folder, `${WORK}${randomUUID()}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      return await run(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** What this process before it ended, or another one, left lying about. Once, before anything runs. */
  async clearUp(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const left = (await readdir(this.#folder)).filter((name) => name.endsWith(UNFINISHED) || name.startsWith(WORK));
    for (const name of left) await rm(join(this.#folder, name), { recursive: true, force: true });
  }
}
