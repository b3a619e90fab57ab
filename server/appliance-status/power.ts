/**
 * Restarting the appliance or its software and switching it off: people in sessions are told, nobody starts another, and it
 * happens when the last session has ended or the time is over. Sessions that still run go on after a restart, as after any
 * lost connection.
 */
import type { PowerPlan } from "../../protocol/api/appliance/status.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { scheduleStep } from "../support-sessions/schedule-end.ts";

const TICK_MS = 1000;
const MINUTE_MS = 60_000;

/** What is asked of running sessions. */
export interface Drained {
  readonly running: number;
  closeStarts(why: string | null): void;
  /** `line` is one of sessionLines, without a full stop. */
  warn(line: string, endsAt: Date, minutes: number): void;
}

export interface PowerNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly drain: Drained;
}

/** What is announced. */
export interface PowerWork {
  readonly kind: PowerPlan["kind"];
  /** Whose wish it is; "": nobody's, it happens by itself. */
  readonly by: string;
  readonly drainMinutes: number;
  /** Does it; what it throws is the end of the plan. */
  act(): Promise<void>;
}

interface Running extends PowerWork {
  readonly at: Date;
  toldMinutes: number;
  isActing: boolean;
}

export class Power implements Disposable {
  readonly #needs: PowerNeeds;
  readonly #timer: ReturnType<typeof setInterval>;
  #running: Running | null = null;
  /** Another is being written down, and not announced yet. */
  #isBeginning = false;

  constructor(needs: PowerNeeds) {
    this.#needs = needs;
    this.#timer = setInterval(() => void this.tick(), TICK_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** What is announced now. */
  get plan(): PowerPlan | null {
    if (this.#running === null) return null;
    const { kind, at, by } = this.#running;
    return { kind, at: at.toISOString(), by };
  }

  /** Announces it; without sessions it happens within a second. @throws {AppError} request.conflict: another is announced */
  begin(work: PowerWork): PowerPlan {
    this.#requireNone();
    const at = new Date(this.#needs.clock.now().getTime() + work.drainMinutes * MINUTE_MS);
    this.#running = { ...work, at, toldMinutes: Infinity, isActing: false };
    this.#needs.drain.closeStarts(sayings[work.kind].refusal);
    this.#announce(this.#running);
    return this.plan!;
  }

  /**
   * The same, once it is written down that it is announced. INVARIANT: of several asked for at once only the one that is
   * announced is written down.
   * @throws {AppError} request.conflict: another is announced; and what `write` throws, then nothing is announced
   */
  async beginWritten(work: PowerWork, write: () => Promise<void>): Promise<PowerPlan> {
    this.#requireNone();
    this.#isBeginning = true;
    try {
      await write();
    } finally {
      this.#isBeginning = false;
    }
    return this.begin(work);
  }

  /** Takes it back. @returns what was announced; null: nothing was, or it happens already */
  cancel(): PowerPlan | null {
    const { plan } = this;
    if (plan === null || this.#running?.isActing === true) return null;
    const { clock, drain } = this.#needs;
    this.#end();
    drain.warn("The restart was called off", clock.now(), 0);
    return plan;
  }

  /** Tells people in time, and does it when it is time. */
  async tick(): Promise<void> {
    const running = this.#running;
    if (running === null || running.isActing) return;
    const isOver = this.#needs.clock.now() >= running.at;
    if (this.#needs.drain.running > 0 && !isOver) return this.#announce(running);
    running.isActing = true;
    if (this.#needs.drain.running > 0) this.#needs.drain.warn(sayings[running.kind].now, running.at, 0);
    await this.#act(running);
  }

  async #act(running: Running): Promise<void> {
    try {
      await running.act();
    } catch (error) {
      this.#needs.log.error("what was announced could not be done", error, { kind: running.kind });
      if (this.#running === running) this.#end();
    }
  }

  #announce(running: Running): void {
    const step = scheduleStep(running.at, this.#needs.clock.now(), running.toldMinutes);
    if (step.kind !== "notice") return;
    running.toldMinutes = step.told;
    this.#needs.drain.warn(comingLine(running.kind, step.minutes), running.at, step.minutes);
  }

  #requireNone(): void {
    if (this.#running !== null || this.#isBeginning)
      throw new AppError("request.conflict", "A restart is announced already. Cancel it first, or wait.");
  }

  #end(): void {
    this.#running = null;
    this.#needs.drain.closeStarts(null);
  }
}

/** What is said of it; the lines of a session are of sessionLines. */
interface Saying {
  /** Before "in 5 minutes". */
  readonly coming: string;
  readonly now: string;
  /** To whoever starts a session meanwhile. */
  readonly refusal: string;
}

const restarting: Saying = {
  coming: "The appliance restarts",
  now: "The appliance restarts now; the session goes on when it is back",
  refusal: "The appliance is about to restart, so no session starts now. Try again in a few minutes.",
};
const sayings: Readonly<Record<PowerPlan["kind"], Saying>> = {
  restart: restarting,
  update: restarting,
  off: {
    coming: "The appliance is switched off",
    now: "The appliance is switched off now",
    refusal:
      "The appliance is about to be switched off, so no session starts now. Ask its administrator when it is back.",
  },
  software: {
    coming: "The software restarts",
    now: "The software restarts now; the session goes on when it is back",
    refusal: "The software is about to restart, so no session starts now. Try again in a few minutes.",
  },
};

const comingLine = (kind: PowerPlan["kind"], minutes: number): string =>
  `${sayings[kind].coming} in ${minutes === 1 ? "1 minute" : `${minutes} minutes`}`;
