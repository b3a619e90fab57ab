/** Tickets by which a console's socket proves whose it is: 32 random bytes, 30 seconds, used once (NA13). */
import type { Actor } from "../actor.ts";
import type { Clock } from "../clock.ts";
import { AppError } from "../../protocol/errors.ts";
import type { SignIns } from "./sign-ins.ts";
import { hashToken, newToken } from "./token.ts";

const LIFETIME_MS = 30_000;
const MAX_TICKETS = 10_000;
/** A browser asks for one each time a tab connects; so nobody takes the places of everybody else. */
const MAX_TICKETS_PER_SIGN_IN = 64;

export class SocketTickets {
  readonly #tickets = new Map<string, { readonly actor: Actor; readonly untilMs: number }>();
  constructor(
    private readonly signIns: SignIns,
    private readonly clock: Clock,
  ) {}

  /** @throws {AppError} request.too_many when 10,000 are waiting, or 64 of this sign-in. */
  issue(actor: Actor): string {
    this.#forgetOld();
    if (this.#tickets.size >= MAX_TICKETS || this.#countOf(actor.signIn) >= MAX_TICKETS_PER_SIGN_IN)
      throw new AppError("request.too_many", "Too many consoles connect at this moment. Try again in a few seconds.");
    const ticket = newToken();
    this.#tickets.set(hashToken(ticket), { actor, untilMs: this.clock.monotonicMs() + LIFETIME_MS });
    return ticket;
  }

  /** Whose ticket it is, once; `null` when it is unknown, used, too old, or its sign-in has ended meanwhile. */
  async redeem(ticket: string): Promise<Actor | null> {
    this.#forgetOld();
    const key = hashToken(ticket);
    const found = this.#tickets.get(key);
    this.#tickets.delete(key);
    if (found === undefined) return null;
    const { signIn, area, address } = found.actor;
    return (await this.signIns.findBySignIn(signIn, area, address))?.actor ?? null;
  }

  #countOf(signIn: string): number {
    let count = 0;
    for (const { actor } of this.#tickets.values()) if (actor.signIn === signIn) count += 1;
    return count;
  }

  /** They are in the order they were issued, so the old ones stand first. */
  #forgetOld(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [key, { untilMs }] of this.#tickets) {
      if (untilMs > nowMs) return;
      this.#tickets.delete(key);
    }
  }
}
