/**
 * What this appliance is in its pair. It is opened before anything else of a serving process, because it decides whether the
 * site may be served at all, and closed after everything else, because it holds the write-ahead log in place.
 */
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Standby } from "../../protocol/api/appliance/standby.ts";
import { MAX_PAIR_HISTORY } from "../../protocol/api/appliance/standby.ts";
import { writtenTime } from "../../protocol/written-time.ts";
import { PENDING } from "../backups/swap.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { CopyFolder } from "./copy/copy-folder.ts";
import { bringHomeAside } from "./copy/standby-job.ts";
import {
  alone,
  mayServe,
  type PairRecord,
  readPairRecord,
  syncFolder,
  type Taking,
  writePairRecord,
} from "./pair-file.ts";
import { LogHold } from "./source/hold-store.ts";
import type { Standing } from "./terms.ts";

export class Pair implements AsyncDisposable {
  #record: PairRecord;
  #hold: LogHold | null = null;
  #beganServing = false;
  readonly #restartAsked = Promise.withResolvers<void>();
  private constructor(
    readonly directory: string,
    private readonly clock: Clock,
    record: PairRecord,
    /** The copy a standby keeps. */
    readonly copy: CopyFolder,
  ) {
    this.#record = record;
  }

  /** Reads what is kept, and goes on with a change of roles that a power cut broke off. */
  static async open(directory: string, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<Pair> {
    const copy = new CopyFolder(directory, bringHomeAside);
    const pair = new Pair(directory, clock, readPairRecord(directory) ?? alone(), copy);
    if (pair.record.taking !== null) pair.finishTaking();
    else if (pair.record.role === "standby")
      // Its pages are served all the same; the next line brings a new copy.
      await copy.open().catch((error: unknown) => log.error("the standby's copy could not be opened", error));
    pair.begin();
    return pair;
  }

  /** What it is from now on, in this process; once more where the other one was asked before anything was opened. */
  begin(): void {
    this.#beganServing = mayServe(this.#record);
  }

  get record(): PairRecord {
    return this.#record;
  }

  /**
   * Whether the site is served here; if not, this is the standby of one that is, or may not serve. INVARIANT: a process
   * that began as a standby never serves: its database is not the site's until the copy has taken its place.
   */
  get isServing(): boolean {
    return this.#beganServing && mayServe(this.#record);
  }

  /** How it stands to the other one; null: it has no pair. */
  get standing(): Standing | null {
    const { role, term, hasYielded } = this.#record;
    return role === "alone" ? null : { role, term, hasYielded };
  }

  /** Resolves when the service shall start anew, in its other role. */
  get restartAsked(): Promise<void> {
    return this.#restartAsked.promise;
  }

  /** Keeps a change, at once and for good. */
  change(changed: Partial<PairRecord>): void {
    const next = { ...this.#record, ...changed };
    writePairRecord(this.directory, next);
    this.#record = next;
  }

  /** Keeps what may be forgotten: on a full disk until the next start alone. */
  remember(changed: Pick<Partial<PairRecord>, "peer" | "lastReachedAt" | "lastInStepAt">): void {
    this.#remember(changed);
  }

  #remember(changed: Partial<PairRecord>): void {
    try {
      this.change(changed);
    } catch {
      // The file gets it with the next change that finds room.
      this.#record = { ...this.#record, ...changed };
    }
  }

  /** Keeps a change, with a line in the history that people read. */
  note(text: string, changed: Partial<PairRecord> = {}): void {
    this.change({ ...changed, history: this.#historyWith(text) });
  }

  /** A line in the history, should there be room for it. */
  tell(text: string): void {
    this.#remember({ history: this.#historyWith(text) });
  }

  /**
   * The other one serves since, in this term. INVARIANT: whoever has heard so serves no more from that moment on, whether it
   * can be written down or not; what cannot be is heard again at the next start.
   */
  becomeStandby(term: number): void {
    const { lastInStepAt, hasYielded } = this.#record;
    const at = this.#now();
    // Whoever gave its role away had brought everything to the other one, and has written nothing since.
    const text = hasYielded ? STEPPED_BACK : `${STEPPED_BACK} ${keptText(lastInStepAt)}`;
    this.#remember({
      ...{ role: "standby", term, hasYielded: false },
      steppedBack: { at, term, wroteAloneAfter: hasYielded ? null : lastInStepAt },
      history: this.#historyWith(text, !hasYielded, at),
    });
  }

  /** Notes how a change of roles or a drill went. */
  noteSwitch(text: string, lastSwitch: LastSwitch, changed: Partial<PairRecord> = {}, isLoss = false): void {
    this.change({ ...changed, lastSwitch, history: this.#historyWith(text, isLoss) });
  }

  /** The service shall start anew. */
  restart(afterMs = 0): void {
    setTimeout(() => this.#restartAsked.resolve(), afterMs);
  }

  /** Holds the log of a primary that has a standby; before anybody else of this process opens the database. */
  holdFromTheStart(): void {
    if (this.#record.role === "primary" && this.#record.peer !== null) this.hold().holdWhatIsThere();
  }

  /** The hold on the log, opened when it is first needed. */
  hold(): LogHold {
    this.#hold ??= new LogHold(this.directory);
    return this.#hold;
  }

  /** Whether the log is held in place now. */
  get isHolding(): boolean {
    return this.#hold?.isHeld === true;
  }

  /** Lets go of the log: nobody is fed any more, or it has grown too long. */
  letGo(): void {
    this.#hold?.keepAfterwards(false);
    this.#hold?.release();
  }

  /**
   * From here on there is only forwards: a start that finds this goes on with it.
   * @throws {Error} where it is not kept, and so not decided; what could not be told apart counts as decided
   */
  decideToTake(taking: Taking): void {
    try {
      this.change({ taking });
    } catch (error) {
      if (!isTaking(this.directory)) throw error;
      this.#record = { ...this.#record, taking };
    }
  }

  /**
   * The copy takes the place of this appliance's own database, at the next start. INVARIANT: `taking` is kept first, so a
   * power cut after it is followed by a start that goes on here, and one before it has changed nothing.
   */
  finishTaking(): void {
    const { taking, peer, unrecorded } = this.#record;
    if (taking === null) throw new Error("no copy is about to be put in place");
    const pending = join(this.directory, PENDING);
    if (this.copy.isWhole && !existsSync(pending)) {
      renameSync(this.copy.path, pending);
      syncFolder(this.directory);
    }
    const { term, isForced, lostSeconds, at } = taking;
    const tookMs = Math.max(0, this.clock.now().getTime() - Date.parse(at));
    this.noteSwitch(
      tookOverText(taking, peer?.host ?? null, this.#record.lastInStepAt),
      { at, tookMs, isDrill: false, isForced },
      {
        ...{ role: "primary", term, taking: null, hasYielded: false, steppedBack: null },
        unrecorded: [...unrecorded, { isForced, term, lostSeconds }].slice(-MAX_PAIR_HISTORY),
      },
      isForced,
    );
  }

  #historyWith(text: string, isLoss = false, at = this.#now()): PairRecord["history"] {
    const line = { at, text, ...(isLoss ? { isLoss } : {}) };
    return [line, ...this.#record.history].slice(0, MAX_PAIR_HISTORY);
  }

  #now(): string {
    return this.clock.now().toISOString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.copy[Symbol.asyncDispose]();
    this.#hold?.[Symbol.dispose]();
    this.#hold = null;
  }
}

type LastSwitch = NonNullable<Standby["lastSwitch"]>;

// Pages say these in other languages, by protocol/server-sentences.ts: each is whole, with what is filled in between words.
const STEPPED_BACK = "The other one took over; this appliance is its standby.";

function keptText(lastInStepAt: string | null): string {
  return lastInStepAt === null
    ? "What this appliance alone has is kept in its former database, on its own disk, and shown to nobody."
    : `What this appliance wrote after ${writtenTime(lastInStepAt)} is kept in its former database, on its own disk, and shown to nobody.`;
}

function tookOverText({ isForced, lostSeconds }: Taking, host: string | null, lastInStepAt: string | null): string {
  if (!isForced)
    return host === null ? "This appliance took over as planned." : `This appliance took over as planned from ${host}.`;
  const loss = lossText(lostSeconds, lastInStepAt);
  return host === null
    ? `This appliance took over by force. ${loss}`
    : `This appliance took over by force from ${host}. ${loss}`;
}

/** A primary that is only not reached may go on writing: then more is lost than until it was last heard. */
function lossText(lostSeconds: number, lastInStepAt: string | null): string {
  if (lastInStepAt === null)
    return "What the other one wrote last is lost; since when is not known, for this appliance was never in step before.";
  return `What the other one wrote after ${writtenTime(lastInStepAt)} is lost: ${lostSeconds.toFixed(1)} s until it was last heard, and what it may have written since.`;
}

/** Whether it is kept that a copy is taken; what cannot be read may be. */
function isTaking(directory: string): boolean {
  try {
    return readPairRecord(directory)?.taking != null;
  } catch {
    // The next start says what it is.
    return true;
  }
}
