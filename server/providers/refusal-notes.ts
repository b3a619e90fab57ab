/** Refused answers of providers, written down in their logs and in the audit log; a flood of them costs a bounded few rows. */
import type { AppError } from "../../protocol/errors.ts";
import { networkOf } from "../address.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Provider } from "./provider.ts";
import { codeOf, detailedMessage } from "./refusal.ts";
import { insertLogRow } from "./store.ts";

/** What is counted is counted within so long, from a provider's first refusal on. */
export const INTERVAL_MS = 10 * 60_000;
/** Rows of one network and code within it: enough to see who and why. */
export const MAX_ROWS_EACH = 5;
/** Rows of one provider within it, whoever sends: past it networks are counted together. */
export const MAX_ROWS_OF_PROVIDER = 60;

type Named = Pick<Provider, "id" | "name">;

/** One provider's refusals since the first. */
interface Interval {
  readonly provider: Named;
  readonly untilMs: number;
  /** UTC ISO 8601. */
  readonly since: string;
  /** Rows by network and code. */
  readonly written: Map<string, number>;
  rows: number;
  /** By code; not written one by one. */
  readonly counted: Map<string, number>;
}

export interface RefusalNotesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
}

/**
 * The first five refusals of a network and code are rows, sixty of a provider; the rest are one row a code with their number,
 * written once the ten minutes are over or the server stops. It remembers at most so much for each provider, of which there are fifty at most.
 */
export class RefusalNotes {
  readonly #needs: RefusalNotesNeeds;
  readonly #intervals = new Map<string, Interval>();
  constructor(needs: RefusalNotesNeeds) {
    this.#needs = needs;
  }

  /** Writes down that an answer was refused, or counts it. */
  async note(provider: Named, error: AppError, address: string, name = ""): Promise<void> {
    await this.writeOver();
    const code = codeOf(error);
    if (!takeRow(this.#intervalOf(provider), networkOf(address), code)) return;
    const row = { code, message: detailedMessage(error), name, address };
    await this.#needs.database.transaction((tx) => this.#write(tx, provider, row, { code }));
  }

  /** Writes the numbers of those whose ten minutes are over. */
  async writeOver(): Promise<void> {
    await this.#writeUntil(this.#needs.clock.monotonicMs());
  }

  /** Writes every number: the server stops. */
  async writeRest(): Promise<void> {
    await this.#writeUntil(Number.POSITIVE_INFINITY);
  }

  async #writeUntil(endMs: number): Promise<void> {
    const over = Array.from(this.#intervals.values()).filter(({ untilMs }) => untilMs <= endMs);
    for (const { provider } of over) this.#intervals.delete(provider.id);
    if (over.every(({ counted }) => counted.size === 0)) return;
    await this.#needs.database.transaction(async (tx) => {
      for (const { provider, since, counted } of over)
        for (const [code, more] of counted) {
          const message = `${more} more were refused for this reason since ${since}. They are not written one by one.`;
          await this.#write(tx, provider, { code, message, name: "", address: "" }, { code, more, since });
        }
    });
  }

  #intervalOf({ id, name }: Named): Interval {
    const known = this.#intervals.get(id);
    if (known !== undefined) return known;
    const { clock } = this.#needs;
    const untilMs = clock.monotonicMs() + INTERVAL_MS;
    const counts = { written: new Map<string, number>(), rows: 0, counted: new Map<string, number>() };
    const made = { provider: { id, name }, untilMs, since: clock.now().toISOString(), ...counts };
    this.#intervals.set(id, made);
    return made;
  }

  async #write(
    tx: Tx,
    provider: Named,
    row: { readonly code: string; readonly message: string; readonly name: string; readonly address: string },
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { code, message, name, address } = row;
    const at = this.#needs.clock.now().toISOString();
    await insertLogRow(tx, provider.id, { at, outcome: "refused", code, message, name });
    await this.#needs.audit.record(tx, {
      action: "provider.refused",
      outcome: "denied",
      actor: { kind: "nobody", name, address },
      object: { kind: "provider", id: provider.id, name: provider.name },
      detail,
    });
  }
}

/** Whether this one is a row of its own; else it is counted. */
function takeRow(interval: Interval, network: string, code: string): boolean {
  const key = `${network} ${code}`;
  const rows = interval.written.get(key) ?? 0;
  if (rows < MAX_ROWS_EACH && interval.rows < MAX_ROWS_OF_PROVIDER) {
    interval.written.set(key, rows + 1);
    interval.rows += 1;
    return true;
  }
  interval.counted.set(code, (interval.counted.get(code) ?? 0) + 1);
  return false;
}
