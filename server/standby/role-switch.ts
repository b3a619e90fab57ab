/**
 * Changing roles. As planned: the primary stops taking writes, the standby has all of them, the primary gives its role away
 * on its disk, and only then the standby takes it: nothing is lost, and at no moment do both serve. By force: the standby
 * takes it alone, with a higher term, and what had not reached it is lost.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../protocol/errors.ts";
import type { LaneWord, LaneWordOf, LogPosition } from "../../protocol/standby.ts";
import type { AuditActor, AuditEvent } from "../audit/audit-event.ts";
import { PENDING } from "../backups/swap.ts";
import type { Clock } from "../clock.ts";
import { type Database, DATABASE_FILE, type Tx } from "../database/database.ts";
import type { Freeze } from "../database/refusable-turns.ts";
import type { Log } from "../log.ts";
import { settleAside } from "./copy/standby-job.ts";
import type { Lane } from "./lane/lane.ts";
import type { Pair } from "./pair.ts";
import type { Taking } from "./pair-file.ts";
import type { PairLink } from "./pair-link.ts";
import type { Shipper } from "./shipper.ts";

/** Nobody waits longer than this for a database that stands still. */
const CATCH_UP_MS = 10_000;
const TAKEN_MS = 20_000;
/** Another process that writes is done within so long. */
const SHUT_MS = 3000;
const SHUT_AGAIN_MS = 20;
/** The page reads the answer before the connection ends. */
const RESTART_AFTER_MS = 300;

export interface RoleSwitchNeeds {
  readonly pair: Pair;
  readonly link: PairLink;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  record(tx: Tx, actor: AuditActor, event: Pick<AuditEvent, "action" | "detail">): Promise<void>;
}

// These a standby says to its primary, too, which shows them as the pair's problem: protocol/server-sentences.ts has them.
const IS_GOING = "Roles are being changed right now. Wait until that is over and try again.";
const IS_OTHER = "The standby's copy is not what the primary has. Nothing was changed.";
const IS_RESTORING = "A backup is being restored on the standby. Change roles when that is over.";
const NOT_OPENED =
  "The standby's copy could not be opened, so nothing was changed. Look whether its disk is full or failing: its log says more.";

type Answer = LaneWordOf<"taken"> | LaneWordOf<"cannot"> | null;

/** What a standby or its primary does not do, and why. */
export const refused = (message: string): AppError => new AppError("standby.refused", message);

export class RoleSwitch {
  readonly #needs: RoleSwitchNeeds;
  #isGoing = false;
  /** The primary is being asked to do it. */
  #isWishing = false;
  /** Who waits for the other one's answer. */
  #answered: ((answer: Answer) => void) | null = null;
  constructor(needs: RoleSwitchNeeds) {
    this.#needs = needs;
  }

