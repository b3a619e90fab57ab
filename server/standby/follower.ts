/** The standby's side of a lane: writes what the primary sends, brings it to the disk, and says how far it is. */
import {
  BASE_SALTS,
  type LaneMessage,
  type LaneWordOf,
  LANE_WINDOW_BYTES,
  MAX_PIECE_BYTES,
} from "../../protocol/standby.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Clock } from "../clock.ts";
import type { CopyFolder } from "./copy/copy-folder.ts";
import type { Lane } from "./lane/lane.ts";

/** The primary sends no more than its window before it hears of it; more waiting than this is not one of ours. */
const MAX_WAITING_BYTES = LANE_WINDOW_BYTES + 4 * MAX_PIECE_BYTES;
/** However long the disk takes, the line is not dead. */
const SIGN_OF_LIFE_MS = 3000;
/** What a word counts for that waits: far more than one is. */
const WORD_BYTES = 1024;
const BASE_ACKNOWLEDGED_EVERY_BYTES = 1 << 20;

export interface FollowerNeeds {
  readonly clock: Clock;
  readonly lane: Lane;
  readonly copy: CopyFolder;
  /** How far the base copy is, 0 to 1; null: it is whole. */
  copying(done: number | null): void;
  /** Everything the primary had at this moment of its clock is here, on the disk. */
  inStep(primaryAtMs: number): void;
}

export class Follower implements AsyncDisposable {
  readonly #needs: FollowerNeeds;
  readonly #timer: ReturnType<typeof setInterval>;
  #waiting: LaneMessage[] = [];
  #waitingBytes = 0;
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;
  #isOver = false;
  #base: LaneWordOf<"base.begin"> | null = null;
  #baseBytes = 0;
  #pulse: LaneWordOf<"pulse"> | null = null;
  constructor(needs: FollowerNeeds) {
    this.#needs = needs;
    this.#timer = setInterval(() => this.#sayHowFar(), SIGN_OF_LIFE_MS);
  }

  /** When the primary last said how far it was, and how far that was; null: it has not. */
  get pulse(): { readonly bytes: number; readonly salts: string } | null {
    return this.#pulse;
  }

  /** Takes what concerns the copy; the bytes are kept. */
  received(message: LaneMessage): void {
    if (this.#isOver) return;
    this.#waitingBytes += weightOf(message);
    if (this.#waitingBytes > MAX_WAITING_BYTES) return this.#needs.lane.end("the other one sends more than was agreed");
    this.#waiting.push(message);
    if (!this.#isWorking) this.#working = this.#work();
  }

  /** Resolves when all that has come so far is on the disk. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Takes no more; what has come is written still, for it is what a primary that died has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    await this.#working;
  }

  /** Everything that waits, then one sync and one acknowledgement for all of it. */
  async #work(): Promise<void> {
    const { lane, copy } = this.#needs;
    this.#isWorking = true;
    try {
      while (this.#waiting.length > 0) {
        for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
          this.#waitingBytes -= weightOf(next);
          await this.#take(next);
        }
        await this.#acknowledge();
      }
    } catch (error) {
      this.#isOver = true;
      this.#waiting = [];
      lane.send({ type: "cannot", reason: problemOf(error) });
      lane.end(error instanceof Error ? error.message : String(error));
      // What is on the disk counts, not what was to be written: the next line begins with a look at it.
      await copy.close();
    } finally {
      this.#isWorking = false;
    }
  }

  async #take(message: LaneMessage): Promise<void> {
    const { copy, copying, lane } = this.#needs;
    switch (message.type) {
      case "base.begin":
        this.#base = message;
        this.#baseBytes = 0;
        copying(0);
        return await copy.beginBase(message.salts, message.sizeBytes, message.secretKey);
      case "base":
        await copy.writeBase(message.offset, message.bytes);
        this.#baseBytes = message.offset + message.bytes.length;
        copying(Math.min(0.99, this.#baseBytes / Math.max(1, this.#base?.sizeBytes ?? 1)));
        if (this.#baseBytes % BASE_ACKNOWLEDGED_EVERY_BYTES < message.bytes.length)
          lane.send({ type: "acknowledged", salts: BASE_SALTS, bytes: this.#baseBytes });
        return;
      case "base.end":
        return await copy.endBase(message.logBytes);
      case "log":
        return await copy.append(message.salts, message.offset, message.bytes);
      case "log.rolled":
        return await copy.roll(message.bytes, message.salts);
      case "pulse":
        this.#pulse = message;
        return;
      default:
        return;
    }
  }

  #sayHowFar(): void {
    const { lane, copy } = this.#needs;
    const { salts } = copy;
    const bytes = salts === null ? this.#baseBytes : copy.syncedBytes;
    lane.send({ type: "acknowledged", salts: salts ?? BASE_SALTS, bytes });
  }

  async #acknowledge(): Promise<void> {
    const { copy, lane, copying, inStep } = this.#needs;
    const hasBecomeWhole = await copy.sync();
    if (hasBecomeWhole) {
      this.#base = null;
      copying(null);
      lane.send({ type: "base.whole" });
    }
    this.#sayHowFar();
    const { position } = copy;
    const pulse = this.#pulse;
    if (position !== null && pulse !== null && position.salts === pulse.salts && position.bytes >= pulse.bytes)
      inStep(pulse.at);
  }
}

const weightOf = (message: LaneMessage): number =>
  message.type === "base" || message.type === "log" ? message.bytes.length : WORD_BYTES;

const isFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");

function problemOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (isFull(error)) return "The disk of the standby is full. Make it larger; until then nothing is copied.";
  return "The standby could not write its copy. It tries again; its log says more.";
}
