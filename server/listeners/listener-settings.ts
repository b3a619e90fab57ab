/**
 * Where the server answers whom, as administrators choose it. Administration at another place is tried: kept from there
 * within two minutes, or the former place comes back, also after a restart in between.
 */
import { isIP } from "node:net";
import {
  Listeners,
  LISTENERS_TRIAL_SECONDS,
  type ListenersState,
  type ListenerUse,
  listenerUses,
} from "../../protocol/api/appliance/access.ts";
import type { FirewallRule } from "../../protocol/appliance/system-actions.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Static } from "@sinclair/typebox";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceChangeNeeds } from "../appliance-administrators/appliance-change.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Tx } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";
import { consoleAddress } from "./console-address.ts";
import type { ListeningPlaces } from "./listening-places.ts";
import { keyOf, oneForAll, placeOf, portsNeeded } from "./plan.ts";
import { readListeners, writeListeners } from "./store.ts";

/** A place that could not be listened on is tried again so often. */
const RETRY_MS = 10_000;

interface Trial {
  readonly former: Listeners;
  readonly revertsAt: string;
  readonly untilMs: number;
}

/** What stands in the tables. A trial that a restart or a power cut came into was not kept. */
export async function readChosenListeners({ database, audit }: ApplianceChangeNeeds): Promise<Listeners> {
  const { listeners, former } = await readListeners(database.queries);
  if (former === null) return parse(listeners);
  await database.transaction(async (tx) => {
    await writeListeners(tx, { listeners: former, former: null });
    await record(audit, tx, "listeners.reverted", { kind: "system" }, parse(former));
  });
  return parse(former);
}

/** Puts everything back to the place of --listen: from the machine itself, when nothing else leads in. */
export async function resetListeners({ database, audit }: ApplianceChangeNeeds): Promise<void> {
  await database.transaction(async (tx) => {
    await writeListeners(tx, { listeners: null, former: null });
    await record(audit, tx, "listeners.changed", { kind: "system" }, oneForAll);
  });
}

export class ListenerSettings {
  readonly #needs: ApplianceChangeNeeds;
  readonly #places: ListeningPlaces;
  readonly #listening = new Set<(listeners: Listeners) => void>();
  #listeners: Listeners;
  #trial: Trial | null = null;
  #outsideVersion: number;
  #retryAtMs = 0;
  constructor(needs: ApplianceChangeNeeds, places: ListeningPlaces, listeners: Listeners) {
    this.#needs = needs;
    this.#places = places;
    this.#listeners = listeners;
    this.#outsideVersion = needs.database.outsideVersion();
    places.attempt(listeners);
  }

