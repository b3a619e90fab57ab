/**
 * What somebody who helps needs to know of an appliance, as one .tar.gz: versions, the state, settings, the newest lines of
 * the journals, the audit log of the last day.
 *
 * INVARIANT: no secret is in it. Settings come from the views that pages show, which hold none (NA9), never from tables;
 * the journals and the audit log never hold any (NA25); and whatever in a journal looks like one is left out.
 */
import { loggedUnits } from "../../protocol/appliance/system-actions.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import { readAuditPage } from "../audit/audit-log.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Certificates } from "../certificates/certificates.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Email } from "../email/email.ts";
import type { ProviderParts } from "../providers/open-providers.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { SystemHelper } from "../system/system-helper.ts";
import { toStream } from "../text-stream.ts";
import type { ApplianceStatus } from "./appliance-status.ts";
import { readStorage } from "./storage.ts";
import { type TarFile, tarOf } from "./tar-stream.ts";

const JOURNAL_LINES = 2000;
/** The newest of the last day, at most so many. */
const AUDIT_ROWS = 5000;
const AUDIT_PAGE = 200;
const DAY_MS = 86_400_000;

export interface SupportBundleNeeds {
  readonly directory: string;
  readonly version: string;
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly settings: SiteSettings;
  readonly security: SiteSecurity;
  readonly email: Email;
  readonly certificates: Certificates;
  readonly providers: ProviderParts;
  readonly applianceSignIns: ApplianceSignIns;
  readonly systemHelper: SystemHelper;
  readonly status: ApplianceStatus;
}

export class SupportBundle {
  constructor(private readonly needs: SupportBundleNeeds) {}

  /** Streams it to whoever asks, and writes down that they did. */
  async download(actor: ApplianceAdministrator): Promise<Response> {
    const { database, audit, applianceSignIns, clock, settings } = this.needs;
    const now = clock.now();
    const { hostname } = await settings.read();
    const name = `causeway-support-${hostname}-${now.toISOString().slice(0, 10)}.tar.gz`;
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, actor);
      const object = { kind: "appliance", id: "support-bundle", name };
      const by = { actor: auditActor(actor), object } as const;
      await audit.record(tx, { action: "support-bundle.made", outcome: "succeeded", ...by });
    });
    const archive = toStream(tarOf(this.#files(), now));
    return new Response(archive.pipeThrough(new CompressionStream("gzip")), {
      headers: { "content-type": "application/gzip", "content-disposition": `attachment; filename="${name}"` },
    });
  }

  #files(): TarFile[] {
    const { status, directory, database } = this.needs;
    const json = (name: string, read: () => unknown): TarFile => ({ name, content: () => asJson(read) });
    return [
      { name: "README.txt", content: async () => README },
      json("versions.json", () => this.#versions()),
      json("status.json", () => status.read()),
      json("storage.json", () => readStorage(directory, database)),
      json("settings.json", () => this.#settings()),
      json("network.json", () => this.needs.systemHelper.askIfThere("network.read", {})),
      json("slots.json", () => this.needs.systemHelper.askIfThere("slots.read", {})),
      ...loggedUnits.map((unit) => ({ name: `journal/${unit}.log`, content: () => this.#journal(unit) })),
      { name: "audit-last-day.jsonl", content: () => this.#auditOfLastDay() },
    ];
  }

  #versions() {
    return { causeway: this.needs.version, bun: Bun.version, platform: `${process.platform} ${process.arch}` };
  }

  async #settings() {
    const { settings, security, email, certificates, providers } = this.needs;
    return {
      site: await settings.read(),
      security: security.current(),
      email: await email.settings(),
      certificate: await certificates.describe(),
      providers: await providers.providers.views(),
    };
  }

  async #journal(unit: (typeof loggedUnits)[number]): Promise<string> {
    const answer = await this.needs.systemHelper
      .askIfThere("journal.read", { unit, lines: JOURNAL_LINES })
      .catch((error: unknown) => ({ lines: [`(not read: ${String(error)})`] }));
    return withoutSecrets((answer?.lines ?? ["(the system is not the appliance's own)"]).join("\n"));
  }

  async #auditOfLastDay(): Promise<string> {
    const { database, clock } = this.needs;
    const from = new Date(clock.now().getTime() - DAY_MS).toISOString();
    const lines: string[] = [];
    for (let before: number | undefined; lines.length < AUDIT_ROWS;) {
      const query = { from, limit: AUDIT_PAGE, ...(before === undefined ? {} : { before }) };
      const { rows, hasMore } = await readAuditPage(database.queries, query);
      lines.push(...rows.map((row) => JSON.stringify(row)));
      if (!hasMore) break;
      before = rows.at(-1)!.sequence;
    }
    return lines.join("\n");
  }
}

/** What cannot be read says why, and the rest of the bundle is there. */
async function asJson(read: () => unknown): Promise<string> {
  try {
    return `${JSON.stringify(await read(), null, 2)}\n`;
  } catch (error) {
    return `${JSON.stringify({ notRead: String(error) })}\n`;
  }
}

/** Keys in PEM, and runs as long as our tokens are (43 characters of base64url). */
export function withoutSecrets(text: string): string {
  return text
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu, "(a key was here)")
    .replace(/[A-Za-z0-9_-]{43,}/gu, "(a long word was here)");
}

const README = `This is what an appliance of Causeway says of itself, for somebody who helps with it. It holds no passwords, keys or
tokens. It does name computers, people and addresses: the audit log of the last day is in it.
`;
