/**
 * Starting another version: announced, then chosen and restarted; and after the start, what became of it. What the boot
 * counters say decides, never what was meant to happen: whichever step a power cut came at, the next start finds it out.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Slot, type SlotState } from "../../protocol/appliance/system-actions.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceEvents } from "../appliance-status/events.ts";
import type { Power } from "../appliance-status/power.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import { NamedSetting } from "../settings/named-setting.ts";
import type { SystemHelper } from "../system/system-helper.ts";
import { ended, failed, type UpdateRecord, withStep } from "./update.ts";
import type { UpdateJournal } from "./update-journal.ts";

/** What a start without a try yet has. */
const ALL_TRIES = 3;
const SYSTEM: AuditActor = { kind: "system" };

/** That somebody asked for the version in this slot. */
const Return = Type.Object({ slot: Slot, version: Type.String(), by: Type.String() });
type Return = Static<typeof Return>;
const storedReturn = new NamedSetting("updateReturn", Type.Union([Return, Type.Null()]), null);

export interface RestartsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly systemHelper: SystemHelper;
  readonly applianceSignIns: ApplianceSignIns;
  readonly applianceEvents: ApplianceEvents;
  readonly power: Power;
  readonly journal: UpdateJournal;
}

export class Restarts {
  constructor(private readonly needs: RestartsNeeds) {}

  /** Announces the restart into the update that is ready, which nobody asked for just now. @throws {AppError} request.conflict */
  begin(drainMinutes: number): void {
    this.needs.power.begin({ kind: "update", by: "", drainMinutes, act: () => this.#restart(SYSTEM) });
  }

  /** The same for somebody, once their wish is written down. @throws {AppError} request.conflict; and what `write` throws */
  async beginAsked(actor: ApplianceAdministrator, drainMinutes: number, write: () => Promise<void>): Promise<void> {
    const act = (): Promise<void> => this.#restart(auditActor(actor));
    await this.needs.power.beginWritten({ kind: "update", by: actor.username, drainMinutes, act }, write);
  }

  /** Announces the restart into the other version, if it was healthy once. @throws {AppError} request.conflict */
  async beginReturn(actor: ApplianceAdministrator, drainMinutes: number): Promise<void> {
    const { slots } = await this.needs.systemHelper.ask("slots.read", {});
    const other = slots.find(({ isRunning }) => !isRunning);
    if (other === undefined || !other.isGood || other.version === null)
      throw new AppError(
        "request.conflict",
        "The other slot holds no version that was seen to work, so none is started.",
      );
    const { slot, version } = other;
    const act = (): Promise<void> => this.#return(auditActor(actor), { slot, version, by: actor.username });
    const { database, applianceSignIns, power } = this.needs;
    await database.transaction((tx) => applianceSignIns.requireIn(tx, actor));
    power.begin({ kind: "update", by: actor.username, drainMinutes, act });
  }

  /**
   * Looks what became of an update that was to be started, and of a return. Call it after a start, and again while it says
   * that the new version is still being watched.
   * @returns whether something is still open
   */
  async judge(): Promise<boolean> {
    const { journal, systemHelper } = this.needs;
    const record = journal.current;
    const asked = await storedReturn.read(this.needs.database.queries);
    // One that waits may have been started from the machine's own console.
    const isOpen = record?.state === "restarting" || record?.state === "ready";
    if (!isOpen && asked === null) return false;
    const { slots } = await systemHelper.ask("slots.read", {});
    const isWatched = isOpen && (await this.#judgeUpdate(record, slots));
    const isReturning = asked !== null && (await this.#judgeReturn(asked, slots));
    return isWatched || isReturning;
  }

  async #restart(actor: AuditActor): Promise<void> {
    const { journal, systemHelper } = this.needs;
    const record = journal.current;
    if (record?.state !== "ready" || record.slot === null) throw new Error("the update is not ready any more");
    const { slot } = record;
    const restarting = withStep(
      { ...record, state: "restarting", restartsAt: null },
      "restarted",
      "running",
      journal.now(),
    );
    await journal.save(restarting, {
      actor,
      action: "update.restarted",
      detail: { slot, fromVersion: record.fromVersion },
    });
    try {
      await systemHelper.ask("slots.choose", { slot });
      await systemHelper.ask("power.restart", {});
    } catch (error) {
      await this.#stayHere(restarting, error);
      throw error;
    }
  }

  /** The restart failed: the next start is to be as it was, and the update waits again. */
  async #stayHere(record: UpdateRecord, error: unknown): Promise<void> {
    const { journal } = this.needs;
    const why = error instanceof AppError ? error.message : "The system did not restart.";
    await journal.save({ ...withStep(record, "restarted", "waiting", journal.now(), why), state: "ready" });
    await this.#chooseRunning();
  }

  async #chooseRunning(): Promise<void> {
    const { systemHelper } = this.needs;
    const { slots } = await systemHelper.ask("slots.read", {});
    const running = slots.find(({ isRunning }) => isRunning);
    if (running !== undefined) await systemHelper.ask("slots.choose", { slot: running.slot });
  }

  async #return(actor: AuditActor, asked: Return): Promise<void> {
    const { database, audit, systemHelper } = this.needs;
    const object = { kind: "update", id: asked.slot, name: asked.version };
    await database.transaction(async (tx) => {
      await storedReturn.write(tx, asked);
      const detail = { slot: asked.slot };
      await audit.record(tx, { action: "update.restarted", outcome: "succeeded", actor, object, detail });
    });
    try {
      await systemHelper.ask("slots.choose", { slot: asked.slot });
      await systemHelper.ask("power.restart", {});
    } catch (error) {
      // Or the next start, of this program alone perhaps, would go on with it when nobody expects it any more.
      await this.#settleReturn(asked, false);
      await this.#chooseRunning();
      throw error;
    }
  }

