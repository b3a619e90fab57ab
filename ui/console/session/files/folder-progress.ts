/** Bytes of many files that move at the same time, as one sum. */
import type { FileProgress } from "./transfer-work.ts";

export class FolderProgress {
  readonly #moving = new Map<object, FileProgress>();

  constructor(
    private doneBytes: number,
    private readonly changed: (progress: FileProgress) => void,
  ) {}

  move(file: object, progress: FileProgress): void {
    this.#moving.set(file, progress);
    this.#tell();
  }
  finish(file: object, sizeBytes: number): void {
    this.#moving.delete(file);
    this.doneBytes += sizeBytes;
    this.#tell();
  }
  /** It failed: what moved of it does not count. */
  drop(file: object): void {
    this.#moving.delete(file);
    this.#tell();
  }

  #tell(): void {
    let movingBytes = 0;
    for (const moving of this.#moving.values()) movingBytes += moving.doneBytes + moving.movingBytes;
    this.changed({ doneBytes: this.doneBytes, movingBytes });
  }
}
