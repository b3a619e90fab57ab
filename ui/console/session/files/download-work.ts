/** Downloading one file to a place the person chose, slice by slice, each checked, written where it belongs. */
import { AppError } from "../../../../protocol/errors.ts";
import { SLICE_BYTES } from "../../../../protocol/messages/transfers.ts";
import type { TransferHttp } from "./transfer-http.ts";
import {
  eachOf,
  type FileProgress,
  sliceOffsets,
  SliceProgress,
  type TransferWork,
  type WorkPort,
  type WorkResult,
} from "./transfer-work.ts";

const SLICES_AT_ONCE = 2;

/** Makes the file that is written; called once, when the first byte is wanted. */
export type OpenTarget = () => Promise<FileSystemFileHandle>;

/**
 * The browser writes into a file of its own and puts it in place when it is closed: until then an empty file holds the
 * name, and a download given up leaves nothing.
 */
export class FileDownload implements TransferWork {
  #id: string | null = null;
  #version = "";
  #sizeBytes = 0;
  /** What is written, until it is whole. */
  #target: FileSystemFileHandle | null = null;
  #writer: FileSystemWritableFileStream | null = null;
  readonly #verified = new Set<number>();

  constructor(
    private readonly http: TransferHttp,
    readonly path: string,
    private readonly openTarget: OpenTarget,
  ) {}

  /** Called with the progress of this one file, instead of telling it of the job; for files of a folder. */
  onProgress: ((progress: FileProgress) => void) | null = null;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async run(port: WorkPort): Promise<WorkResult> {
    try {
      return await this.#run(port);
    } catch (error) {
      // Looked at anew: what was fetched of another state of the file does not count.
      if (error instanceof AppError && (error.code === "file.changed" || error.code === "transfer.unknown"))
        this.#id = null;
      throw error;
    }
  }

  async #run(port: WorkPort): Promise<WorkResult> {
    const id = await this.#look(port);
    this.#target ??= await this.openTarget();
    const writer = (this.#writer ??= await this.#target.createWritable());
    await this.#fetch(id, writer, port);
    if (this.onProgress === null) port.tell({ type: "verifying" });
    const sha256 = await this.http.hash(id, port.signal);
    await this.#inWords(() => writer.close());
    this.#writer = null;
    this.#target = null;
    await this.http.endDownload(id, "finished");
    return { isSkipped: false, sha256 };
  }

  async #look({ signal, tell }: WorkPort): Promise<string> {
    if (this.#id !== null) return this.#id;
    const { id, sizeBytes, version } = await this.http.createDownload(this.path, signal);
    if (version !== this.#version) this.#verified.clear();
    this.#version = version;
    this.#id = id;
    this.#sizeBytes = sizeBytes;
    if (this.onProgress === null) tell({ type: "counted", files: 1, bytes: sizeBytes });
    return id;
  }

  async #fetch(id: string, writer: FileSystemWritableFileStream, port: WorkPort): Promise<void> {
    const offsets = [...sliceOffsets(0, this.#sizeBytes, SLICE_BYTES)];
    const left = offsets.filter((offset) => !this.#verified.has(offset));
    const leftBytes = left.reduce((sum, offset) => sum + Math.min(SLICE_BYTES, this.#sizeBytes - offset), 0);
    const progress = new SliceProgress(this.#sizeBytes - leftBytes, (moved) => this.#tell(moved, port));
    await eachOf(left, SLICES_AT_ONCE, async (position) => {
      port.signal.throwIfAborted();
      const slice = { offset: position, length: Math.min(SLICE_BYTES, this.#sizeBytes - position) };
      const data = await this.http.slice(id, slice, port.signal, (bytes) => progress.move(position, bytes));
      await this.#inWords(() => writer.write({ type: "write", position, data }));
      this.#verified.add(position);
      progress.finish(position, data.length);
    });
  }

  #tell(moved: FileProgress, port: WorkPort): void {
    if (this.onProgress === null) port.tell({ type: "moved", ...moved });
    else this.onProgress(moved);
  }

  async #inWords(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      const why = isFull
        ? "the disk of this computer is full. Free some space"
        : "this computer does not allow it. Choose another folder";
      throw new AppError(
        isFull ? "file.no_space" : "file.denied",
        `${this.path.toWellFormed()} was not saved: ${why} and try again.`,
        { cause: error },
      );
    }
  }

  answer(): void {
    // A target is chosen by the person beforehand: there is no taken name to ask about.
  }

  async discard(outcome: "cancelled" | "failed"): Promise<void> {
    const [writer, target] = [this.#writer, this.#target];
    this.#writer = null;
    this.#target = null;
    this.#verified.clear();
    await writer?.abort();
    if (target !== null) await removeIfThere(target);
    if (this.#id !== null) await this.http.endDownload(this.#id, outcome);
  }
}

async function removeIfThere(file: FileSystemFileHandle): Promise<void> {
  try {
    await file.remove();
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "NotFoundError")) throw error;
  }
}
