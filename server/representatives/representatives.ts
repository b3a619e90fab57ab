/** Accounts: made, changed, disabled, deleted. There is always an administrator who can sign in. */
import type { Static } from "@sinclair/typebox";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { ChangeUser, CreateUser } from "../../protocol/api/users.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Actor } from "../actor.ts";
import type { Audit } from "../audit/audit.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import { requireVersion } from "../audit/object-history.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { PasswordHasher } from "../sign-in/password-hasher.ts";
import { type Passwords, passwordChanged } from "../sign-in/passwords/passwords.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import { type AskedChanges, changesOf, endsSignIns } from "./account-changes.ts";
import { isAdministrator, keepAdministrator } from "./administrators.ts";
import {
  holds,
  isOwnAccount,
  requireAdministrator,
  requireHeld,
  requireMayTouch,
  requireNoMore,
  settingChanges,
} from "./giving.ts";
import { keepHand } from "./hands.ts";
import { requireNoRoleGain } from "./role-gains.ts";
import { checkSettings } from "./settings-check.ts";
import {
  deletePersonalList,
  deleteRepresentative,
  findPersonalList,
  findRepresentative,
  findRepresentativeByName,
  insertRepresentative,
  type NewRepresentative,
  type Representative,
  updateRepresentative,
} from "./store.ts";

export interface RepresentativesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
  readonly passwords: Passwords;
}

/** What an account is made of beside its password; the rest has the value of an account nobody said anything about. */
export interface AccountWish extends Partial<Omit<NewRepresentative, "id" | "createdAt" | "passwordHash">> {
  readonly username: string;
  readonly displayName: string;
  readonly settings: DefinedSettings;
}

/** What raises an account's version. */
const versionActions: readonly AuditAction[] = [
  "user.created",
  "user.changed",
  "user.synchronized",
  "password.reset",
  "password.changed",
];

export class Representatives {
  readonly #needs: RepresentativesNeeds;
  constructor(needs: RepresentativesNeeds) {
    this.#needs = needs;
  }

