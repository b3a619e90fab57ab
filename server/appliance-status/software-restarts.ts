/** An administrator, of the appliance or of the site, restarts the software; the machine runs on. */
import type { PowerPlan } from "../../protocol/api/appliance/status.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor, ApplianceAdministrator } from "../actor.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import type { RestartWish } from "../restart-wish.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import type { ApplianceEvents } from "./events.ts";
import type { Power } from "./power.ts";

const KIND = "software";
/** What the audit log says is restarted, whoever asks for it or calls it off. */
export const SOFTWARE = { kind: "appliance", id: KIND, name: "Software" } as const;

export interface SoftwareRestartsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly signIns: SignIns;
  readonly applianceSignIns: ApplianceSignIns;
  readonly applianceEvents: ApplianceEvents;
  readonly power: Power;
  readonly restartWish: RestartWish;
}

/** Who asks; from /login it is somebody who may change the settings. */
type Asker = Actor | ApplianceAdministrator;

export class SoftwareRestarts {
  constructor(private readonly needs: SoftwareRestartsNeeds) {}

  /** What is announced now, of whichever kind. */
  get plan(): PowerPlan | null {
    return this.needs.power.plan;
  }

  /**
   * Tells running sessions, and does it when they have ended or the time is over.
   * @throws {AppError} request.conflict while something is announced, sign_in.required
   */
  async announce(asker: Asker, drainMinutes: number): Promise<PowerPlan> {
    const { database, audit, power } = this.needs;
    const write = async (tx: Tx): Promise<void> => {
      await this.#requireIn(tx, asker);
      const by = { actor: auditActor(asker), object: SOFTWARE } as const;
      const detail = { kind: KIND, drainMinutes };
      await audit.record(tx, { action: "power.announced", outcome: "succeeded", ...by, detail });
    };
    const work = { kind: KIND, drainMinutes, by: asker.username, act: () => this.#act(asker) } as const;
    return await power.beginWritten(work, () => database.transaction(write));
  }

  /** Takes it back, and nothing that was announced at /appliance. @throws {AppError} request.conflict */
  async cancel(asker: Actor): Promise<void> {
    const { database, audit, applianceEvents, power } = this.needs;
    await database.transaction((tx) => this.#requireIn(tx, asker));
    const kind = power.plan?.kind ?? KIND;
    if (kind !== KIND)
      throw new AppError(
        "request.conflict",
        "This is more than a restart of the software. An administrator of the appliance calls it off at /appliance.",
      );
    if (power.cancel() === null)
      throw new AppError("request.conflict", "No restart is announced, or it happens already.");
    await database.transaction(async (tx) => {
      const by = { actor: auditActor(asker), object: SOFTWARE } as const;
      await audit.record(tx, { action: "power.cancelled", outcome: "succeeded", ...by, detail: { kind } });
      await applianceEvents.record(tx, { kind: "power.cancelled", health: "ok", detail: `By ${asker.username}.` });
    });
  }

  async #act(asker: Asker): Promise<void> {
    const { database, audit, applianceEvents, restartWish } = this.needs;
    await database.transaction(async (tx) => {
      const by = { actor: auditActor(asker), object: SOFTWARE } as const;
      await audit.record(tx, { action: "software.restarted", outcome: "succeeded", ...by });
      await applianceEvents.record(tx, { kind: "power.software", health: "ok", detail: `By ${asker.username}.` });
    });
    restartWish.ask();
  }

  async #requireIn(tx: Tx, asker: Asker): Promise<void> {
    const { signIns, applianceSignIns } = this.needs;
    if ("kind" in asker) await applianceSignIns.requireIn(tx, asker);
    else await signIns.requireIn(tx, asker);
  }
}
