/**
 * Feeds the receiver from the audit log, oldest first, in batches. Syslog confirms nothing: a batch counts as sent when the
 * next one went over the same connection, or the connection stood quietly for a while. After a lost connection the last
 * batch goes again: a receiver may get rows twice, by their sequence number, and misses none.
 */
import type { SyslogSettings } from "../../protocol/api/appliance/services.ts";
import { AppError } from "../../protocol/errors.ts";
import type { StoredAuditRow } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import { connectSyslog, type SyslogConnection } from "./syslog-connection.ts";
import { syslogMessage } from "./syslog-message.ts";

/** Memory is bounded by it: so many rows, of at most 16 KiB each. */
export const ROWS_A_BATCH = 200;
/** So long a connection stands before its last batch counts as arrived. */
const SETTLED_MS = 2000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;

export interface FeedNeeds {
  readonly clock: Clock;
  hostname(): Promise<string>;
  rowsAfter(sequence: number, limit: number): Promise<readonly StoredAuditRow[]>;
  /** Up to where rows have been received; kept across restarts. */
  readCursor(): Promise<number>;
  writeCursor(sequence: number): Promise<void>;
}

export class SyslogFeed implements Disposable {
  #settings: SyslogSettings | null = null;
  #connection: SyslogConnection | null = null;
  /** Sent by the connection that is open, not yet counted as arrived. */
  #sent: { readonly sequence: number; readonly atMs: number } | null = null;
  #retryAtMs = 0;
  #retryMs = FIRST_RETRY_MS;
  #isRunning = false;
  problem = "";
  lastSentAt: Date | null = null;
  constructor(private readonly needs: FeedNeeds) {}

  /** Goes on with other settings, or stops; what is under way is let go. */
  use(settings: SyslogSettings | null): void {
    this.#settings = settings;
    this.#disconnect();
    this.#retryAtMs = 0;
    this.#retryMs = FIRST_RETRY_MS;
    this.problem = "";
  }

  /** Whether a batch waits to be counted as arrived. */
  isUnsettled(): boolean {
    return this.#sent !== null;
  }

  /** The last row the open connection has sent; 0: none. */
  sentSequence(): number {
    return this.#sent?.sequence ?? 0;
  }

  /** Sends what there is, until nothing is left or it fails. Never throws for the receiver's sake; call it every second. */
  async run(): Promise<void> {
    if (this.#isRunning || this.#settings === null || this.needs.clock.monotonicMs() < this.#retryAtMs) return;
    this.#isRunning = true;
    try {
      while (await this.#sendBatch());
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#failed(error);
    } finally {
      this.#isRunning = false;
    }
  }

  [Symbol.dispose](): void {
    this.use(null);
  }

  /** @returns whether there may be more */
  async #sendBatch(): Promise<boolean> {
    const settings = this.#settings;
    if (settings === null) return false;
    if (this.#connection?.isOpen() === false) this.#disconnect();
    await this.#settle();
    const from = this.#sent?.sequence ?? (await this.needs.readCursor());
    const rows = await this.needs.rowsAfter(from, ROWS_A_BATCH);
    const last = rows.at(-1);
    if (last === undefined) return false;
    const hostname = await this.needs.hostname();
    const connection = (this.#connection ??= await connectSyslog(settings));
    // Other settings came while it connected: this connection is nobody's any more.
    if (settings !== this.#settings) {
      this.#disconnect();
      return true;
    }
    await connection.send(rows.map((row) => syslogMessage(row, hostname)));
    if (this.#sent !== null) await this.needs.writeCursor(this.#sent.sequence);
    this.#sent = { sequence: last.sequence, atMs: this.needs.clock.monotonicMs() };
    this.lastSentAt = this.needs.clock.now();
    this.problem = "";
    this.#retryMs = FIRST_RETRY_MS;
    return rows.length === ROWS_A_BATCH;
  }

  async #settle(): Promise<void> {
    const sent = this.#sent;
    if (sent === null || this.needs.clock.monotonicMs() - sent.atMs < SETTLED_MS) return;
    await this.needs.writeCursor(sent.sequence);
    if (this.#sent === sent) this.#sent = null;
  }

  #failed(error: AppError): void {
    this.#disconnect();
    this.problem = error.message;
    this.#retryAtMs = this.needs.clock.monotonicMs() + this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #disconnect(): void {
    this.#connection?.[Symbol.dispose]();
    this.#connection = null;
    this.#sent = null;
  }
}
