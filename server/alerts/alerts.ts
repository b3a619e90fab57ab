/**
 * Messages to whoever looks after the appliance: what happened to it that is not well, each cause at most once a day, and,
 * where it is wished, a word each day. What could not be sent is tried again and waits no longer than its day.
 */
import { X509Certificate } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { AlertSettings, type Alerts as AlertsShape } from "../../protocol/api/appliance/services.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceEvents } from "../appliance-status/events.ts";
import type { Audit } from "../audit/audit.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Email } from "../email/email.ts";
import { mailTexts } from "../email/texts/mail-texts.ts";
import { NamedSetting } from "../settings/named-setting.ts";
import type { SiteSettings } from "../settings/settings.ts";

const DAY_MS = 86_400_000;
/** From so long before its end a certificate is told of, once a day. */
const CERTIFICATE_MS = 14 * DAY_MS;
/** Events looked at; more in a minute are not told one by one. */
const EVENTS = 50;
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 3_600_000;
const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+$/u;
const object = { kind: "settings", id: "alerts", name: "Alerts" };

/** What was told, by cause, and when. */
const Sent = Type.Object({
  causes: Type.Record(Type.String(), Type.String()),
  lastSentAt: Type.Union([Type.String(), Type.Null()]),
  lastDailyAt: Type.Union([Type.String(), Type.Null()]),
});
type Sent = Static<typeof Sent>;

const storedSettings = new NamedSetting("alerts", AlertSettings, { recipients: [], isDaily: false });
const storedSent = new NamedSetting("alerts-sent", Sent, { causes: {}, lastSentAt: null, lastDailyAt: null });

/** One thing to tell. */
interface Trouble {
  readonly cause: string;
  readonly line: string;
}

export interface AlertsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly settings: SiteSettings;
  readonly email: Email;
  readonly applianceEvents: ApplianceEvents;
  readonly certificates: { served(): Promise<{ readonly chainPem: string }> };
}

export class Alerts {
  #problem: string | null = null;
  #retryAtMs = 0;
  #retryMs = FIRST_RETRY_MS;
  constructor(private readonly needs: AlertsNeeds) {}

  async shown(): Promise<Static<typeof AlertsShape>> {
    const { queries } = this.needs.database;
    const { lastSentAt } = await storedSent.read(queries);
    return { ...(await storedSettings.read(queries)), lastSentAt, problem: this.#problem };
  }

  /** @throws {AppError} request.invalid */
  async change(actor: ApplianceAdministrator, wished: AlertSettings): Promise<Static<typeof AlertsShape>> {
    const { database, audit } = this.needs;
    const wrong = wished.recipients.find((address) => !ADDRESS.test(address));
    if (wrong !== undefined) throw new AppError("request.invalid", `${wrong} is no e-mail address.`);
    await database.transaction(async (tx) => {
      const before = await storedSettings.read(tx);
      await storedSettings.write(tx, wished);
      const by = { actor: auditActor(actor), object } as const;
      const detail = { before, after: wished };
      await audit.record(tx, { action: "alerts.changed", outcome: "succeeded", ...by, detail });
    });
    this.#retryAtMs = 0;
    this.#problem = null;
    return await this.shown();
  }

  /** Tells what is to be told; call it every minute. A mail server that is away throws nothing: it is tried again. */
  async run(): Promise<void> {
    const { database, clock } = this.needs;
    const { recipients, isDaily } = await storedSettings.read(database.queries);
    if (recipients.length === 0 || clock.monotonicMs() < this.#retryAtMs) return;
    const now = clock.now();
    const sent = await storedSent.read(database.queries);
    const troubles = (await this.#troubles(now)).filter(({ cause }) => !isWithinDay(sent.causes[cause] ?? null, now));
    const isTimeForDaily = isDaily && !isWithinDay(sent.lastDailyAt, now);
    if (troubles.length === 0 && !isTimeForDaily) return;
    try {
      await this.#send(recipients, troubles);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#failed(error);
      return;
    }
    this.#problem = null;
    this.#retryMs = FIRST_RETRY_MS;
    await this.#remember(sent, troubles, now, isTimeForDaily);
  }

  /** Nothing of more than a day ago: who has not heard by then looks at the page. */
  async #troubles(now: Date): Promise<Trouble[]> {
    const events = await this.needs.applianceEvents.newest(EVENTS);
    const recent = events
      .filter(({ at, health }) => health !== "ok" && isWithinDay(at, now))
      .toReversed()
      .map(({ at, title, detail }) => ({
        cause: `${title}: ${detail}`.slice(0, 300),
        line: `${at.slice(0, 16).replace("T", " ")} UTC  ${title}. ${detail}`.trimEnd(),
      }));
    const { validTo } = new X509Certificate((await this.needs.certificates.served()).chainPem);
    const end = new Date(validTo);
    if (end.getTime() - now.getTime() > CERTIFICATE_MS) return recent;
    const line = `The site's certificate ends at ${end.toISOString().slice(0, 16).replace("T", " ")} UTC.`;
    return [...recent, { cause: `certificate ${validTo}`, line }];
  }

  async #send(recipients: readonly string[], troubles: readonly Trouble[]): Promise<void> {
    const { siteName, hostname, language } = await this.needs.settings.read();
    const values = { siteName, url: `https://${hostname}/appliance`, lines: troubles.map(({ line }) => line) };
    const texts = mailTexts[language];
    const message = troubles.length === 0 ? texts.allWell(values) : texts.applianceAlert(values);
    for (const to of recipients) await this.needs.email.send({ to, language, ...message });
  }

  async #remember(sent: Sent, troubles: readonly Trouble[], now: Date, wasDaily: boolean): Promise<void> {
    const at = now.toISOString();
    // What was told longer ago than a day is told again if it is still so: it need not be remembered.
    const kept = Object.entries(sent.causes).filter(([, told]) => isWithinDay(told, now));
    const causes = Object.fromEntries([...kept, ...troubles.map(({ cause }) => [cause, at] as const)]);
    const next: Sent = { causes, lastSentAt: at, lastDailyAt: wasDaily ? at : sent.lastDailyAt };
    await this.needs.database.transaction((tx) => storedSent.write(tx, next));
  }

  #failed(error: AppError): void {
    this.#problem = error.message;
    this.#retryAtMs = this.needs.clock.monotonicMs() + this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }
}

const isWithinDay = (at: string | null, now: Date): boolean => at !== null && now.getTime() - Date.parse(at) < DAY_MS;
