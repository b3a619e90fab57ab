/** The failover pair of a serving process, wired. */
import type { Core } from "../core.ts";
import type { Health } from "../../protocol/api/appliance/status.ts";
import { FailoverPair } from "./failover-pair.ts";
import type { LaneAddress } from "./lane/dial.ts";
import type { LaneHost } from "./lane/lane-gateway.ts";
import type { Pair } from "./pair.ts";
import { PairLink } from "./pair-link.ts";

/** A line that is lost for less is nobody's worry. */
const AWAY_MS = 60_000;
const WATCH_MS = 5000;
/** Further behind, in seconds of writes, is worth telling. */
const BEHIND_SECONDS = 60;

export interface OpenedStandby extends AsyncDisposable {
  readonly failoverPair: FailoverPair;
  /** For the listener. */
  readonly host: LaneHost;
  /** Feeding and following begin; once the server listens. */
  start(): void;
  /** How the pair is, for the page that shows every part; null: there is no pair. */
  health(): { readonly health: Health; readonly reason: string } | null;
}

export interface StandbyOptions {
  readonly core: Core;
  readonly pair: Pair;
  /** Where administration is answered; an empty host: at every address. */
  ownPlace(): LaneAddress;
  ownAddresses(): readonly string[];
}

/** Open until disposed; the pair itself stays open. */
export function openStandby({ core, pair, ownPlace, ownAddresses }: StandbyOptions): OpenedStandby {
  const { clock, log, database, audit, secrets, settings, applianceSignIns } = core;
  const siteName = async (): Promise<string> => (await settings.read()).siteName.slice(0, 200);
  const away = new AwayWatch(core);
  const logged = (work: Promise<void>): void =>
    void work.catch((error: unknown) => log.error("what became of the pair could not be written down", error));
  let failoverPair: FailoverPair | null = null;
  const link = new PairLink({
    ...{ pair, clock, log, siteName, ownPlace },
    secretKey: () => secrets.keyForBackup(),
    onWord: (word, lane) => failoverPair?.heard(word, lane),
    onReached: (isReached) => away.reached(isReached),
    onPaired: (host) => logged(recordPaired(core, host)),
    onSteppedBack: (stepped) => logged(failoverPair?.recordStepBack(stepped) ?? Promise.resolve()),
  });
  const acts = new FailoverPair({
    ...{ pair, link, database, audit, applianceSignIns, clock, log, siteName, ownPlace, ownAddresses },
  });
  failoverPair = acts;
  const watch = setInterval(() => logged(away.look(pair.record.peer !== null && !link.isReached)), WATCH_MS);
  return {
    failoverPair: acts,
    host: link.host,
    start: () => {
      acts.removeLeftovers();
      link.start();
      logged(acts.recordWhatWasDone());
    },
    health: () => healthOf(pair, link, acts),
    async [Symbol.asyncDispose]() {
      clearInterval(watch);
      await link[Symbol.asyncDispose]();
    },
  };
}

/** Where a place is as the other appliance may dial it. */
export function dialledAt({ hostname, port }: { readonly hostname: string; readonly port: number }): LaneAddress {
  const isEverywhere = hostname === "0.0.0.0" || hostname === "::" || hostname === "";
  return { host: isEverywhere ? "" : hostname, port };
}

/** Tells once that the other one is away, and once that it is back. */
class AwayWatch {
  #awaySinceMs: number | null = null;
  #isTold = false;
  constructor(private readonly core: Pick<Core, "clock" | "applianceEvents">) {}

  reached(isReached: boolean): void {
    this.#awaySinceMs = isReached ? null : this.core.clock.monotonicMs();
  }

  async look(isAway: boolean): Promise<void> {
    const { clock, applianceEvents } = this.core;
    const now = clock.monotonicMs();
    if (isAway) this.#awaySinceMs ??= now;
    else this.#awaySinceMs = null;
    const isLong = this.#awaySinceMs !== null && now - this.#awaySinceMs >= AWAY_MS;
    if (isLong === this.#isTold) return;
    const [kind, health] = isLong ? (["standby.away", "attention"] as const) : (["standby.back", "ok"] as const);
    this.#isTold = isLong;
    try {
      await applianceEvents.tell({ kind, health, detail: "" });
    } catch (error) {
      // It is told at the next look.
      this.#isTold = !isLong;
      throw error;
    }
  }
}

async function recordPaired({ database, audit }: Core, host: string): Promise<void> {
  const object = { kind: "appliance", id: host, name: host };
  await database.transaction((tx) =>
    audit.record(tx, { action: "standby.paired", outcome: "succeeded", actor: { kind: "system" }, object }),
  );
}

function healthOf(pair: Pair, link: PairLink, acts: FailoverPair): { health: Health; reason: string } | null {
  const { problem, behindSeconds, copying, role } = acts.view();
  if (role === "alone") return null;
  if (problem !== "") return { health: "failed", reason: problem };
  if (!link.isReached) return { health: "attention", reason: "The other appliance is not reached." };
  if (copying !== null) return { health: "attention", reason: "The first copy runs." };
  if (behindSeconds !== null && behindSeconds > BEHIND_SECONDS)
    return { health: "attention", reason: `The copy is ${behindSeconds.toFixed(0)} s behind.` };
  return { health: "ok", reason: pair.isServing ? "" : "This appliance is the standby." };
}
