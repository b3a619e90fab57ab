/** Uploading one file: begun or gone on with, slice by slice, each with its SHA-256, then put in its place. */
import type { Upload } from "../../../../protocol/api/console.ts";
import { AppError } from "../../../../protocol/errors.ts";

import { SLICE_BYTES } from "../../../../protocol/messages/transfers.ts";
import type { TransferHttp } from "./transfer-http.ts";
import {
  type ConflictAnswer,
  eachOf,
  type FileProgress,
  sliceOffsets,
  SliceProgress,
  type TransferWork,
  type WorkPort,
  type WorkResult,
} from "./transfer-work.ts";

/** Slices of one file on their way at once: hashing, sending and writing overlap, and memory stays small. */
const SLICES_AT_ONCE = 2;

export class FileUpload implements TransferWork {
  #id: string | null = null;
  #conflict: "refuse" | ConflictAnswer = "refuse";
  #isFinished = false;

  constructor(
    private readonly http: TransferHttp,
    readonly file: File,
    private readonly directory: string,
    readonly name: string,
  ) {}

  /** Called with the progress of this one file, instead of telling it of the job; for files of a folder. */
  onProgress: ((progress: FileProgress) => void) | null = null;

  async run(port: WorkPort): Promise<WorkResult> {
    const { id, verifiedBytes, isSkipped } = await this.#beginOrAnew(port);
    if (isSkipped) return { isSkipped, sha256: null };
    await this.#send(id, verifiedBytes, port);
    if (this.onProgress === null) port.tell({ type: "verifying" });
    const { sha256 } = await this.http.finish(id, port.signal);
    this.#isFinished = true;
    return { isSkipped: false, sha256 };
  }

  /** An upload the server knows no more (it has ended) is begun anew. */
  async #beginOrAnew(port: WorkPort): Promise<Upload> {
    try {
      return await this.#begin(port);
    } catch (error) {
      if (this.#id === null || !(error instanceof AppError) || error.code !== "transfer.unknown") throw error;
      this.#id = null;
      return this.#begin(port);
    }
  }

  /** Never broken off: whoever does not wait for the upload's id cannot clear it away, and it stays at the endpoint. */
  async #begin({ signal }: WorkPort): Promise<Upload> {
    signal.throwIfAborted();
    const begun = await this.http.begin({
      directory: this.directory,
      name: this.name,
      sizeBytes: this.file.size,
      modifiedAt: new Date(this.file.lastModified).toISOString(),
      conflict: this.#conflict,
      ...(this.#id === null ? {} : { transfer: this.#id }),
    });
    if (!begun.isSkipped) this.#id = begun.id;
    signal.throwIfAborted();
    return begun;
  }

  async #send(id: string, verifiedBytes: number, port: WorkPort): Promise<void> {
    const { size } = this.file;
    const progress = new SliceProgress(verifiedBytes, (moved) => this.#tell(moved, port));
    progress.move(verifiedBytes, 0);
    await eachOf(sliceOffsets(verifiedBytes, size, SLICE_BYTES), SLICES_AT_ONCE, async (offset) => {
      port.signal.throwIfAborted();
      const bytes = await this.#read(offset);
      await this.http.putSlice(id, offset, bytes, port.signal, (sent) =>
        progress.move(offset, Math.min(sent, bytes.byteLength)),
      );
      progress.finish(offset, bytes.byteLength);
    });
  }

  #tell(moved: FileProgress, port: WorkPort): void {
    if (this.onProgress === null) port.tell({ type: "moved", ...moved });
    else this.onProgress(moved);
  }

  /** The browser refuses to read a file that was changed since it was chosen; so nobody sends a mixture. */
  async #read(offset: number): Promise<ArrayBuffer> {
    try {
      return await this.file.slice(offset, offset + SLICE_BYTES).arrayBuffer();
    } catch (error) {
      throw new AppError(
        "file.changed",
        `${this.name} was changed, moved or locked on this computer while it was sent. Choose it again.`,
        { cause: error },
      );
    }
  }

  answer(answer: ConflictAnswer): void {
    this.#conflict = answer;
  }

  async discard(outcome: "cancelled" | "failed"): Promise<void> {
    if (this.#id !== null && !this.#isFinished) await this.http.discard(this.#id, outcome);
  }
}
