/** The site's e-mail: how it is sent, and sending it. */
import { type Static, Type } from "@sinclair/typebox";
import { type ChangeEmailSettings, EmailSettings } from "../../protocol/api/security.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import { requireVersion } from "../audit/object-history.ts";
import type { Database } from "../database/database.ts";
import { requireAdministrator } from "../representatives/giving.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { NamedSetting } from "../settings/named-setting.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import { type Message, sendBySmtp } from "./smtp.ts";
import { joined, without } from "../../protocol/shapes.ts";

/** The password is sealed; "": none. */
const Stored = joined(without(EmailSettings, ["hasPassword"]), Type.Object({ password: Type.String() }));
type Stored = Static<typeof Stored>;
const none: Stored = {
  host: "",
  port: 587,
  encryption: "starttls",
  username: "",
  from: "",
  version: 1,
  password: "",
};
const stored = new NamedSetting("email", Stored, none);
const place = { table: "settings", row: "email", column: "value" };
const object = { kind: "settings", id: "email", name: "E-mail" };
const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+$/u;

export interface EmailNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly secrets: Secrets;
}

export class Email {
  readonly #needs: EmailNeeds;
  constructor(needs: EmailNeeds) {
    this.#needs = needs;
  }

  async settings(): Promise<Static<typeof EmailSettings>> {
    return toShown(await stored.read(this.#needs.database.queries));
  }

  async isConfigured(): Promise<boolean> {
    return (await this.settings()).host !== "";
  }

  /**
   * For administrators: reset links, theirs too, go through the mail server named here.
   * @throws {AppError} request.stale, request.invalid (no sender's address), sign_in.required, permission.not_held
   */
  async change(
    actor: Actor,
    signIns: SignIns,
    asked: Static<typeof ChangeEmailSettings>,
  ): Promise<Static<typeof EmailSettings>> {
    const { database, audit } = this.#needs;
    const { version: seen, password, ...rest } = asked;
    requireAdministrator(actor, "Everybody's links for new passwords go through the mail server.");
    return await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const before = await stored.read(tx);
      await requireVersion(tx, object, { present: before.version, seen, changes: ["email.changed"] });
      const after = {
        ...before,
        ...rest,
        password: this.#seal(password, before, rest.host),
        version: before.version + 1,
      };
      check(after);
      await stored.write(tx, after);
      const detail = { before: toShown(before), after: toShown(after), isPasswordChanged: password !== undefined };
      const by = { actor: auditActor(actor), object } as const;
      await audit.record(tx, { action: "email.changed", outcome: "succeeded", ...by, detail });
      return toShown(after);
    });
  }

  /** @throws {AppError} email.failed: not set up, or the mail server did not take it */
  async send(message: Message): Promise<void> {
    const { password: sealed, ...settings } = await stored.read(this.#needs.database.queries);
    if (settings.host === "")
      throw new AppError("email.failed", "This site sends no e-mail: no mail server is set. Name one under E-mail.");
    if (!ADDRESS.test(message.to)) throw new AppError("email.failed", `${message.to} is not an e-mail address.`);
    const password = sealed === "" ? "" : this.#needs.secrets.open(place, sealed);
    await sendBySmtp({ ...settings, password }, message);
  }

  /** A password stays with its server: another host, and it has to be typed again. */
  #seal(password: string | undefined, before: Stored, host = before.host): string {
    if (password === undefined) return host === before.host ? before.password : "";
    return password === "" ? "" : this.#needs.secrets.seal(place, password);
  }
}

function check({ host, from }: Stored): void {
  if (host !== "" && !ADDRESS.test(from))
    throw new AppError("request.invalid", "Say which address messages come from, such as support@example.com.");
}

function toShown({ password, ...settings }: Stored): Static<typeof EmailSettings> {
  return { ...settings, hasPassword: password !== "" };
}
