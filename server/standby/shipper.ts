/** The primary's side of a lane: gives a standby a base copy where it needs one, then the log as it grows. */
import {
  BASE_SALTS,
  type LaneMessage,
  type LaneWordOf,
  LANE_WINDOW_BYTES,
  type LogPosition,
  MAX_PIECE_BYTES,
} from "../../protocol/standby.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Lane } from "./lane/lane.ts";
import { readBaseFile } from "./source/base-file.ts";
import type { LogSource } from "./source/log-source.ts";

/** How often the log is looked at: what is lost when the primary dies is at most that and the way to the standby. */
const LOOK_MS = 25;
const PULSE_MS = 1000;
/** Marks of when how much was written, for how far a standby is behind; past it the newest are merged. */
const MAX_MARKS = 4096;

export interface ShipperNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly lane: Lane;
  readonly source: LogSource;
  /** The database's file and its size now. */
  readonly databaseFile: string;
  databaseBytes(): number;
  /** Base64url. */
  secretKey(): string;
  /** Further behind than this, in bytes of the log, the standby is given up for now. */
  farthestBytes(): number;
  /** The copy was known to be all there is, at this moment. */
  inStep(): void;
  /** The standby is farther behind than that. */
  tooFar(): void;
}

/** How far one standby is. */
export interface Progress {
  /** 0 to 1 while the base copy runs; null: it is there. */
  readonly copying: number | null;
  readonly behindSeconds: number | null;
  readonly behindBytes: number | null;
}

export class Shipper implements AsyncDisposable {
  readonly #needs: ShipperNeeds;
  readonly #timers: ReturnType<typeof setInterval>[];
  readonly #stop = new AbortController();
  readonly #shipping: Promise<void>;
  #wake: () => void = () => undefined;
  /** What was sent and acknowledged of the log; of the base, what was sent. */
  #sent: LogPosition = { salts: "", bytes: 0, checksum: "" };
  #acknowledged = { salts: "", bytes: 0 };
  /** Of generations before the present one, sent and not acknowledged. */
  #sentBefore = 0;
  #baseSent = 0;
  #baseAcknowledged = 0;
  #copying: number | null = null;
  /** When how much of the present generation was there: oldest first, unacknowledged ones alone. */
  #marks: { readonly bytes: number; readonly atMs: number }[] = [];

