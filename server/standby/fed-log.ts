/** The log that a standby is fed from, held by the primary for as long as it is worth it. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { DATABASE_FILE } from "../database/database.ts";
import type { Log } from "../log.ts";
import type { Pair } from "./pair.ts";
import { LogSource, MAX_HELD_BYTES } from "./source/log-source.ts";

const LOOK_AGAIN_MS = 20;

export class FedLog implements Disposable {
  #source: LogSource | null = null;
  #isClosed = false;
  /** @param heldBytes what a log that is held for a standby may grow to */
  constructor(
    private readonly pair: Pair,
    private readonly log: Log,
    private readonly heldBytes = MAX_HELD_BYTES,
  ) {}

  get source(): LogSource | null {
    return this.#source;
  }

  get databaseFile(): string {
    return join(this.pair.directory, DATABASE_FILE);
  }

  get databaseBytes(): number {
    return statSync(this.databaseFile).size;
  }

  /** Further behind than this a standby that is there is given a new copy: more log than that would be more to send. */
  get farthestBytes(): number {
    return Math.max(this.heldBytes, this.databaseBytes);
  }

  /** The log that is held, or a new generation of it; null: another process writes at this very moment. */
  open(): LogSource | null {
    if (this.#source?.isLost === true) this.#close();
    const hold = this.pair.hold();
    if (this.#source === null && hold.isHeld) this.#source = LogSource.open(this.pair.directory, hold);
    if (this.#source === null && hold.begin()) this.#source = LogSource.open(this.pair.directory, hold);
    return this.#source;
  }

  /** While no standby is there: a log is not held for ever for one that does not come. */
  watch(): void {
    if (this.#isClosed) return;
    try {
      if (this.#source === null && this.pair.isHolding)
        this.#source = LogSource.open(this.pair.directory, this.pair.hold());
      const source = this.#source;
      if (source === null) return;
      // A megabyte at a time: the loop is not held.
      if (source.look() && source.committedBytes < this.heldBytes) setTimeout(() => this.watch(), LOOK_AGAIN_MS);
      if (source.isLost) this.giveUp("Another program began the database's log anew.");
      else if (source.committedBytes >= this.heldBytes) this.giveUp("The standby is away for too long.");
    } catch (error) {
      // A timer's error would end the serving process; without its standby the primary serves on.
      this.log.error("the log could not be read for the standby", error);
      this.giveUp("The log could not be read for the standby.");
    }
  }

  /** Lets go of the log; a standby that comes gets a whole new copy. @param why a sentence */
  giveUp(why: string): void {
    this.letGo();
    this.log.warn("the log is held no longer; the standby gets a whole new copy", { why });
    this.pair.tell(
      `${why} The database's log is held no longer: the standby gets a whole new copy when it follows again.`,
    );
  }

  /** The log is anybody's again. */
  letGo(): void {
    this.#close();
    this.pair.letGo();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#close();
  }

  #close(): void {
    this.#source?.[Symbol.dispose]();
    this.#source = null;
  }
}
