/**
 * Challenges of passkeys that are asked before anybody has said who they are: each page that offers signing in takes one.
 * They stay in memory, since nothing is proved yet; a restart costs whoever is about to sign in another try.
 */
import { networkOf } from "../../address.ts";
import type { Clock } from "../../clock.ts";
import { hashToken, newToken } from "../token.ts";

const LIFETIME_MS = 300_000;
/** Of one network; past it, its own oldest goes. More than the throttle of sign-ins lets one address take in that time. */
const MAX_OF_A_NETWORK = 400;
/** Of all; past it, the oldest of the network that has the most goes: a flood pushes itself out, and nobody else. */
const MAX_CHALLENGES = 20_000;

export class OpenChallenges {
  /** By the challenge's hash, in the order they run out. */
  readonly #challenges = new Map<string, { readonly network: string; readonly untilMs: number }>();
  /** Hashes by network, the oldest first. */
  readonly #networks = new Map<string, Set<string>>();
  constructor(private readonly clock: Clock) {}

  /** A new one, for five minutes and one use. @param address whose page asks */
  begin(address: string): string {
    const network = networkOf(address);
    this.#makeRoom(network);
    const challenge = newToken();
    const hash = hashToken(challenge);
    this.#challenges.set(hash, { network, untilMs: this.clock.monotonicMs() + LIFETIME_MS });
    const own = this.#networks.get(network) ?? new Set();
    this.#networks.set(network, own.add(hash));
    return challenge;
  }

  /** Whether it is one of these; it is used up. Whoever answers may have another address by now. */
  take(challenge: string): boolean {
    this.#forgetOld();
    return this.#forget(hashToken(challenge));
  }

  #makeRoom(network: string): void {
    this.#forgetOld();
    const own = this.#networks.get(network);
    if (own !== undefined && own.size >= MAX_OF_A_NETWORK) this.#forgetOldest(own);
    else if (this.#challenges.size >= MAX_CHALLENGES) this.#forgetOldest(this.#largest());
  }

  #largest(): ReadonlySet<string> {
    let largest: ReadonlySet<string> = new Set();
    for (const hashes of this.#networks.values()) if (hashes.size > largest.size) largest = hashes;
    return largest;
  }

  #forgetOldest(hashes: ReadonlySet<string>): void {
    const [oldest] = hashes;
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forgetOld(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [hash, { untilMs }] of this.#challenges) {
      if (untilMs > nowMs) return;
      this.#forget(hash);
    }
  }

  #forget(hash: string): boolean {
    const found = this.#challenges.get(hash);
    if (found === undefined) return false;
    this.#challenges.delete(hash);
    const own = this.#networks.get(found.network);
    own?.delete(hash);
    if (own?.size === 0) this.#networks.delete(found.network);
    return true;
  }
}