  /**
   * @returns the new account's id
   * @throws {AppError} password.too_weak, request.conflict, permission.not_held, sign_in.required (ended while the password
   *   was hashed)
   */
  async create(actor: Actor, asked: Static<typeof CreateUser>): Promise<string> {
    const { database, hasher, policyBook, signIns, passwords } = this.#needs;
    const { password, expiresAt = null, ...rest } = asked;
    const changes = settingChanges({}, asked.settings);
    requireHeld(actor, changes, policyBook.current());
    if (asked.isBreakGlass === true) requireAdministrator(actor, breakGlass);
    passwords.checkRules(password, asked.username);
    const passwordHash = await hasher.hash(password);
    requireHeld(await asOfNow(actor, policyBook), changes, policyBook.current());
    const created = await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      await checkSettings(tx, changes);
      const made = await this.insert(tx, auditActor(actor), { ...rest, expiresAt: asTime(expiresAt) }, passwordHash);
      await keepHand(tx, actor, made.id);
      return made;
    });
    policyBook.accountsChanged();
    return created.id;
  }

  /** Makes an account in the caller's transaction. @throws {AppError} request.conflict */
  async insert(tx: Tx, actor: AuditActor, wish: AccountWish, passwordHash: string): Promise<{ id: RepresentativeId }> {
    const { username, settings } = wish;
    if ((await findRepresentativeByName(tx, username)) !== null)
      throw new AppError("request.conflict", `There is already an account named ${username}. Choose another name.`);
    const id = newId<RepresentativeId>();
    const createdAt = this.#needs.clock.now().toISOString();
    await insertRepresentative(tx, { ...plainAccount, ...wish, id, createdAt, passwordHash });
    const object = { kind: "user", id, name: username };
    const detail = { settings, ...(wish.isBreakGlass === true ? { isBreakGlass: true } : {}) };
    await this.#needs.audit.record(tx, { action: "user.created", outcome: "succeeded", actor, object, detail });
    return { id };
  }

  /**
   * Who gives themselves another password or address here proves first who they are, as on their own account's page.
   * @throws {AppError} not_found, request.stale, request.conflict (the last administrator), request.invalid,
   *   password.too_weak, permission.not_held, sign_in.required (ended while the password was hashed), sign_in.proof_required
   */
  async change(asker: Actor, id: string, asked: Static<typeof ChangeUser>): Promise<void> {
    const { database, clock, passwords, signIns, policyBook } = this.#needs;
    const { version, password, ...rest } = asked;
    const wish = rest.expiresAt === undefined ? rest : { ...rest, expiresAt: asTime(rest.expiresAt) };
    const looked = found(await findRepresentative(database.queries, id));
    requireMayTouch(asker, await policyBook.rightsOf(id));
    if (isOwnAccount(asker, id) && takesOver(looked, wish, password)) await signIns.requireProof(asker);
    const passwordHash = password === undefined ? undefined : await passwords.hash(password, looked);
    // Hashing takes its time: what either account may do has to be asked as late as can be.
    const actor = await asOfNow(asker, policyBook);
    const rights = await policyBook.rightsOf(id);
    requireMayTouch(actor, rights);
    const ended = await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const account = found(await findRepresentative(tx, id));
      const object = { kind: "user", id, name: account.username };
      await requireVersion(tx, object, { present: account.version, seen: version, changes: versionActions });
      if (takesOver(account, wish, password) || keepsOut(account, wish)) {
        requireNoMore(actor, rights, policyBook.current());
        await requireNotMadeAdministrator(tx, actor, id, policyBook);
      }
      if (takesOver(account, wish, password)) await keepHand(tx, actor, id);
      if (wish.settings !== undefined)
        await requireNoRoleGain(tx, actor, { before: rights, own: wish.settings }, policyBook.current());
      await this.#write(tx, actor, account, wish, passwordHash);
      await keepAdministrator(tx, policyBook.current(), clock.now());
      const mustEnd = endsSignIns(wish, password !== undefined, clock.now());
      return mustEnd ? await signIns.endIn(tx, { representative: id }) : [];
    });
    signIns.announce(ended, accountChanged);
    policyBook.accountsChanged();
  }

  /**
   * @throws {AppError} not_found, request.conflict (the last administrator, Jump Items on the personal list),
   *   permission.not_held
   */
  async delete(actor: Actor, id: string): Promise<void> {
    const { database, audit, clock, signIns, policyBook } = this.#needs;
    requireNoMore(actor, await policyBook.rightsOf(id), policyBook.current());
    const ended = await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      await requireNotMadeAdministrator(tx, actor, id, policyBook);
      const account = found(await findRepresentative(tx, id));
      const gone = await signIns.endIn(tx, { representative: id });
      await dropPersonalList(tx, account);
      await deleteRepresentative(tx, id);
      await keepAdministrator(tx, policyBook.current(), clock.now());
      const object = { kind: "user", id, name: account.username };
      await audit.record(tx, { action: "user.deleted", outcome: "succeeded", actor: auditActor(actor), object });
      return gone;
    });
    signIns.announce(ended, accountChanged);
    await policyBook.changed();
  }

  /**
   * The operator's way back in: a new password, the lock and every sign-in ended.
   * @throws {AppError} not_found, password.too_weak
   */
  async resetPassword(username: string, password: string): Promise<void> {
    const { database, audit, passwords, signIns } = this.#needs;
    const account = await findRepresentativeByName(database.queries, username);
    if (account === null) throw new AppError("not_found", `There is no account named ${username}.`);
    const passwordHash = await passwords.hash(password, account);
    const ended = await database.transaction(async (tx) => {
      await passwords.write(tx, account.id, passwordHash);
      const object = { kind: "user", id: account.id, name: account.username };
      const actor = { kind: "system" } as const;
      await audit.record(tx, { action: "password.reset", outcome: "succeeded", actor, object });
      return await signIns.endIn(tx, { representative: account.id });
    });
    signIns.announce(ended, passwordChanged);
  }

  async #write(
    tx: Tx,
    actor: Actor,
    account: Representative,
    wish: AskedChanges,
    passwordHash: string | undefined,
  ): Promise<void> {
    const settings = wish.settings === undefined ? [] : settingChanges(account.settings, wish.settings);
    requireHeld(actor, settings, this.#needs.policyBook.current());
    await checkSettings(tx, settings);
    checkKind(account, wish, passwordHash);
    if (wish.isBreakGlass !== undefined && wish.isBreakGlass !== account.isBreakGlass)
      requireAdministrator(actor, breakGlass);
    if (passwordHash !== undefined) await this.#needs.passwords.write(tx, account.id, passwordHash);
    // After the password, which is then no longer to be changed: the wish may say that it must be.
    await updateRepresentative(tx, account.id, wish);
    const object = { kind: "user", id: account.id, name: account.username };
    const by = { outcome: "succeeded", actor: auditActor(actor), object } as const;
    const detail = changesOf(account, wish, settings);
    if (Object.keys(detail).length > 0) await this.#needs.audit.record(tx, { action: "user.changed", ...by, detail });
    if (passwordHash !== undefined) await this.#needs.audit.record(tx, { action: "password.reset", ...by });
  }
}

