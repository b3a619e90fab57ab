/** How Jump Items work on this site, and where ticket ids are checked. */
import type { Static } from "@sinclair/typebox";
import type { ChangeJumpItemSettings, JumpItemSettings } from "../../protocol/api/jump-items.ts";
import { AppError } from "../../protocol/errors.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { readJumpItemSettings, writeJumpItemSettings } from "../policy-book/site-rules.ts";
import { readTicketCheckUrl, writeTicketCheckUrl } from "./store.ts";

export class SiteJumpItemSettings {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly policyBook: PolicyBook,
  ) {}

  async read(): Promise<JumpItemSettings> {
    const { queries } = this.database;
    return { ...(await readJumpItemSettings(queries)), ticketCheckUrl: await readTicketCheckUrl(queries) };
  }

  /** @throws {AppError} request.invalid for an address that is none */
  async change(change: Static<typeof ChangeJumpItemSettings>, actor: AuditActor): Promise<JumpItemSettings> {
    const { ticketCheckUrl, ...rest } = change;
    if (ticketCheckUrl !== undefined && ticketCheckUrl !== "") requireAddress(ticketCheckUrl);
    await this.database.transaction(async (tx) => {
      await writeJumpItemSettings(tx, { ...(await readJumpItemSettings(tx)), ...rest });
      if (ticketCheckUrl !== undefined) await writeTicketCheckUrl(tx, ticketCheckUrl);
      const object = { kind: "settings", id: "site", name: Object.keys(change).join(", ") };
      await this.audit.record(tx, { action: "settings.changed", outcome: "succeeded", actor, object, detail: change });
    });
    await this.policyBook.changed();
    return await this.read();
  }
}

function requireAddress(text: string): void {
  const url = URL.parse(text);
  const isFit = url !== null && /^https?:$/u.test(url.protocol) && url.username === "" && url.password === "";
  if (!isFit)
    throw new AppError("request.invalid", "That is no address of a ticket check. It begins with https:// or http://.");
}
