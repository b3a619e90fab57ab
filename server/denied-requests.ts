/** Refused requests in the audit log: repeats of one actor at one route within a minute are gathered into one row. */
import type { Actor } from "./actor.ts";
import type { Audit } from "./audit/audit.ts";
import { auditActor } from "./audit/audit-actor.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./database/database.ts";

const GATHERED_MS = 60_000;
/** Actors times routes that were refused in the last minute; past that the oldest is written and forgotten. */
const MAX_KEPT = 1000;

interface Repeats {
  readonly actor: Actor;
  readonly route: string;
  readonly permission: string;
  readonly untilMs: number;
  /** Since the row that was written at once. */
  count: number;
}
export interface DeniedRequestsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
}

/**
 * The first refusal is written at once. What repeats it within a minute is counted; the count is written with the next
 * refusal of anybody after the minute is over, so that no timer runs and a flood costs one row a minute.
 */
export class DeniedRequests {
  readonly #needs: DeniedRequestsNeeds;
  /** In the order of their minutes. */
  readonly #kept = new Map<string, Repeats>();
  constructor(needs: DeniedRequestsNeeds) {
    this.#needs = needs;
  }

  /** @param route method and path as mounted; @param permission what was missing */
  async record(route: string, actor: Actor, permission: string): Promise<void> {
    const nowMs = this.#needs.clock.monotonicMs();
    const over = this.#takeOver(nowMs);
    const key = `${actor.signIn} ${route}`;
    const known = this.#kept.get(key);
    if (known !== undefined) known.count += 1;
    else this.#kept.set(key, { actor, route, permission, untilMs: nowMs + GATHERED_MS, count: 0 });
    const repeated = over.filter(({ count }) => count > 0);
    if (known !== undefined && repeated.length === 0) return;
    await this.#needs.database.transaction(async (tx) => {
      for (const { count, ...one } of repeated) await this.#needs.audit.record(tx, toEvent(one, { repeats: count }));
      if (known === undefined) await this.#needs.audit.record(tx, toEvent({ actor, route, permission }));
    });
  }

  /** Those whose minute is over, and the oldest where there are too many; they are kept no longer. */
  #takeOver(nowMs: number): Repeats[] {
    const over: Repeats[] = [];
    for (const [key, repeats] of this.#kept) {
      if (repeats.untilMs > nowMs && this.#kept.size < MAX_KEPT) break;
      this.#kept.delete(key);
      over.push(repeats);
    }
    return over;
  }
}

function toEvent(
  { actor, route, permission }: Pick<Repeats, "actor" | "route" | "permission">,
  detail?: Readonly<Record<string, unknown>>,
) {
  const object = { kind: "route", id: route, name: permission };
  const event = { action: "permission.denied", outcome: "denied", actor: auditActor(actor), object } as const;
  return detail === undefined ? event : { ...event, detail };
}
