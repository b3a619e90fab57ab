/** API accounts: what programs sign in with. None may do more than who made it, neither when made nor when used (NA11). */
import type { Static } from "@sinclair/typebox";
import type { ApiAccount, ApiSecret, ChangeApiAccount, CreateApiAccount } from "../../protocol/api/security.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import { permissions } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import { requireVersion } from "../audit/object-history.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { AccountRights } from "../policy/policies.ts";
import { reachesBeyond } from "../policy/role-gain.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { holds } from "../representatives/giving.ts";
import { checkNetworks } from "../security/networks.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import { hashToken, newToken } from "../sign-in/token.ts";
import {
  deleteApiAccount,
  deleteTokens,
  findApiAccount,
  findByName,
  listApiAccounts,
  type StoredApiAccount,
  writeApiAccount,
} from "./store.ts";

export interface ApiAccountsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
}
type Scopes = Static<typeof CreateApiAccount>["scopes"];

export class ApiAccounts {
  readonly #needs: ApiAccountsNeeds;
  constructor(needs: ApiAccountsNeeds) {
    this.#needs = needs;
  }

  async list(): Promise<Static<typeof ApiAccount>[]> {
    return (await listApiAccounts(this.#needs.database.queries)).map(toShown);
  }

  /** @throws {AppError} permission.not_held, request.conflict (the name), request.invalid, sign_in.required */
  async create(actor: Actor, asked: Static<typeof CreateApiAccount>): Promise<Static<typeof ApiSecret>> {
    requireHeld(actor, asked.scopes);
    check(asked);
    const secret = newToken();
    const account = {
      ...asked,
      expiresAt: isoOrNull(asked.expiresAt),
      id: newId<string>(),
      clientId: newId<string>(),
      secretHash: hashToken(secret),
      isEnabled: true,
      madeBy: actor.id,
      createdAt: this.#needs.clock.now().toISOString(),
      version: 1,
    };
    return await this.#needs.database.transaction(async (tx) => {
      await this.#needs.signIns.requireIn(tx, actor);
      await requireFreeName(tx, account.name, account.id);
      await writeApiAccount(tx, account);
      const { scopes, networks, expiresAt } = account;
      await this.#record(tx, actor, "api-account.created", account, { scopes, networks, expiresAt });
      return { apiAccount: toShown(found(await findApiAccount(tx, account.id))), clientSecret: secret };
    });
  }

  /**
   * Changes it; its tokens end, so that what was taken away is gone at once. Whoever changes another's account gives it
   * nothing they do not hold themselves; it stays bound to its maker.
   * @throws {AppError} not_found, permission.not_held, request.stale, request.conflict, request.invalid
   */
  async change(actor: Actor, id: string, asked: Static<typeof ChangeApiAccount>): Promise<Static<typeof ApiAccount>> {
    const { database, policyBook, signIns } = this.#needs;
    const { version: seen, ...changes } = asked;
    check(changes);
    const maker = await policyBook.rightsOf(found(await findApiAccount(database.queries, id)).madeBy);
    this.#requireNoStrongerRoles(actor, maker);
    return await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const before = found(await findApiAccount(tx, id));
      await requireVersion(tx, objectOf(before), { present: before.version, seen, changes: ["api-account.changed"] });
      const after = { ...before, ...changes, version: before.version + 1 };
      if (changes.expiresAt !== undefined) after.expiresAt = isoOrNull(changes.expiresAt);
      requireHeld(actor, after.scopes);
      if (changes.scopes !== undefined) requireHeld({ rights: maker, scopes: null }, changes.scopes);
      await requireFreeName(tx, after.name, id);
      await writeApiAccount(tx, after);
      await deleteTokens(tx, id);
      await this.#record(tx, actor, "api-account.changed", after, changes);
      return toShown(after);
    });
  }

  /** A new secret; the old one and its tokens are void at once. @throws {AppError} not_found, permission.not_held */
  async rotate(actor: Actor, id: string): Promise<Static<typeof ApiSecret>> {
    const secret = newToken();
    const { database, policyBook } = this.#needs;
    const { madeBy } = found(await findApiAccount(database.queries, id));
    this.#requireNoStrongerRoles(actor, await policyBook.rightsOf(madeBy));
    return await database.transaction(async (tx) => {
      await this.#needs.signIns.requireIn(tx, actor);
      const before = found(await findApiAccount(tx, id));
      requireHeld(actor, before.scopes);
      const after = { ...before, secretHash: hashToken(secret), version: before.version + 1 };
      await writeApiAccount(tx, after);
      await deleteTokens(tx, id);
      await this.#record(tx, actor, "api-account.changed", after, { isSecretNew: true });
      return { apiAccount: toShown(after), clientSecret: secret };
    });
  }

  /**
   * A program gives the Jump Item Roles its maker has: whoever holds its secret would, too.
   * @throws {AppError} permission.not_held
   */
  #requireNoStrongerRoles(actor: Actor, maker: AccountRights): void {
    if (holds(actor, "site.administer") || (actor.scopes === null && maker.id === actor.id)) return;
    const program = { ...maker, isAdministrator: false };
    if (!reachesBeyond(actor, program, this.#needs.policyBook.current())) return;
    throw new AppError(
      "permission.not_held",
      "Who made this API account has Jump Item Roles that allow more than yours. They or an administrator can do this.",
    );
  }

  /** @throws {AppError} not_found */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.#needs.database.transaction(async (tx) => {
      await this.#needs.signIns.requireIn(tx, actor);
      const account = found(await findApiAccount(tx, id));
      await deleteApiAccount(tx, id);
      await this.#record(tx, actor, "api-account.deleted", account);
    });
  }

  async #record(
    tx: Tx,
    actor: Actor,
    action: AuditAction,
    account: { id: string; name: string },
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const event = { action, outcome: "succeeded", actor: auditActor(actor), object: objectOf(account) } as const;
    await this.#needs.audit.record(tx, { ...event, detail });
  }
}

function requireHeld(giver: Pick<Actor, "rights" | "scopes">, scopes: Readonly<Scopes>): void {
  const missing = scopes.find((scope) => !holds(giver, scope));
  if (missing === undefined) return;
  throw new AppError(
    "permission.not_held",
    `An API account may do no more than who makes it, and “${permissions[missing].name}” is not allowed there.`,
  );
}

async function requireFreeName(tx: Tx, name: string, id: string): Promise<void> {
  const other = await findByName(tx, name);
  if (other !== null && other.id !== id)
    throw new AppError("request.conflict", `There is already an API account named ${name}. Choose another name.`);
}

function check({ networks = [], expiresAt = null }: { networks?: string[]; expiresAt?: string | null }): void {
  checkNetworks(networks);
  if (expiresAt !== null && Number.isNaN(Date.parse(expiresAt)))
    throw new AppError("request.invalid", "The end is not a date.");
}

const isoOrNull = (time: string | null): string | null => (time === null ? null : new Date(time).toISOString());
const objectOf = ({ id, name }: { id: string; name: string }) => ({ kind: "api-account", id, name });

function found(account: StoredApiAccount | null): StoredApiAccount {
  if (account === null) throw new AppError("not_found", "This API account does not exist any more.");
  return account;
}

function toShown(account: StoredApiAccount): Static<typeof ApiAccount> {
  const { id, name, comments, clientId, isEnabled, expiresAt, createdAt, lastUsedAt, version } = account;
  const lists = { scopes: [...account.scopes] as Scopes, networks: [...account.networks] };
  const shown = { id, name, comments, clientId, isEnabled, expiresAt, createdAt, lastUsedAt, version };
  return { ...shown, ...lists, madeBy: account.madeByName };
}