  /** @returns whether it is still watched */
  async #judgeUpdate(record: UpdateRecord, slots: readonly SlotState[]): Promise<boolean> {
    const target = slots.find(({ slot }) => slot === record.slot);
    if (target === undefined) return false;
    if (target.isRunning) return await this.#judgeNew(record, target);
    if (record.state === "ready") return false;
    // Chosen and not yet started: only this program was restarted.
    if (target.isNext) {
      await this.needs.systemHelper.ask("power.restart", {});
      return true;
    }
    if (target.triesLeft === ALL_TRIES) {
      const why = "The appliance was restarted before this version was chosen. Restart again.";
      const waiting = withStep(record, "restarted", "waiting", this.needs.journal.now(), why);
      await this.needs.journal.save({ ...waiting, state: "ready" });
      return false;
    }
    await this.#wentBack(record);
    return false;
  }

  async #judgeNew(record: UpdateRecord, target: SlotState): Promise<boolean> {
    const { journal } = this.needs;
    const now = journal.now();
    const started = withStep(record, "restarted", "done", now, `Slot ${target.slot.toUpperCase()} runs.`);
    if (!target.isGood) {
      const watched = withStep(started, "healthy", "running", now, "The new version tests itself.");
      if (record.steps.at(-1)?.state !== "running") await journal.save(watched);
      return true;
    }
    const healthy = withStep(started, "healthy", "done", now, "It passed its own tests and stays.");
    const detail = `${record.version}, from ${record.fromVersion}.`;
    await journal.save(ended(healthy, "finished", now), {
      ...{ action: "update.finished", detail: { fromVersion: record.fromVersion, slot: target.slot } },
      event: { kind: "update.finished", health: "ok", detail },
    });
    return false;
  }

  async #wentBack(record: UpdateRecord): Promise<void> {
    const { journal } = this.needs;
    const why = `${record.version} did not start, or did not pass its own tests, three times. ${record.fromVersion} runs again, with the data as it is.`;
    const over = { ...failed(record, "healthy", why, journal.now()), state: "returned" as const };
    await journal.save(over, {
      ...{ action: "update.returned", isFailure: true, detail: { fromVersion: record.version } },
      event: { kind: "update.returned", health: "failed", detail: why },
    });
  }

  /** @returns whether the restart is still to come */
  async #judgeReturn(asked: Return, slots: readonly SlotState[]): Promise<boolean> {
    const target = slots.find(({ slot }) => slot === asked.slot);
    if (target !== undefined && !target.isRunning && target.isNext) {
      await this.needs.systemHelper.ask("power.restart", {});
      return true;
    }
    await this.#settleReturn(asked, target?.isRunning === true);
    return false;
  }

  /** Says what became of it, and that nothing is asked for any more. */
  async #settleReturn(asked: Return, isThere: boolean): Promise<void> {
    const { database, audit, applianceEvents } = this.needs;
    const object = { kind: "update", id: asked.slot, name: asked.version };
    const detail = isThere
      ? `${asked.version}, as ${asked.by} asked.`
      : `${asked.version} was asked for and does not run.`;
    await database.transaction(async (tx) => {
      await storedReturn.write(tx, null);
      const outcome = isThere ? "succeeded" : "failed";
      await audit.record(tx, { action: "update.returned", outcome, actor: SYSTEM, object });
      await applianceEvents.record(tx, { kind: "update.returned", health: isThere ? "ok" : "attention", detail });
    });
  }
}
