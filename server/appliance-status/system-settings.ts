/** The network and the time of the appliance: asked of the system's helper, with who did it in the audit log. */
import type { Static } from "@sinclair/typebox";
import type { ClockState } from "../../protocol/appliance/system-actions.ts";
import type { NetworkSettings, NetworkState, TimeSettings } from "../../protocol/appliance/network-settings.ts";
import type { ApplianceEventKind } from "../../protocol/appliance/events.ts";
import { AppError } from "../../protocol/errors.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceChangeNeeds } from "../appliance-administrators/appliance-change.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { AuditActor, AuditEvent } from "../audit/audit-event.ts";
import type { Tx } from "../database/database.ts";
import type { SystemHelper } from "../system/system-helper.ts";
import type { ApplianceEvents } from "./events.ts";
import type { KnownSystem } from "./system-facts.ts";

/** So long after its time a trial is looked for that should have gone back. */
const REVERT_SLACK_MS = 3000;
const NETWORK = { kind: "settings", id: "network", name: "Network" } as const;
const TIME = { kind: "settings", id: "time", name: "Time" } as const;

export interface SystemSettingsNeeds extends ApplianceChangeNeeds {
  readonly systemHelper: SystemHelper;
  readonly applianceEvents: ApplianceEvents;
  readonly system: KnownSystem;
}

interface Told {
  readonly action: AuditAction;
  readonly kind: ApplianceEventKind;
  readonly object: AuditEvent["object"];
  readonly detail: Readonly<Record<string, unknown>>;
  readonly words: string;
}

export class SystemSettings implements Disposable {
  readonly #needs: SystemSettingsNeeds;
  #revertTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(needs: SystemSettingsNeeds) {
    this.#needs = needs;
  }

  [Symbol.dispose](): void {
    if (this.#revertTimer !== null) clearTimeout(this.#revertTimer);
  }

  /** @throws {AppError} system.unavailable */
  async network(): Promise<NetworkState> {
    return await this.#needs.systemHelper.ask("network.read", {});
  }

  /** For two minutes, then they go back by themselves. @throws {AppError} network.invalid, network.trial_running */
  async tryNetwork(actor: ApplianceAdministrator, settings: NetworkSettings): Promise<NetworkState> {
    await this.#require(actor);
    const state = await this.#needs.systemHelper.ask("network.try", settings);
    const detail = { before: state.trial?.former ?? null, after: settings };
    const told = { action: "network-settings.tried", kind: "network.tried", object: NETWORK, detail } as const;
    await this.#tell(auditActor(actor), { ...told, words: `By ${actor.username}: ${addressesOf(settings)}.` });
    if (state.trial !== null) this.#watchTrial(Date.parse(state.trial.revertsAt), settings);
    return state;
  }

  /** What is tried stays. @throws {AppError} request.conflict: nothing is tried any more */
  async keepNetwork(actor: ApplianceAdministrator): Promise<NetworkState> {
    await this.#require(actor);
    const { trial } = await this.network();
    if (trial === null) throw noTrial();
    const state = await this.#needs.systemHelper.ask("network.keep", {});
    this.#forgetTrial();
    const detail = { before: trial.former, after: trial.settings };
    const told = { action: "network-settings.kept", kind: "network.kept", object: NETWORK, detail } as const;
    await this.#tell(auditActor(actor), { ...told, words: `By ${actor.username}: ${addressesOf(trial.settings)}.` });
    return state;
  }

  /** Back to what was, at once. @throws {AppError} request.conflict: nothing is tried any more */
  async revertNetwork(actor: ApplianceAdministrator): Promise<NetworkState> {
    await this.#require(actor);
    const { trial } = await this.network();
    if (trial === null) throw noTrial();
    const state = await this.#needs.systemHelper.ask("network.revert", {});
    this.#forgetTrial();
    await this.#tell(auditActor(actor), reverted(trial.settings, `By ${actor.username}.`));
    return state;
  }

  /** @throws {AppError} system.unavailable */
  async time(): Promise<Static<typeof ClockState>> {
    return await this.#needs.systemHelper.ask("clock.read", {});
  }

  /** @throws {AppError} what the system refuses */
  async setTime(actor: ApplianceAdministrator, settings: TimeSettings): Promise<Static<typeof ClockState>> {
    await this.#require(actor);
    const before = (await this.time()).settings;
    const state = await this.#needs.systemHelper.ask("clock.set", settings);
    const detail = { before, after: settings };
    const told = { action: "time-settings.changed", kind: "clock.changed", object: TIME, detail } as const;
    const servers = settings.ntpServers.length === 0 ? "the usual time servers" : settings.ntpServers.join(", ");
    await this.#tell(auditActor(actor), { ...told, words: `By ${actor.username}: ${settings.timeZone}, ${servers}.` });
    return state;
  }

  /** INVARIANT: whoever's sign-in ended while the system was asked has changed nothing more. */
  async #require(actor: ApplianceAdministrator): Promise<void> {
    const { database, applianceSignIns } = this.#needs;
    await database.transaction((tx) => applianceSignIns.requireIn(tx, actor));
  }

  #watchTrial(revertsAtMs: number, settings: NetworkSettings): void {
    this.#forgetTrial();
    const waitMs = Math.max(0, revertsAtMs - this.#needs.clock.now().getTime()) + REVERT_SLACK_MS;
    this.#revertTimer = setTimeout(() => {
      this.#noteReverted(settings).catch((error: unknown) =>
        this.#needs.log.error("it could not be written down whether the network's settings went back", error),
      );
    }, waitMs);
  }

  async #noteReverted(settings: NetworkSettings): Promise<void> {
    this.#revertTimer = null;
    const { trial } = await this.network();
    if (trial !== null) return;
    await this.#tell({ kind: "system" }, reverted(settings, "Nobody confirmed them within two minutes."));
  }

  #forgetTrial(): void {
    if (this.#revertTimer !== null) clearTimeout(this.#revertTimer);
    this.#revertTimer = null;
  }

  async #tell(actor: AuditActor, { action, kind, object, detail, words }: Told): Promise<void> {
    const { database, audit, applianceEvents, system } = this.#needs;
    system.forget();
    await database.transaction(async (tx: Tx) => {
      await audit.record(tx, { action, outcome: "succeeded", actor, object, detail });
      await applianceEvents.record(tx, {
        kind,
        health: kind === "network.reverted" ? "attention" : "ok",
        detail: words,
      });
    });
  }
}

const reverted = (settings: NetworkSettings, words: string): Told => ({
  action: "network-settings.reverted",
  kind: "network.reverted",
  object: NETWORK,
  detail: { before: settings },
  words,
});

function addressesOf({ hostname, interfaces }: NetworkSettings): string {
  const each = interfaces.map(({ name, addressing, addresses }) =>
    addressing === "static" ? `${name} ${addresses.join(" ")}` : `${name} ${addressing}`,
  );
  return [hostname, ...each].join(", ");
}

const noTrial = (): AppError =>
  new AppError("request.conflict", "No network settings are tried any more: they went back already.");
