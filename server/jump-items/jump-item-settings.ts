/** How Jump Items work on this site, and where ticket ids are checked. */
import type { Static } from "@sinclair/typebox";
import type { ChangeJumpItemSettings, JumpItemSettings } from "../../protocol/api/jump-items.ts";
import { AppError } from "../../protocol/errors.ts";
import { type AccountPermission, permissions } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { readJumpItemSettings, writeJumpItemSettings } from "../policy-book/site-rules.ts";
import { holds } from "../representatives/giving.ts";
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

  /**
   * Each switch is one of those who may say the same of a part of the site.
   * @throws {AppError} request.invalid for an address that is none, permission.not_held
   */
  async change(change: Static<typeof ChangeJumpItemSettings>, actor: Actor): Promise<JumpItemSettings> {
    requireSwitches(actor, await this.read(), change);
    const { ticketCheckUrl, ...rest } = change;
    if (ticketCheckUrl !== undefined && ticketCheckUrl !== "") requireAddress(ticketCheckUrl);
    await this.database.transaction(async (tx) => {
      await writeJumpItemSettings(tx, { ...(await readJumpItemSettings(tx)), ...rest });
      if (ticketCheckUrl !== undefined) await writeTicketCheckUrl(tx, ticketCheckUrl);
      const object = { kind: "settings", id: "site", name: Object.keys(change).join(", ") };
      const event = { action: "settings.changed", outcome: "succeeded", actor: auditActor(actor) } as const;
      await this.audit.record(tx, { ...event, object, detail: change });
    });
    await this.policyBook.changed();
    return await this.read();
  }
}

/** Who may say it of a Jump Group, a Jump Policy or a session policy may say it of the site. */
const givenBy: Readonly<Record<keyof JumpItemSettings, AccountPermission>> = {
  hasEndpointTools: "endpoint-tools.configure",
  allowsSimultaneousJumps: "jump-policies.manage",
  ticketCheckUrl: "jump-policies.manage",
  usesScreenState: "session-policies.edit",
};

/** @throws {AppError} permission.not_held */
function requireSwitches(actor: Actor, before: JumpItemSettings, change: Static<typeof ChangeJumpItemSettings>): void {
  const changed = (Object.keys(change) as (keyof JumpItemSettings)[]).filter((name) => change[name] !== before[name]);
  const lacking = [...new Set(changed.map((name) => givenBy[name]))].filter((permission) => !holds(actor, permission));
  if (lacking.length === 0) return;
  const names = lacking.map((permission) => permissions[permission].name).join(", ");
  throw new AppError(
    "permission.not_held",
    `To change this for the whole site you need: ${names}. An administrator can do this.`,
  );
}

function requireAddress(text: string): void {
  const url = URL.parse(text);
  const isFit = url !== null && /^https?:$/u.test(url.protocol) && url.username === "" && url.password === "";
  if (!isFit)
    throw new AppError("request.invalid", "That is no address of a ticket check. It begins with https:// or http://.");
}