  /** @param position where the standby is; null: it has no copy */
  constructor(needs: ShipperNeeds, position: LogPosition | null) {
    this.#needs = needs;
    this.#timers = [setInterval(() => this.#look(), LOOK_MS), setInterval(() => this.#pulse(), PULSE_MS)];
    this.#shipping = this.#ship(position).catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      needs.log.error("the standby could not be fed", error);
      needs.lane.end("it could not be fed");
    });
  }

  get lane(): Lane {
    return this.#needs.lane;
  }

  get progress(): Progress {
    const { source, clock } = this.#needs;
    // What was committed a moment ago counts, too.
    this.#look();
    const oldest = this.#marks[0];
    if (this.#copying !== null) return { copying: this.#copying, behindSeconds: null, behindBytes: null };
    const behindBytes = this.#isCurrent ? Math.max(0, source.committedBytes - this.#acknowledged.bytes) : null;
    return {
      copying: null,
      behindSeconds: oldest === undefined ? 0 : Math.max(0, (clock.monotonicMs() - oldest.atMs) / 1000),
      behindBytes,
    };
  }

  /** How far the log goes that the standby is fed from. */
  get position(): LogPosition {
    return this.#needs.source.position;
  }

  /** Whether the standby holds everything that is committed now. */
  get isInStep(): boolean {
    return this.#copying === null && this.#isCurrent && this.#acknowledged.bytes === this.#needs.source.committedBytes;
  }

  /** What the standby says that concerns its copy. */
  received(message: LaneMessage): void {
    if (message.type === "base.whole") {
      this.#copying = null;
      // The standby knows by it that it is in step, and from when on a loss counts.
      this.#pulse();
    }
    if (message.type === "acknowledged") this.#acknowledge(message);
    this.#wake();
  }

  /**
   * Waits until the standby holds everything that is committed; nobody may write meanwhile.
   * @returns whether it does, and is there
   */
  async catchUp(timeoutMs: number): Promise<boolean> {
    const { source, lane, clock } = this.#needs;
    const endsAtMs = clock.monotonicMs() + timeoutMs;
    source.lookToTheEnd();
    for (; !this.isInStep; await Bun.sleep(5)) {
      if (lane.isOver || source.isLost || clock.monotonicMs() > endsAtMs) return false;
      this.#wake();
    }
    // Whoever had everything may have gone meanwhile.
    return !lane.isOver;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#stop.abort();
    this.#needs.lane.end("it is over");
    this.#wake();
    await this.#shipping;
  }

  get #isCurrent(): boolean {
    return this.#acknowledged.salts === this.#needs.source.salts;
  }

  async #ship(position: LogPosition | null): Promise<void> {
    const { lane, source } = this.#needs;
    // After a start the log may be long.
    while (source.look()) await Bun.sleep(0);
    if (position !== null && source.canResume(position)) {
      this.#sent = position;
      this.#acknowledged = position;
      lane.send({ type: "log.resumed" });
      this.#pulse();
    } else {
      await this.#sendBase();
    }
    while (!this.#stop.signal.aborted && !lane.isOver) {
      if (!this.#sendNext()) await this.#untilSomethingHappens();
      else await turn();
    }
  }

  async #sendBase(): Promise<void> {
    const { lane, source, databaseFile } = this.#needs;
    const sizeBytes = this.#needs.databaseBytes();
    this.#copying = 0;
    this.#sent = { salts: source.salts, bytes: 0, checksum: "" };
    this.#acknowledged = { salts: source.salts, bytes: 0 };
    lane.send({ type: "base.begin", salts: source.salts, sizeBytes, secretKey: this.#needs.secretKey() });
    await using file = readBaseFile(databaseFile);
    for await (const read of file.pieces) {
      for (let at = 0; at < read.length; at += MAX_PIECE_BYTES) {
        const bytes = read.subarray(at, at + MAX_PIECE_BYTES);
        while (!this.#hasRoom) await this.#untilSomethingHappens();
        if (this.#stop.signal.aborted || lane.isOver) return;
        lane.send({ type: "base", salts: "", offset: this.#baseSent, bytes });
        this.#baseSent += bytes.length;
        this.#copying = Math.min(0.99, this.#baseSent / Math.max(1, sizeBytes));
        await turn();
      }
    }
    if (!(await file.isComplete())) throw new Error("the database's file could not be read to its end");
    source.lookToTheEnd();
    lane.send({ type: "base.end", logBytes: source.committedBytes });
  }

  /** Whether something was sent. */
  #sendNext(): boolean {
    const { lane, source } = this.#needs;
    if (!this.#hasRoom) return false;
    const next = source.next(this.#sent.salts, this.#sent.bytes);
    if (next.kind === "lost") lane.end("the log began again unseen; a new copy is needed");
    if (next.kind === "lost" || next.kind === "nothing") return false;
    if (next.kind === "rolled") {
      lane.send({ type: "log.rolled", bytes: next.bytes, salts: next.salts });
      this.#sentBefore = this.#logUnderWay;
      this.#sent = { salts: next.salts, bytes: 0, checksum: "" };
    } else {
      lane.send({ type: "log", salts: this.#sent.salts, offset: next.offset, bytes: next.bytes });
      this.#sent = { ...this.#sent, bytes: next.offset + next.bytes.length };
    }
    return true;
  }

  /** Of the base and of the log no more than the window is under way. */
  get #hasRoom(): boolean {
    if (this.lane.isOver || this.#stop.signal.aborted) return true;
    return this.#baseSent - this.#baseAcknowledged + this.#logUnderWay < LANE_WINDOW_BYTES;
  }

  get #logUnderWay(): number {
    const isSame = this.#sent.salts === this.#acknowledged.salts;
    return this.#sentBefore + this.#sent.bytes - (isSame ? this.#acknowledged.bytes : 0);
  }

  #acknowledge({ salts, bytes }: LaneWordOf<"acknowledged">): void {
    const { source } = this.#needs;
    if (salts === BASE_SALTS) {
      this.#baseAcknowledged = Math.min(bytes, this.#baseSent);
      return;
    }
    if (salts !== this.#sent.salts || bytes > this.#sent.bytes) return;
    this.#acknowledged = { salts, bytes };
    // Whoever is here has all that was before.
    this.#sentBefore = 0;
    if (salts !== source.salts) return;
    this.#marks = this.#marks.filter((mark) => mark.bytes > bytes);
    if (this.#copying !== null) return;
    if (this.isInStep) this.#needs.inStep();
    const before = source.salts;
    source.rollIfLong(bytes);
    // What was under way when the log began again is as old as it was.
    const [oldest] = this.#marks;
    if (source.salts !== before)
      this.#marks = oldest === undefined ? [] : [{ ...oldest, bytes: source.committedBytes }];
  }

  #look(): void {
    const { source, lane, log } = this.#needs;
    if (lane.isOver) return;
    const before = source.committedBytes;
    try {
      // A megabyte at a time: a flood of writes does not hold the loop.
      if (source.look()) setTimeout(() => this.#look(), 0);
    } catch (error) {
      // A timer's error would end the serving process; without its standby the primary serves on.
      log.error("the log could not be read for the standby", error);
      return lane.end("the log could not be read");
    }
    if (source.isLost) return lane.end("the log began again unseen; a new copy is needed");
    if (source.committedBytes !== before) this.#hasGrown();
  }

  #hasGrown(): void {
    const { source, clock } = this.#needs;
    if (source.committedBytes - (this.#isCurrent ? this.#acknowledged.bytes : 0) > this.#needs.farthestBytes())
      return this.#needs.tooFar();
    if (this.#marks.length >= MAX_MARKS) this.#marks.pop();
    this.#marks.push({ bytes: source.committedBytes, atMs: clock.monotonicMs() });
    this.#wake();
  }

  #pulse(): void {
    const { source, lane, clock } = this.#needs;
    lane.send({ type: "pulse", at: clock.now().getTime(), salts: source.salts, bytes: source.committedBytes });
  }

  async #untilSomethingHappens(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#stop.signal.aborted || this.lane.isOver) resolve();
    });
  }
}

/** Everybody else goes first. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
