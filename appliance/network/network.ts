import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import {
  NETWORK_TRIAL_SECONDS,
  NetworkSettings,
  type NetworkState,
} from "../../protocol/appliance/network-settings.ts";
import { AppError } from "../../protocol/errors.ts";
import { readSettings, removeDurably, writeSettings } from "../system/durable-file.ts";
import type { System } from "../system/system.ts";
import { applyNetwork } from "./apply-network.ts";
import { interfaceNames, readDnsServers, readGateways, readInterfaces } from "./interfaces.ts";
import { readNetworkSettings, writeNetworkSettings } from "./network-settings-file.ts";
import { checkNetworkSettings } from "./settings-check.ts";

/** Settings on trial. The file lies in memory, so a restart of the machine ends the trial by itself. */
const Trial = Type.Object({
  settings: NetworkSettings,
  /** By the machine's uptime, which setting the clock does not move. */
  endsAtUptimeMs: Type.Number(),
});
type Trial = Static<typeof Trial>;

/** How soon a way back that failed is tried again. */
const RETRY_MS = 5_000;

/**
 * The network's settings: tried for two minutes, then kept or taken back.
 *
 * INVARIANT: settings nobody kept are gone after the trial, also when this program is killed meanwhile or the machine
 * restarts: the former ones are the file on the data partition, the trial is a file in memory.
 */
export class Network implements Disposable {
  #timer: Timer | null = null;
  /** Changes wait for each other, so that none meets half of another. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly system: System) {}

  /** Takes up a trial that another run of this program left behind. Call once, at the start. */
  resume(): void {
    const trial = this.readTrial();
    if (trial !== null) this.revertIn(trial.endsAtUptimeMs - this.system.clock.uptimeMs());
  }

  /** Settings and what came of them. */
  async read(): Promise<NetworkState> {
    const trial = this.readTrial();
    const kept = readNetworkSettings(this.system.paths);
    const [interfaces, gateways] = await Promise.all([readInterfaces(this.system), readGateways(this.system)]);
    return {
      settings: trial?.settings ?? kept,
      interfaces,
      gateways,
      dnsServers: readDnsServers(this.system.paths),
      trial: trial === null ? null : { revertsAt: this.dateOf(trial), former: kept, settings: trial.settings },
    };
  }

  /** Makes settings hold until the trial ends. @throws {AppError} network.invalid, network.trial_running */
  async try(settings: NetworkSettings): Promise<NetworkState> {
    checkNetworkSettings(settings, interfaceNames(this.system.paths));
    return await this.inTurn(async () => {
      if (this.readTrial() !== null) {
        throw new AppError(
          "network.trial_running",
          "Other network settings are being tried. Keep them or take them back first.",
        );
      }
      const former = readNetworkSettings(this.system.paths);
      const endsAtUptimeMs = this.system.clock.uptimeMs() + NETWORK_TRIAL_SECONDS * 1000;
      // The trial is written first: whatever happens from here on is taken back.
      writeSettings(this.trialPath, { settings, endsAtUptimeMs });
      this.revertIn(NETWORK_TRIAL_SECONDS * 1000);
      await applyNetwork(this.system, settings, former);
      return await this.read();
    });
  }

  /** The settings on trial stay. @throws {AppError} request.conflict when none are tried any more */
  async keep(): Promise<NetworkState> {
    return await this.inTurn(async () => {
      const trial = this.readTrial();
      if (trial === null) {
        throw new AppError(
          "request.conflict",
          "No network settings are being tried any more. The former ones hold again; set the new ones once more.",
        );
      }
      writeNetworkSettings(this.system.paths, trial.settings);
      this.endTrial();
      return await this.read();
    });
  }

  /** The settings before the trial hold again; without a trial nothing changes. */
  async revert(): Promise<NetworkState> {
    return await this.inTurn(async () => {
      const trial = this.readTrial();
      if (trial !== null) {
        await applyNetwork(this.system, readNetworkSettings(this.system.paths), trial.settings);
        this.endTrial();
      }
      return await this.read();
    });
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  private endTrial(): void {
    removeDurably(this.trialPath);
    this[Symbol.dispose]();
  }

  private revertIn(delayMs: number): void {
    this[Symbol.dispose]();
    this.#timer = setTimeout(
      () => {
        this.revert().catch((error: unknown) => {
          this.system.log(`The network settings on trial could not be taken back; trying again. ${String(error)}`);
          this.revertIn(RETRY_MS);
        });
      },
      Math.max(delayMs, 0),
    );
  }

  private readTrial(): Trial | null {
    return readSettings(this.trialPath, Trial);
  }

  private get trialPath(): string {
    return join(this.system.paths.run, "network-trial.json");
  }

  private dateOf({ endsAtUptimeMs }: Trial): string {
    const { clock } = this.system;
    return new Date(clock.now().getTime() + endsAtUptimeMs - clock.uptimeMs()).toISOString();
  }

  private async inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(change);
    this.#queue = turn.catch(() => null);
    return await turn;
  }
}