  /**
   * Changes roles; resolves once it is done, shortly before this appliance starts anew in its other role.
   * @param check asked in the transaction that writes it down
   * @throws {AppError} standby.refused
   */
  async begin(actor: AuditActor, isForced: boolean, check?: (tx: Tx) => Promise<void>): Promise<void> {
    const { role, hasYielded } = this.#needs.pair.record;
    if (role === "alone")
      throw refused("This appliance has no pair, so there are no roles to change. Invite a standby first.");
    const writeDown = (): Promise<void> => this.#writeDown(actor, isForced, check);
    if (role === "standby" && !isForced) return await this.#wishAlone(writeDown);
    await this.#alone(async () => {
      if (role === "primary" && hasYielded) return await this.#serveAgain(isForced, writeDown);
      await writeDown();
      if (role === "primary") await this.#handOver();
      else await this.#takeByForce();
    });
  }

  /** Nothing else may be done with the pair meanwhile. @throws {AppError} standby.refused */
  requireStill(): void {
    if (this.#isGoing) throw refused(IS_GOING);
  }

  /** What the other one says. */
  heard(word: LaneWord, lane: Lane): void {
    if (word.type === "taken" || word.type === "cannot") this.#answered?.(word);
    if (word.type === "switch.wished") void this.#handOverAsWished(lane);
    if (word.type === "take-over") void this.#takeAsPlanned(word, lane);
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    this.requireStill();
    this.#isGoing = true;
    try {
      await work();
    } finally {
      this.#isGoing = false;
    }
  }

  async #writeDown(actor: AuditActor, isForced: boolean, check?: (tx: Tx) => Promise<void>): Promise<void> {
    await this.#needs.database.transaction(async (tx) => {
      await check?.(tx);
      await this.#needs.record(tx, actor, { action: "standby.switching", detail: { isForced } });
    });
  }

  /** A primary that gave its role away and hears nothing more: a person decides that it serves again. */
  async #serveAgain(isForced: boolean, writeDown: () => Promise<void>): Promise<void> {
    const { pair } = this.#needs;
    if (!isForced)
      throw refused("This appliance gave its role away and waits for the other one. It serves again by force alone.");
    await writeDown();
    if (pair.record.role !== "primary" || !pair.record.hasYielded)
      throw refused("The other one has just been heard. Look at the page again: what it says now counts.");
    // The other one may have taken the next term.
    pair.note("This appliance serves again, by force.", { hasYielded: false, term: pair.record.term + 2 });
    pair.restart(RESTART_AFTER_MS);
  }

  /** Of two at once the second would get the answer that the first one waits for. */
  async #wishAlone(writeDown: () => Promise<void>): Promise<void> {
    this.requireStill();
    if (this.#isWishing) throw refused("The primary was asked already. Wait for its answer.");
    this.#isWishing = true;
    try {
      await this.#wish(writeDown);
    } finally {
      this.#isWishing = false;
    }
  }

  /** On the standby, as planned: the primary does it. */
  async #wish(writeDown: () => Promise<void>): Promise<void> {
    await writeDown();
    const { lane } = this.#needs.link;
    if (lane === null)
      throw refused("The primary is not reached. Change roles by force, if it will not come back as it was.");
    lane.send({ type: "switch.wished" });
    const answer = await this.#answer(lane, TAKEN_MS + CATCH_UP_MS);
    if (answer?.type === "cannot") throw refused(answer.reason);
    if (answer === null && this.#needs.pair.record.role === "standby")
      throw refused("The primary did not answer. Look whether roles were changed.");
  }

  async #handOverAsWished(lane: Lane): Promise<void> {
    const { log } = this.#needs;
    try {
      await this.#alone(async () => {
        await this.#writeDown({ kind: "system" }, false);
        await this.#handOver();
      });
    } catch (error) {
      if (!(error instanceof AppError)) log.error("roles could not be changed", error);
      const reason = error instanceof AppError ? error.message : "The primary could not do it; its own log says more.";
      lane.send({ type: "cannot", reason: reason.slice(0, 500) });
    }
  }

  /** On the primary, as planned. */
  async #handOver(): Promise<void> {
    const { pair, link, database, clock } = this.#needs;
    const { shipper } = link;
    const startedAtMs = clock.monotonicMs();
    if (shipper === null || pair.record.role !== "primary")
      throw refused("The standby is not reached. It has to be in step before roles are changed.");
    if (shipper.progress.copying !== null)
      throw refused("The first copy runs still. Wait until the standby is in step.");
    const freeze = await database.freeze();
    let shut: Disposable | null = null;
    let answer: Answer;
    try {
      shut = await this.#shutOutOthers();
      if (!(await shipper.catchUp(CATCH_UP_MS))) throw refused("The standby does not keep up. Nothing was changed.");
      const { position } = shipper;
      // From here on this appliance serves again only if it hears that its role was not taken.
      pair.change({ hasYielded: true });
      answer = await this.#give(shipper, position);
      if (answer?.type === "cannot") {
        pair.change({ hasYielded: false });
        throw refused(answer.reason);
      }
    } catch (error) {
      shut?.[Symbol.dispose]();
      freeze.thaw();
      throw error;
    }
    this.#given(freeze, answer, clock.monotonicMs() - startedAtMs);
  }

  /** No other process writes either. */
  async #shutOutOthers(): Promise<Disposable> {
    const { pair, clock } = this.#needs;
    const endsAtMs = clock.monotonicMs() + SHUT_MS;
    for (;;) {
      const shut = pair.hold().shut();
      if (shut !== null) return shut;
      if (clock.monotonicMs() > endsAtMs) throw refused("Another process writes to the database. Try again.");
      await Bun.sleep(SHUT_AGAIN_MS);
    }
  }

  async #give({ lane }: Shipper, position: LogPosition): Promise<Answer> {
    const answer = this.#answer(lane, TAKEN_MS);
    lane.send({ type: "take-over", term: this.#needs.pair.record.term + 1, position });
    return await answer;
  }

  /** The database of this appliance is the past now: nothing is written to it any more. */
  #given(freeze: Freeze, answer: Answer, tookMs: number): void {
    const { pair, link, clock, log } = this.#needs;
    link.holdOff(true);
    freeze.refuse(new AppError("system.unavailable", "The other appliance of the pair serves this site from now on."));
    if (answer?.type === "taken") {
      const at = clock.now().toISOString();
      const lastSwitch = { at, tookMs: Math.round(tookMs), isDrill: false, isForced: false };
      const changed = { role: "standby", term: answer.term, hasYielded: false } as const;
      try {
        pair.noteSwitch("Roles were changed as planned; this appliance is the standby.", lastSwitch, changed);
      } catch (error) {
        // That the role was given away is kept: after the start the other one says that it has it.
        log.error("that this appliance is the standby now could not be kept yet", error);
      }
    } else {
      log.warn("the role was given away, and whether it was taken is not known; nothing is served until it is");
    }
    pair.restart(RESTART_AFTER_MS);
  }

  async #takeAsPlanned({ term, position }: LaneWordOf<"take-over">, lane: Lane): Promise<void> {
    const { pair, link, log } = this.#needs;
    try {
      await this.#alone(async () => {
        const how = { term, isForced: false, lostSeconds: 0 };
        await this.#take(how, async () => {
          await link.follower?.settled();
          if (!Bun.deepEquals(pair.copy.position, position) || term <= pair.record.term) throw refused(IS_OTHER);
        });
        lane.send({ type: "taken", term });
        this.#answered?.({ type: "taken", term });
      });
    } catch (error) {
      log.error("the role could not be taken over", error);
      const reason = error instanceof AppError ? error.message : NOT_OPENED;
      lane.send({ type: "cannot", reason: reason.slice(0, 500) });
      this.#answered?.({ type: "cannot", reason });
      // The copy is looked at anew with the next line.
      setTimeout(() => lane.end("the role could not be taken over"), RESTART_AFTER_MS);
    }
  }

  /** Nobody asks the primary: what had not reached this appliance is lost. */
  async #takeByForce(): Promise<void> {
    const { pair, link, log } = this.#needs;
    if (!pair.copy.isWhole) throw refused("There is no whole copy here yet. This appliance cannot take over.");
    const { lostSeconds } = link.contact;
    const how = { term: pair.record.term + 1, isForced: true, lostSeconds };
    try {
      await this.#take(how, () => link.endLine("this appliance takes over by force"));
    } catch (error) {
      if (error instanceof AppError) throw error;
      log.error("the role could not be taken over by force", error);
      throw new AppError("standby.refused", NOT_OPENED, { cause: error });
    }
    log.warn("this appliance took over by force", { lostSeconds });
  }

  /**
   * The copy is made ready, and takes this appliance's place at the start that follows. Meanwhile no line is begun, so that
   * nobody hears that the role was not taken.
   * @param ready once no line is begun
   * @throws {Error} while nothing has been decided: everything is as before
   */
  async #take(how: Omit<Taking, "at">, ready: () => Promise<void>): Promise<void> {
    const { pair, link, clock, log } = this.#needs;
    const at = clock.now();
    const own = join(pair.directory, DATABASE_FILE);
    link.holdOff(true);
    try {
      await ready();
      this.#requireNoRestore();
      await this.#settle((file) => settleAside(file, own, at, how.isForced));
      this.#requireNoRestore();
      pair.decideToTake({ ...how, at: at.toISOString() });
    } catch (error) {
      link.holdOff(false);
      throw error;
    }
    pair.restart(RESTART_AFTER_MS);
    try {
      pair.finishTaking();
    } catch (error) {
      // It is decided: the start that follows goes on with it.
      log.error("what was decided could not be finished yet", error);
    }
  }

  async #settle(prepare: (file: string) => Promise<void>): Promise<void> {
    const { pair, log } = this.#needs;
    try {
      await pair.copy.settle(prepare);
    } catch (error) {
      await pair.copy.open().catch((again: unknown) => log.error("the standby's copy could not be opened", again));
      throw error;
    }
  }

  #requireNoRestore(): void {
    if (existsSync(join(this.#needs.pair.directory, PENDING))) throw refused(IS_RESTORING);
  }

  async #answer(lane: Lane, timeoutMs: number): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#answered = resolve;
    const timer = setInterval(() => lane.isOver && resolve(null), 50);
    const limit = setTimeout(() => resolve(null), timeoutMs);
    const answer = await promise;
    clearInterval(timer);
    clearTimeout(limit);
    this.#answered = null;
    return answer;
  }
}
