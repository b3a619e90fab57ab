/**
 * The folder `updates/` of the data directory, where a bundle lies while it is received and until it is written into its
 * slot. One at a time; what a process left behind goes when the next update begins.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../protocol/errors.ts";
import { readDisk } from "../appliance-status/machine-load.ts";

/** The folder's name; the helper knows it too. */
export const UPDATES_FOLDER = "updates";
/** So much stays free for the database while an update is received. */
const SPARE_BYTES = 256 << 20;

export class BundleFolder {
  readonly #path: string;
  constructor(directory: string) {
    this.#path = join(directory, UPDATES_FOLDER);
  }

  /** Where a bundle of this name lies. */
  pathOf(fileName: string): string {
    return join(this.#path, fileName);
  }

  /** Makes room for one: others go. @throws {AppError} storage.full */
  prepare(sizeBytes: number): void {
    this.keepOnly(null);
    const { freeBytes } = readDisk(this.#path);
    if (freeBytes >= sizeBytes + SPARE_BYTES) return;
    const [needed, free] = [sizeBytes + SPARE_BYTES, freeBytes].map((bytes) => `${Math.ceil(bytes / 1e6)} MB`);
    throw new AppError(
      "storage.full",
      `The update needs ${needed} of free space; ${free} are there. Make room, or make the disk larger.`,
    );
  }

  /** Takes away everything but this file; null: everything. */
  keepOnly(fileName: string | null): void {
    mkdirSync(this.#path, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#path))
      if (name !== fileName) rmSync(join(this.#path, name), { recursive: true, force: true });
  }

  /**
   * Writes bytes at an offset; they are on the disk when it returns.
   * @param maxBytes the most that `body` may hold
   * @returns how many there were
   * @throws {AppError} storage.full, request.too_large
   */
  async write(fileName: string, offset: number, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<number> {
    const file = await open(this.pathOf(fileName), offset === 0 ? "w" : "r+", 0o600);
    let written = 0;
    try {
      for await (const piece of body) {
        if (written + piece.length > maxBytes) throw tooLong();
        await writeAll(file, piece, offset + written);
        written += piece.length;
      }
      await file.sync();
      return written;
    } catch (error) {
      throw isNoSpace(error) ? full(error) : error;
    } finally {
      await file.close();
    }
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, piece: Uint8Array, at: number): Promise<void> {
  let done = 0;
  while (done < piece.length) done += (await file.write(piece, done, piece.length - done, at + done)).bytesWritten;
}

const isNoSpace = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");

const full = (cause: unknown): AppError =>
  new AppError("storage.full", "The disk is full, so the update is not whole. Make room and go on with it.", { cause });

const tooLong = (): AppError =>
  new AppError("request.too_large", "More came than the update has bytes. It was not taken; begin again.");
