/**
 * A pipe by which one thread wakes another that blocks in poll(). The messages themselves go by postMessage; they are
 * counted, for a thread that has woken may be a turn of its event loop ahead of them.
 */
import { ptr } from "bun:ffi";
import { AppError } from "../../protocol/errors.ts";
import { type CLibrary, openCLibrary } from "./c-library.ts";
import { fixedBytes } from "./connection.ts";

const O_NONBLOCK_AND_CLOEXEC = 0o2004000;

/** What the sleeping thread is given. */
export interface WakeHandle {
  readonly descriptor: number;
  /** One Int32: how many messages have been posted. */
  readonly posted: SharedArrayBuffer;
}

/** The waking end, owned by the thread that made the pipe. Disposing closes both ends: only once the sleeper is gone. */
export class WakePipe implements Disposable {
  readonly #c: CLibrary = openCLibrary();
  readonly #byte = fixedBytes(8);
  readonly #ends = new Int32Array(new ArrayBuffer(8));
  readonly #posted = new Int32Array(new SharedArrayBuffer(4));
  #isOpen = true;

  constructor() {
    if (this.#c.pipe2(ptr(this.#ends), O_NONBLOCK_AND_CLOEXEC) !== 0)
      throw new AppError("internal", "The agent has no file descriptors left. Restart it.");
  }

  /** To be handed to the thread that sleeps, with the first message. */
  get handle(): WakeHandle {
    return { descriptor: this.#ends[0]!, posted: this.#posted.buffer as SharedArrayBuffer };
  }

  /** To be called after each message. A full pipe already wakes the sleeper, so the result does not matter. */
  wake(): void {
    Atomics.add(this.#posted, 0, 1);
    if (this.#isOpen) this.#c.write(this.#ends[1]!, ptr(this.#byte), 1);
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#c.close(this.#ends[0]!);
    this.#c.close(this.#ends[1]!);
  }
}

/** The sleeping end. */
export class Sleeper {
  readonly descriptor: number;
  readonly #posted: Int32Array;
  readonly #scratch = fixedBytes(64);
  #received = 0;

  constructor(handle: WakeHandle) {
    this.descriptor = handle.descriptor;
    this.#posted = new Int32Array(handle.posted);
  }

  /** To be called for each message that has come. */
  received(): void {
    this.#received++;
  }

  /** Empties the pipe after it woke us. */
  drain(c: CLibrary): void {
    while (Number(c.read(this.descriptor, ptr(this.#scratch), this.#scratch.length)) === this.#scratch.length) continue;
  }

  /** Turns the event loop until every message posted so far has come. */
  async takeMessages(): Promise<void> {
    do await new Promise((resolve) => void setImmediate(resolve));
    while (this.#received < Atomics.load(this.#posted, 0));
  }
}
