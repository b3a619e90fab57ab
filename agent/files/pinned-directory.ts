/**
 * A directory held by descriptor. Names below it are reached through /proc/self/fd, as openat(2) would: whoever swaps a
 * directory of the path for a link meanwhile moves nothing that we do (NA31).
 */
import { closeSync, constants, open as openCallback } from "node:fs";
import { open, readdir, readlink } from "node:fs/promises";
import { AppError } from "../../protocol/errors.ts";
import { shownPath } from "./endpoint-path.ts";
import { withFileError } from "./error-words.ts";

/** Linux: a descriptor that only names a place; needs no permission to read it (open(2)). */
const O_PATH = 0o10000000;
const FLAGS = O_PATH | constants.O_DIRECTORY;

export class PinnedDirectory implements Disposable {
  #isOpen = true;
  private constructor(
    private readonly descriptor: number,
    /** Where it really is: no link stands in it. */
    readonly path: Buffer,
  ) {}

  /** Opens a directory, following links on the way; `path` then says where they led. */
  static async follow(path: Buffer): Promise<PinnedDirectory> {
    return withFileError(shownPath(path), () => PinnedDirectory.#open(path, 0));
  }

  /**
   * Opens a directory whose path has no link in it, so that something is changed only where the person sees it.
   * @throws {AppError} file.link_refused, or why it cannot be opened.
   */
  static async at(path: Buffer): Promise<PinnedDirectory> {
    const directory = await PinnedDirectory.follow(path);
    if (directory.path.equals(path)) return directory;
    directory[Symbol.dispose]();
    throw new AppError(
      "file.link_refused",
      `${shownPath(path)} leads through a link to ${shownPath(directory.path)}. Open that folder and try again.`,
    );
  }

  /** Opens a directory below this one, never through a link. Throws the operating system's error. */
  async enter(name: Buffer): Promise<PinnedDirectory> {
    return PinnedDirectory.#open(this.child(name), constants.O_NOFOLLOW);
  }

  static async #open(path: Buffer, extraFlags: number): Promise<PinnedDirectory> {
    const descriptor = await openDescriptor(path, FLAGS | extraFlags);
    try {
      return new PinnedDirectory(descriptor, await readlink(`/proc/self/fd/${descriptor}`, { encoding: "buffer" }));
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** A path that reaches `name` in this very directory. */
  child(name: Buffer): Buffer {
    if (!this.#isOpen) throw new Error("the directory is closed");
    return Buffer.concat([Buffer.from(`/proc/self/fd/${this.descriptor}/`), name]);
  }

  /** A path that reaches this very directory. */
  get self(): Buffer {
    return this.child(Buffer.alloc(0));
  }

  /** The names in it, in the file system's order. */
  names(): Promise<Buffer[]> {
    return readdir(this.self, { encoding: "buffer" });
  }

  /** Writes its entries to the disk, so that a rename outlives a power cut. */
  async flush(): Promise<void> {
    const handle = await open(this.self, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.descriptor);
  }
}

/** node:fs's callback API gives the bare descriptor, which outlives no owner but us. */
function openDescriptor(path: Buffer, flags: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  openCallback(path, flags, (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)));
  return promise;
}
