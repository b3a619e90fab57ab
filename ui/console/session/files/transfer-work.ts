/** What a job does when its turn comes, whichever way the bytes go. */
import type { TransferEvent } from "./transfer-state.ts";

/** How a piece of work tells of itself while it runs. */
export interface WorkPort {
  /** Aborted by a pause or a cancel: stop, and keep what is needed to go on. */
  readonly signal: AbortSignal;
  tell(event: TransferEvent): void;
}

/** How it came out: the checksum of a single file where there is one. */
export type WorkResult = { readonly isSkipped: boolean; readonly sha256: string | null };

/** The answer to a taken name. */
export type ConflictAnswer = "overwrite" | "keep-both" | "skip";

export interface TransferWork {
  /** Called again after a pause, a break or an answer, it goes on where it was. Throws what stopped it. */
  run(port: WorkPort): Promise<WorkResult>;
  /** The person's answer to the name that is taken; `forAll`: also to those that follow. */
  answer(answer: ConflictAnswer, forAll: boolean): void;
  /** Given up: nothing of it stays behind. */
  discard(outcome: "cancelled" | "failed"): Promise<void>;
}

/** Bytes of one file: what is verified, and what moves beyond it. */
export interface FileProgress {
  doneBytes: number;
  movingBytes: number;
}

/** Does `work` for each item, so many at once, in order. The first that throws stops the rest and is thrown. */
export async function eachOf<T>(items: Iterable<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let isStopped = false;
  const worker = async (): Promise<void> => {
    while (!isStopped) {
      const { value, done } = iterator.next();
      if (done === true) return;
      try {
        await work(value);
      } catch (error) {
        isStopped = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** The offsets of a file's slices from `from` on. */
export function* sliceOffsets(from: number, sizeBytes: number, sliceBytes: number): Generator<number> {
  for (let offset = from - (from % sliceBytes); offset < sizeBytes; offset += sliceBytes) yield offset;
}

/** Counts slices that move at the same time. */
export class SliceProgress {
  readonly #moving = new Map<number, number>();
  constructor(
    private doneBytes: number,
    private readonly changed: (progress: FileProgress) => void,
  ) {}

  move(offset: number, bytes: number): void {
    this.#moving.set(offset, bytes);
    this.#tell();
  }
  finish(offset: number, bytes: number): void {
    this.#moving.delete(offset);
    this.doneBytes += bytes;
    this.#tell();
  }
  #tell(): void {
    let movingBytes = 0;
    for (const bytes of this.#moving.values()) movingBytes += bytes;
    this.changed({ doneBytes: this.doneBytes, movingBytes });
  }
}