/** With the rights as they are now, not as they were when the request came in. @throws {AppError} permission.denied */
async function asOfNow(actor: Actor, policyBook: PolicyBook): Promise<Actor> {
  const now = { ...actor, rights: await policyBook.rightsOf(actor.id) };
  if (holds(now, "users.edit")) return now;
  throw new AppError("permission.denied", "Your account may not change users any more.");
}

/** The transaction may have waited for one that made this account an administrator. @throws {AppError} permission.not_held */
async function requireNotMadeAdministrator(tx: Tx, actor: Actor, id: string, policyBook: PolicyBook): Promise<void> {
  if (holds(actor, "site.administer") || !(await isAdministrator(tx, id, policyBook.current()))) return;
  requireAdministrator(actor, "This is an administrator's account.");
}

const plainAccount = {
  publicName: "",
  email: "",
  isBreakGlass: false,
  mustChangePassword: false,
  expiresAt: null,
};
const breakGlass = "Whether an account is a break-glass account is an administrator's to say.";

/** Who sets a password or the address reset links go to could act as that account. */
const takesOver = (account: Representative, wish: AskedChanges, password: string | undefined): boolean =>
  password !== undefined || (wish.email !== undefined && wish.email !== account.email);

/** Who disables an account or lets it end keeps somebody out, and who takes that back gives all it holds. */
const keepsOut = (account: Representative, wish: AskedChanges): boolean =>
  (wish.isDisabled !== undefined && wish.isDisabled !== account.isDisabled) ||
  (wish.expiresAt !== undefined && wish.expiresAt !== account.expiresAt);

/** A password and the break-glass mark are for local accounts. @throws {AppError} request.conflict */
function checkKind(account: Representative, wish: AskedChanges, passwordHash: string | undefined): void {
  if (account.provider === "local") return;
  if (passwordHash !== undefined)
    throw new AppError(
      "request.conflict",
      "This account signs in at its security provider; its password is kept there.",
    );
  if (wish.isBreakGlass === true)
    throw new AppError("request.conflict", "Only a local account can be a break-glass account.");
}

/** Goes with its owner while nothing stands on it. @throws {AppError} request.conflict */
async function dropPersonalList(tx: Tx, account: Representative): Promise<void> {
  const list = await findPersonalList(tx, account.id);
  if (list === null) return;
  if (list.jumpClients + list.installers > 0)
    throw new AppError(
      "request.conflict",
      `${account.displayName}'s personal list still holds ${list.jumpClients} Jump Clients and ${list.installers} installers. Move or delete them first.`,
    );
  await deletePersonalList(tx, list.id);
}

/** Ends are compared as text, so each is written the same way. @throws {AppError} request.invalid */
function asTime(text: string | null): string | null {
  if (text === null) return null;
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new AppError("request.invalid", "The end of the account is not a date and time.");
}

function found(account: Representative | null): Representative {
  if (account === null) throw new AppError("not_found", "This account does not exist any more.");
  return account;
}

const accountChanged: Refusal = {
  code: "sign_in.required",
  message: "An administrator changed your account. Sign in again.",
};
