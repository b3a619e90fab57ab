/** A pipe by which one thread wakes another that blocks in poll(). */
import { ptr } from "bun:ffi";
import { AppError } from "../../protocol/errors.ts";
import { type CLibrary, openCLibrary } from "./c-library.ts";
import { fixedBytes } from "./connection.ts";

const O_NONBLOCK_AND_CLOEXEC = 0o2004000;

/** The waking end, owned by the thread that made the pipe. Disposing closes both ends: only once the sleeper is gone. */
export class WakePipe implements Disposable {
  readonly #c: CLibrary = openCLibrary();
  readonly #byte = fixedBytes(8);
  readonly #ends = new Int32Array(new ArrayBuffer(8));
  #isOpen = true;

  constructor() {
    if (this.#c.pipe2(ptr(this.#ends), O_NONBLOCK_AND_CLOEXEC) !== 0)
      throw new AppError("internal", "The agent has no file descriptors left. Restart it.");
  }

  /** To be handed to the thread that sleeps. */
  get sleeperDescriptor(): number {
    return this.#ends[0]!;
  }

  /** A full pipe already wakes the sleeper, so the result does not matter. */
  wake(): void {
    if (this.#isOpen) this.#c.write(this.#ends[1]!, ptr(this.#byte), 1);
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#c.close(this.#ends[0]!);
    this.#c.close(this.#ends[1]!);
  }
}

/** Empties the sleeper's end after it woke. */
export function drainWake(c: CLibrary, descriptor: number, scratch: Uint8Array<ArrayBuffer>): void {
  while (Number(c.read(descriptor, ptr(scratch), scratch.length)) === scratch.length) continue;
}
