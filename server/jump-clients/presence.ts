/**
 * Presence and statistics on their way to the database. They are gathered and written together, so that 15,000 Jump
 * Clients that reconnect at once cost a few commits, not 15,000. What is lost in a power cut is told again by the agent.
 */
import type { JumpClientId } from "../../protocol/ids.ts";
import type { SystemFacts, SystemStatistics } from "../../protocol/messages/agent.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Log } from "../log.ts";
import { type CpuWord, hourOf } from "./cpu-day.ts";
import { factColumns, statisticsColumns } from "./jump-client-row.ts";
import { type JumpClientUpdate, updateJumpClient } from "./store.ts";

/** How long presence is gathered before it is written. */
const GATHER_MS = 250;
/** How long presence that could not be written waits for the next attempt. */
const RETRY_MS = 2000;
/** Rows in one transaction, so that others get their turn in between. */
const ROWS_A_COMMIT = 100;

/** What became known of one Jump Client; a later word takes the place of an earlier one. */
export interface PresenceChange {
  readonly isOnline?: boolean;
  readonly publicAddress?: string;
  readonly facts?: SystemFacts;
  readonly statistics?: SystemStatistics;
  /** Of the trust bundle it held when it called in. */
  readonly trustBundleVersion?: number;
}

interface Gathered extends PresenceChange {
  readonly at: string;
  /** How busy it is, in the hour in which that was heard, however late it is written. */
  readonly cpuWord?: CpuWord;
}

export class Presence implements AsyncDisposable {
  #gathered = new Map<JumpClientId, Gathered>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #writing: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
    /** Called with the Jump Clients whose rows have just changed. */
    private readonly onWritten: (jumpClients: readonly JumpClientId[]) => void,
  ) {}

  /**
   * Gathers a change; it is in the database within about GATHER_MS. While the server stops it is dropped: at its next
   * start everyone is offline until they say otherwise.
   */
  tell(jumpClient: JumpClientId, change: PresenceChange): void {
    if (this.#isDisposed) return;
    const before = this.#gathered.get(jumpClient);
    const at = change.isOnline === undefined && before ? before.at : this.clock.now().toISOString();
    this.#gathered.set(jumpClient, { ...before, ...change, ...this.#cpuWordOf(change), at });
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  #cpuWordOf({ statistics }: PresenceChange): Pick<Gathered, "cpuWord"> {
    if (statistics === undefined) return {};
    return { cpuWord: { percent: statistics.cpuPercent, hour: hourOf(this.clock.now()) } };
  }

  /** Writes what is gathered; resolves when it is committed. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await this.flush();
  }

  async #write(): Promise<void> {
    const gathered = [...this.#gathered];
    this.#gathered = new Map();
    for (let start = 0; start < gathered.length; start += ROWS_A_COMMIT) {
      const batch = gathered.slice(start, start + ROWS_A_COMMIT);
      try {
        await this.#commit(batch);
      } catch (error) {
        this.log.error("Presence of Jump Clients could not be written; it is tried again", error);
        this.#keep(batch);
      }
      this.onWritten(batch.map(([jumpClient]) => jumpClient));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What could not be written waits for the next time, unless something newer is known by then. */
  #keep(batch: readonly (readonly [JumpClientId, Gathered])[]): void {
    if (this.#isDisposed) return;
    for (const [jumpClient, change] of batch)
      this.#gathered.set(jumpClient, { ...change, ...this.#gathered.get(jumpClient) });
    this.#timer ??= setTimeout(() => void this.flush(), RETRY_MS);
  }

  async #commit(batch: readonly (readonly [JumpClientId, Gathered])[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const [jumpClient, change] of batch) {
        const { cpuWord, isOnline, at } = change;
        const presence = isOnline === undefined ? undefined : { isOnline, at };
        await updateJumpClient(tx, jumpClient, columnsOf(change), { cpuWord, presence });
      }
    });
  }
}

function columnsOf(change: PresenceChange): JumpClientUpdate {
  return {
    ...(change.publicAddress === undefined ? {} : { public_address: change.publicAddress }),
    ...(change.facts === undefined ? {} : factColumns(change.facts)),
    ...(change.statistics === undefined ? {} : statisticsColumns(change.statistics)),
    ...(change.trustBundleVersion === undefined ? {} : { trust_bundle_version: change.trustBundleVersion }),
  };
}
