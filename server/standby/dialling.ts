/** When this appliance dials the other one of its pair: a standby until it is there, a primary that misses its standby. */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { addressText, dialLane, type LaneAddress } from "./lane/dial.ts";
import type { Lane, LaneEvents } from "./lane/lane.ts";
import type { Pair } from "./pair.ts";

/** Between two tries of a standby; the longer the more of them came to nothing. */
const DIAL_AGAIN_MS = [500, 1000, 2000, 5000, 10_000] as const;
/** A primary looks for its standby itself after so long without it: it may have been replaced. */
const LOOK_FOR_STANDBY_MS = 5000;

interface DiallingNeeds {
  readonly pair: Pair;
  readonly clock: Clock;
  readonly log: Log;
  /** What becomes of a lane to this address. */
  events(address: LaneAddress): LaneEvents;
}

export class Dialling {
  readonly #needs: DiallingNeeds;
  #lane: Lane | null = null;
  #dialAtMs: number;
  #failures = 0;
  constructor(needs: DiallingNeeds) {
    this.#needs = needs;
    this.#dialAtMs = needs.clock.monotonicMs() + (needs.pair.record.role === "primary" ? LOOK_FOR_STANDBY_MS : 0);
  }

  /** Dials where it is time to; asked while there is no line. */
  look(): void {
    const { pair, clock, log, events } = this.#needs;
    const { peer, role, keys } = pair.record;
    if (peer === null || this.#lane !== null || clock.monotonicMs() < this.#dialAtMs) return;
    const address = { host: peer.host, port: peer.port };
    const side = { kind: "dialler", keys, hostKey: peer.key, invitation: null } as const;
    const lane = dialLane(address, side, events(address));
    this.#lane = lane.isOver ? null : lane;
    const step = DIAL_AGAIN_MS[Math.min(this.#failures, DIAL_AGAIN_MS.length - 1)]!;
    // Two that dial each other at once would end each other's lanes for ever.
    const jitter = 0.75 + Math.random() / 2;
    this.#dialAtMs = clock.monotonicMs() + (role === "primary" ? LOOK_FOR_STANDBY_MS : step) * jitter;
    this.#failures += 1;
    if (this.#failures === DIAL_AGAIN_MS.length)
      log.warn("the other appliance of the pair is not reached, or does not follow", { address: addressText(address) });
  }

  /** A lane has opened, or has ended: it is dialled no more. */
  over(lane: Lane): void {
    if (this.#lane === lane) this.#lane = null;
  }

  /** The line has ended; the next one waits a moment. */
  afterLine(): void {
    this.#dialAtMs = Math.max(this.#dialAtMs, this.#needs.clock.monotonicMs() + DIAL_AGAIN_MS[0]);
  }

  /** The other one is there, and wants to be dialled. */
  soon(): void {
    this.#dialAtMs = 0;
  }

  /** The two did what a line is for: the next try is a first one. Only to have met is no such thing, as on a full disk. */
  cameToSomething(): void {
    this.#failures = 0;
  }

  end(): void {
    this.#lane?.end("it is over");
  }
}