  /** Tells what holds, now and after each change; dispose to stop. */
  onChanged(listener: (listeners: Listeners) => void): Disposable {
    this.#listening.add(listener);
    listener(this.#listeners);
    return { [Symbol.dispose]: () => void this.#listening.delete(listener) };
  }

  /** What holds, as somebody from `yourAddress` sees it. */
  state(yourAddress: string): ListenersState {
    const { hostname, port } = this.#places.main;
    const problems = this.#places.problems.map(({ hostname: address, ...rest }) => ({ address, ...rest }));
    const place = placeOf(this.#listeners.administration, this.#places.main);
    const trial =
      this.#trial === null ? null : { revertsAt: this.#trial.revertsAt, address: place.hostname, port: place.port };
    return { listeners: this.#listeners, main: { address: hostname, port }, yourAddress, trial, problems };
  }

  /** Where a page of the console is; null: it is none. */
  consoleAddress(url: string): string | null {
    return consoleAddress(url, this.#listeners, this.#places.main);
  }

  /** What the appliance's firewall has to let in now. */
  portsNeeded(): Static<typeof FirewallRule>[] {
    return portsNeeded(this.#listeners, this.#places.main);
  }

  /**
   * Applies it at once; where administration moves, as a trial.
   * @throws {AppError} request.invalid, network.invalid (it would shut the asker out, or cannot be listened on),
   *   network.trial_running, sign_in.required
   */
  async change(asker: ApplianceAdministrator, asked: Listeners): Promise<void> {
    if (this.#trial !== null)
      throw new AppError("network.trial_running", "Another change is being tried. Keep it or go back first.");
    checkAddresses(asked);
    if (!this.#places.admits(asked, "administration", asker.address))
      throw new AppError(
        "network.invalid",
        `Your own address, ${asker.address}, is in none of the networks for administration. Nothing was changed.`,
      );
    const former = this.#listeners;
    const isTrial = this.#moves(former, asked, "administration");
    this.#places.change(asked);
    this.#trial = isTrial ? this.#newTrial(former) : null;
    try {
      await this.#write(asker, "listeners.changed", asked, isTrial ? former : null);
    } catch (error) {
      this.#trial = null;
      this.#places.attempt(former);
      throw error;
    }
    this.#follow(asked);
  }

  /** What is tried holds from now on. @throws {AppError} sign_in.required, request.stale when nothing is tried */
  async keep(asker: ApplianceAdministrator): Promise<void> {
    if (this.#trial === null) throw nothingTried();
    await this.#write(asker, "listeners.changed", this.#listeners, null);
    this.#trial = null;
  }

  /** Back to what was before the trial. @throws {AppError} sign_in.required, request.stale when nothing is tried */
  async revert(asker: ApplianceAdministrator): Promise<void> {
    if (this.#trial === null) throw nothingTried();
    await this.#goBack(this.#trial, asker);
  }

  /** To be called every second: ends a trial in time, follows other processes, tries again what could not be opened. */
  async tick(): Promise<void> {
    const { database, clock, log } = this.#needs;
    const nowMs = clock.monotonicMs();
    if (this.#trial !== null && nowMs >= this.#trial.untilMs) {
      log.warn("the place of administration was not kept; the former one is back");
      await this.#goBack(this.#trial, null);
    }
    const version = database.outsideVersion();
    if (version !== this.#outsideVersion && this.#trial === null) {
      this.#outsideVersion = version;
      const { listeners } = await readListeners(database.queries);
      if (!Bun.deepEquals(parse(listeners), this.#listeners)) this.#attempt(parse(listeners));
    }
    if (this.#places.problems.length > 0 && nowMs >= this.#retryAtMs) this.#attempt(this.#listeners);
  }

  #newTrial(former: Listeners): Trial {
    const { clock } = this.#needs;
    const trialMs = LISTENERS_TRIAL_SECONDS * 1000;
    const revertsAt = new Date(clock.now().getTime() + trialMs).toISOString();
    return { former, revertsAt, untilMs: clock.monotonicMs() + trialMs };
  }

  async #goBack({ former }: Trial, asker: ApplianceAdministrator | null): Promise<void> {
    await this.#write(asker, "listeners.reverted", former, null);
    this.#trial = null;
    this.#attempt(former);
  }

  #attempt(listeners: Listeners): void {
    this.#retryAtMs = this.#needs.clock.monotonicMs() + RETRY_MS;
    this.#places.attempt(listeners);
    this.#follow(listeners);
  }

  #follow(listeners: Listeners): void {
    this.#listeners = listeners;
    for (const listener of this.#listening) listener(listeners);
  }

  #moves(before: Listeners, after: Listeners, use: ListenerUse): boolean {
    const { main } = this.#places;
    return keyOf(placeOf(before[use], main)) !== keyOf(placeOf(after[use], main));
  }

  async #write(
    asker: ApplianceAdministrator | null,
    action: AuditAction,
    listeners: Listeners,
    former: Listeners | null,
  ): Promise<void> {
    const { database, audit, applianceSignIns } = this.#needs;
    await database.transaction(async (tx) => {
      if (asker !== null) await applianceSignIns.requireIn(tx, asker);
      const texts = { listeners: JSON.stringify(listeners), former: former === null ? null : JSON.stringify(former) };
      await writeListeners(tx, texts);
      await record(audit, tx, action, asker === null ? { kind: "system" } : auditActor(asker), listeners);
    });
  }
}

async function record(
  audit: Audit,
  tx: Tx,
  action: AuditAction,
  actor: AuditActor,
  listeners: Listeners,
): Promise<void> {
  const detail = Object.fromEntries(listenerUses.map((use) => [use, wordsOf(listeners, use)]));
  const object = { kind: "appliance", id: "appliance", name: "" };
  await audit.record(tx, { action, outcome: "succeeded", actor, object, detail });
}

/** "10.0.0.1 8443 10.0.0.0/8 192.0.2.7": place, then networks. */
const wordsOf = (listeners: Listeners, use: ListenerUse): string => {
  const { address, port, networks } = listeners[use];
  return [address === "" ? "*" : address, port ?? "*", ...networks].join(" ");
};

function parse(text: string | null): Listeners {
  return text === null ? oneForAll : fromTable(Listeners, JSON.parse(text));
}

function checkAddresses(asked: Listeners): void {
  const wrong = listenerUses.map((use) => asked[use].address).find((address) => address !== "" && isIP(address) === 0);
  if (wrong !== undefined) throw new AppError("request.invalid", `${wrong} is no address.`);
}

const nothingTried = (): AppError =>
  new AppError("request.stale", "Nothing is being tried any more. Load the page again to see what holds.");
