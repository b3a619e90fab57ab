/**
 * A large file on its way to the appliance in slices, each safe on its disk before the next one goes. A lost line costs one
 * slice: the upload waits, asks how much is there, and goes on.
 */
import { AppError } from "../../../protocol/errors.ts";
import { isNoAnswer } from "../box/box.svelte.ts";

/** Small enough for a slow line within the time limit of one request, in bytes; a fast line gets larger ones. */
const FIRST_SLICE_BYTES = 1 << 20;
/** As much as the server takes at once. */
const MAX_SLICE_BYTES = 8 << 20;
/** A slice that took less could have been larger. */
const QUICK_MS = 1_500;
const RETRY_AFTER_MS = 2_000;

/** Where it goes. */
export interface UploadTarget {
  /** Sends a slice. @returns how much is safe then @throws {AppError} */
  put(slice: Blob, offset: number, signal: AbortSignal): Promise<number>;
  /** How much is safe now. @throws {AppError} */
  received(): Promise<number>;
}

/** One upload at a time, from the file to its last byte. */
export class SlicedUpload {
  file: File | null = $state.raw(null);
  sentBytes = $state(0);
  /** Nothing answers; it is tried again. */
  isWaiting = $state(false);
  /** Why it ended early; "": it did not. */
  problem = $state("");
  #stop: AbortController | null = null;
  #sliceBytes = FIRST_SLICE_BYTES;

  get isSending(): boolean {
    return this.file !== null;
  }

  /** 0 to 1. */
  get progress(): number {
    return this.file === null || this.file.size === 0 ? 0 : this.sentBytes / this.file.size;
  }

  /** Sends all of it from `offset`. @returns whether it arrived; false: stopped, or refused with `problem` */
  async send(file: File, target: UploadTarget, offset = 0): Promise<boolean> {
    const stop = new AbortController();
    this.#stop = stop;
    this.file = file;
    this.sentBytes = offset;
    this.problem = "";
    window.addEventListener("beforeunload", holdPage);
    try {
      while (this.sentBytes < file.size && !stop.signal.aborted) await this.#sendSlice(file, target, stop.signal);
      return !stop.signal.aborted;
    } catch (error) {
      if (!stop.signal.aborted) this.problem = error instanceof Error ? error.message : String(error);
      return false;
    } finally {
      window.removeEventListener("beforeunload", holdPage);
      this.file = null;
      this.isWaiting = false;
      this.#stop = null;
    }
  }

  /** Sends no more. What has arrived stays until the other side throws it away. */
  stop(): void {
    this.#stop?.abort();
  }

  async #sendSlice(file: File, target: UploadTarget, signal: AbortSignal): Promise<void> {
    try {
      if (this.isWaiting) this.sentBytes = await target.received();
      this.isWaiting = false;
      const slice = file.slice(this.sentBytes, this.sentBytes + this.#sliceBytes, "application/octet-stream");
      if (slice.size === 0) return;
      const beganAt = performance.now();
      this.sentBytes = await target.put(slice, this.sentBytes, signal);
      if (performance.now() - beganAt < QUICK_MS) this.#sliceBytes = Math.min(MAX_SLICE_BYTES, this.#sliceBytes * 2);
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      this.isWaiting = true;
      this.#sliceBytes = FIRST_SLICE_BYTES;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    }
  }
}

/** The browser asks before it closes a page that still sends. */
const holdPage = (event: BeforeUnloadEvent): void => event.preventDefault();

/** A lost line, or a sign-in that the person renews over the page. */
const isPassing = (error: unknown): boolean =>
  error instanceof AppError && (isNoAnswer(error) || error.code === "sign_in.required");
