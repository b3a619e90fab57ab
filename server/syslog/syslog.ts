/** The audit log on its way to a receiver of the site's own. */
import { X509Certificate } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { type Syslog as SyslogShape, SyslogSettings } from "../../protocol/api/appliance/services.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { Audit } from "../audit/audit.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { NamedSetting } from "../settings/named-setting.ts";
import type { SiteSettings } from "../settings/settings.ts";
import { connectSyslog } from "./syslog-connection.ts";
import { SyslogFeed } from "./syslog-feed.ts";
import { syslogMessage } from "./syslog-message.ts";

const none: SyslogSettings = { isEnabled: false, host: "", port: 6514, transport: "tls", authorityPem: "" };
const storedSettings = new NamedSetting("syslog", SyslogSettings, none);
/** The audit row that was sent last. */
const storedCursor = new NamedSetting("syslog-cursor", Type.Integer(), 0);
const object = { kind: "settings", id: "syslog", name: "Syslog" };

export interface SyslogNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly settings: SiteSettings;
}

export class Syslog implements Disposable {
  readonly #feed: SyslogFeed;
  readonly #writes: () => number;
  #seenWrites = -1;
  private constructor(private readonly needs: SyslogNeeds) {
    const { database, audit, clock, settings } = needs;
    this.#writes = database.watchWrites(["audit_events"]);
    this.#feed = new SyslogFeed({
      clock,
      hostname: async () => (await settings.read()).hostname,
      rowsAfter: (sequence, limit) => audit.rowsAfter(database.queries, sequence, limit),
      readCursor: async () => await storedCursor.read(database.queries),
      writeCursor: (sequence) => database.transaction((tx) => storedCursor.write(tx, sequence)),
    });
  }

  static async open(needs: SyslogNeeds): Promise<Syslog> {
    const syslog = new Syslog(needs);
    const settings = await storedSettings.read(needs.database.queries);
    syslog.#feed.use(settings.isEnabled ? settings : null);
    return syslog;
  }

  /** Sends what is new; call it every second. It asks the database only when something was written. */
  async run(): Promise<void> {
    const writes = this.#writes();
    // A batch that waits to be counted as arrived, and a receiver that was away, are looked at even when nothing is new.
    const isQuiet = writes === this.#seenWrites && this.#feed.problem === "" && !this.#feed.isUnsettled();
    if (isQuiet) return;
    this.#seenWrites = writes;
    await this.#feed.run();
  }

  async shown(): Promise<Static<typeof SyslogShape>> {
    const { queries } = this.needs.database;
    const settings = await storedSettings.read(queries);
    const cursor = await storedCursor.read(queries);
    const newest = await this.needs.audit.newest(queries);
    return {
      ...settings,
      waiting: settings.isEnabled ? Math.max(0, newest - Math.max(cursor, this.#feed.sentSequence())) : 0,
      lastSentAt: this.#feed.lastSentAt?.toISOString() ?? null,
      problem: this.#feed.problem,
    };
  }

  /**
   * Where a receiver is named for the first time it gets what happens from now on, not the history.
   * @throws {AppError} request.invalid
   */
  async change(actor: ApplianceAdministrator, wished: SyslogSettings): Promise<Static<typeof SyslogShape>> {
    const { database, audit } = this.needs;
    check(wished);
    await database.transaction(async (tx) => {
      const before = await storedSettings.read(tx);
      await storedSettings.write(tx, wished);
      const isNew = !before.isEnabled && wished.isEnabled;
      if (isNew) await storedCursor.write(tx, await audit.newest(tx));
      const [from, to] = [withoutPem(before), withoutPem(wished)];
      const detail = {
        before: from,
        after: to,
        isCertificateAuthorityChanged: before.authorityPem !== wished.authorityPem,
      };
      const by = { actor: auditActor(actor), object } as const;
      await audit.record(tx, { action: "syslog.changed", outcome: "succeeded", ...by, detail });
    });
    this.#feed.use(wished.isEnabled ? wished : null);
    this.#seenWrites = -1;
    return await this.shown();
  }

  /** Sends one message by a connection of its own. @throws {AppError} syslog.failed, request.invalid */
  async test(actor: ApplianceAdministrator): Promise<void> {
    const settings = await storedSettings.read(this.needs.database.queries);
    check({ ...settings, isEnabled: true });
    using connection = await connectSyslog(settings);
    const { hostname } = await this.needs.settings.read();
    const row = {
      ...{ sequence: 0, at: this.needs.clock.now().toISOString(), action: "syslog.tested", outcome: "succeeded" },
      ...{ actor_kind: actor.kind, actor_name: actor.username, address: actor.address, session: null, detail: "{}" },
      ...{ object_kind: object.kind, object_id: object.id, object_name: object.name },
    };
    await connection.send([syslogMessage(row, hostname)]);
  }

  [Symbol.dispose](): void {
    this.#feed[Symbol.dispose]();
  }
}

function check({ isEnabled, host, authorityPem }: SyslogSettings): void {
  if (isEnabled && !/^[A-Za-z0-9.:-]{1,253}$/u.test(host))
    throw new AppError("request.invalid", "Say which receiver takes the messages: a host name or an address.");
  if (authorityPem === "") return;
  try {
    void new X509Certificate(authorityPem).subject;
  } catch (error) {
    throw new AppError(
      "request.invalid",
      "This is no certificate of an authority. It begins with -----BEGIN CERTIFICATE-----.",
      {
        cause: error,
      },
    );
  }
}

const withoutPem = ({ isEnabled, host, port, transport }: SyslogSettings) => ({ isEnabled, host, port, transport });
