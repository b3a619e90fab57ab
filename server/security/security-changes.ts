/** Changing how people sign in: nobody locks everybody, or themselves, out; what no longer fits ends at once. */
import { X509Certificate } from "node:crypto";
import type { Static } from "@sinclair/typebox";
import type { ChangeSecurity, Security } from "../../protocol/api/security.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import { requireVersion } from "../audit/object-history.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { keepAdministrator } from "../representatives/administrators.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import { checkNetworks, Networks } from "./networks.ts";
import type { SecurityRule, SiteSecurity } from "./site-security.ts";

/** The site's providers, as far as changes hang on them. */
export interface KnownProviders {
  /** Those that are enabled. */
  all(): Promise<
    readonly { readonly id: string; readonly isEnabled: boolean; readonly wasUsedByAdministrator: boolean }[]
  >;
}
export interface SecurityChangesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly security: SiteSecurity;
  readonly signIns: SignIns;
  readonly policyBook: PolicyBook;
  readonly clock: Clock;
  readonly knownProviders: KnownProviders;
}
const object = { kind: "settings", id: "security", name: "Security" };

export class SecurityChanges {
  readonly #needs: SecurityChangesNeeds;
  constructor(needs: SecurityChangesNeeds) {
    this.#needs = needs;
  }

  /**
   * Changes rules and applies them at once.
   * @throws {AppError} request.stale, request.invalid (no network, an unknown default, models of keys without makers),
   *   request.conflict (would lock out)
   */
  async change(actor: Actor, asked: Static<typeof ChangeSecurity>): Promise<Security> {
    const { database, security, signIns, policyBook, clock } = this.#needs;
    const { version: seen, ...changes } = asked;
    await this.#check(actor, changes);
    const ended = await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const before = await security.read(tx);
      await requireVersion(tx, object, { present: before.version, seen, changes: ["security.changed"] });
      const changed = await security.change(tx, changes);
      if (changed.length === 0) return [];
      await keepAdministrator(tx, policyBook.current(), clock.now());
      await this.#record(tx, actor, before, changed);
      return changed.includes("networks") ? await this.#endElsewhere(tx) : [];
    });
    await security.reload();
    signIns.announce(ended, networkClosed);
    return security.current();
  }

  async #check(actor: Actor, changes: Partial<Security>): Promise<void> {
    const { login, console, api } = changes.networks ?? { login: [], console: [], api: [] };
    for (const networks of [console, api]) checkNetworks(networks);
    if (!new Networks(login).has(actor.address)) throw wouldLockYouOut(actor.address);
    const providers = (await this.#needs.knownProviders.all()).filter(({ isEnabled }) => isEnabled);
    if (changes.isProviderOnly === true && !providers.some((one) => one.wasUsedByAdministrator)) throw noProviderYet();
    const known = ["password", "passkey", ...providers.map(({ id }) => id)];
    if (changes.defaultMethod !== undefined && !known.includes(changes.defaultMethod)) throw unknownMethod();
    if (changes.passkeys !== undefined || changes.keyMakers !== undefined)
      checkKeyMakers({ ...this.#needs.security.current(), ...changes });
  }

  async #record(tx: Tx, actor: Actor, before: Security, changed: readonly SecurityRule[]): Promise<void> {
    const after = await this.#needs.security.read(tx);
    const pick = (rules: Security) => Object.fromEntries(changed.map((name) => [name, auditable(name, rules)]));
    const detail = { before: pick(before), after: pick(after) };
    const event = { action: "security.changed", outcome: "succeeded", actor: auditActor(actor), object } as const;
    await this.#needs.audit.record(tx, { ...event, detail });
  }

  /** Ends sign-ins from networks that may not come in any more; their sockets close with them. */
  async #endElsewhere(tx: Tx) {
    const { security, signIns } = this.#needs;
    const { networks } = await security.read(tx);
    const allowed = { login: new Networks(networks.login), console: new Networks(networks.console) };
    const outside = (await signIns.listIn(tx)).filter(({ area, address }) => !allowed[area].has(address));
    const ended = [];
    for (const { signIn } of outside) ended.push(...(await signIns.endIn(tx, { signIn })));
    return ended;
  }
}

/** A word on a model that nobody stands behind is worth nothing. @throws {AppError} request.invalid */
function checkKeyMakers({ passkeys, keyMakers }: Pick<Security, "passkeys" | "keyMakers">): void {
  for (const pem of keyMakers ?? []) if (fingerprintOf(pem) === null) throw unreadableMaker();
  if (passkeys.allowedModels !== null && keyMakers === null) throw noKeyMakers();
}

/** Certificates are named by fingerprint: the texts would fill the row. */
const auditable = (name: SecurityRule, rules: Security): unknown =>
  name === "keyMakers" ? (rules.keyMakers?.map(fingerprintOf) ?? null) : rules[name];

/** null: it cannot be read. */
function fingerprintOf(pem: string): string | null {
  try {
    const certificate = new X509Certificate(pem);
    // The key is only decoded when asked for.
    return certificate.publicKey.type === "public" ? certificate.fingerprint256 : null;
  } catch {
    return null;
  }
}

const unreadableMaker = (): AppError =>
  new AppError("request.invalid", "One of the certificates of makers of keys cannot be read. They are PEM text.");
const noKeyMakers = (): AppError =>
  new AppError(
    "request.invalid",
    "A key's word on its model counts only with its maker's certificate behind it. Add the makers' root certificates, or take any model.",
  );
const wouldLockYouOut = (address: string): AppError =>
  new AppError(
    "request.conflict",
    `Your own address, ${address}, is not in these networks. You would lock yourself out.`,
  );
const noProviderYet = (): AppError =>
  new AppError(
    "request.conflict",
    "No administrator has signed in by a security provider yet. Do that first, so that nobody is locked out.",
  );
const unknownMethod = (): AppError =>
  new AppError("request.invalid", "This way to sign in is not there. Choose another default.");
const networkClosed: Refusal = {
  code: "network.refused",
  message: "This site may not be used from your network any more.",
};
