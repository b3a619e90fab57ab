/** An administrator restarts the appliance or switches it off. */
import type { PowerPlan } from "../../protocol/api/appliance/status.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import { notAnAppliance, type SystemHelper } from "../system/system-helper.ts";
import type { ApplianceEvents } from "./events.ts";
import type { Power } from "./power.ts";
import { SOFTWARE } from "./software-restarts.ts";

const OBJECT = { kind: "appliance", id: "power", name: "Appliance" } as const;

export interface PowerWishesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly systemHelper: SystemHelper;
  readonly applianceSignIns: ApplianceSignIns;
  readonly applianceEvents: ApplianceEvents;
  readonly power: Power;
}

export class PowerWishes {
  constructor(private readonly needs: PowerWishesNeeds) {}

  /** Tells running sessions, and does it when they have ended or the time is over. @throws {AppError} system.unavailable */
  async announce(actor: ApplianceAdministrator, kind: "restart" | "off", drainMinutes: number): Promise<PowerPlan> {
    const { database, audit, applianceSignIns, power, systemHelper } = this.needs;
    if (!systemHelper.isThere) throw notAnAppliance();
    // Asked before it is announced, so that an appliance that would refuse says so now.
    await systemHelper.ask("machine.read", {});
    const write = async (tx: Tx): Promise<void> => {
      await applianceSignIns.requireIn(tx, actor);
      const detail = { kind, drainMinutes };
      const by = { actor: auditActor(actor), object: OBJECT } as const;
      await audit.record(tx, { action: "power.announced", outcome: "succeeded", ...by, detail });
    };
    const work = { kind, drainMinutes, by: actor.username, act: () => this.#act(actor, kind) };
    return await power.beginWritten(work, () => database.transaction(write));
  }

  /** Takes back what is announced, of whichever kind. @throws {AppError} request.conflict: nothing is announced, or it happens already */
  async cancel(actor: ApplianceAdministrator): Promise<void> {
    const { database, audit, applianceSignIns, applianceEvents, power } = this.needs;
    await database.transaction((tx) => applianceSignIns.requireIn(tx, actor));
    const plan = power.cancel();
    if (plan === null) throw new AppError("request.conflict", "No restart is announced, or it happens already.");
    await database.transaction(async (tx) => {
      const by = { actor: auditActor(actor), object: plan.kind === "software" ? SOFTWARE : OBJECT } as const;
      await audit.record(tx, { action: "power.cancelled", outcome: "succeeded", ...by, detail: { kind: plan.kind } });
      await applianceEvents.record(tx, { kind: "power.cancelled", health: "ok", detail: `By ${actor.username}.` });
    });
  }

  async #act(actor: ApplianceAdministrator, kind: "restart" | "off"): Promise<void> {
    const { database, audit, applianceEvents, systemHelper } = this.needs;
    const action = kind === "off" ? "power.switched-off" : "power.restarted";
    await database.transaction(async (tx) => {
      await audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object: OBJECT });
      const event = { kind: `power.${kind}`, health: "ok", detail: `By ${actor.username}.` } as const;
      await applianceEvents.record(tx, event);
    });
    await systemHelper.ask(kind === "off" ? "power.off" : "power.restart", {});
  }
}
