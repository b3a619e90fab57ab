/** Accounts: made, changed, disabled, deleted. There is always an administrator who can sign in. */
import type { Static } from "@sinclair/typebox";
import type { Actor } from "../actor.ts";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { ChangeUser, CreateUser, User } from "../../protocol/api/administration.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Audit } from "../audit/audit.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { administratorSettings, representativeSettings } from "../policy/preset-settings.ts";
import type { PasswordHasher } from "../sign-in/password-hasher.ts";
import { checkNewPassword } from "../sign-in/password-rules.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import {
  countEnabledAdministrators,
  deleteRepresentative,
  findRepresentative,
  findRepresentativeByName,
  insertRepresentative,
  listRepresentatives,
  readPasswordHash,
  type Representative,
  type RepresentativeChanges,
  updateRepresentative,
} from "./store.ts";

export interface RepresentativesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
}
type Changes = Static<typeof ChangeUser>;

export class Representatives {
  readonly #needs: RepresentativesNeeds;
  constructor(needs: RepresentativesNeeds) {
    this.#needs = needs;
  }

  async list(): Promise<User[]> {
    const now = this.#needs.clock.now();
    return (await listRepresentatives(this.#needs.database.queries)).map((account) => toUser(account, now));
  }

  /** @throws {AppError} password.too_weak, request.conflict, sign_in.required (ended while the password was hashed) */
  async create(actor: Actor, account: Static<typeof CreateUser>): Promise<User> {
    const { database, hasher, clock, signIns } = this.#needs;
    checkNewPassword(account.password, account.username);
    const passwordHash = await hasher.hash(account.password);
    const { username, displayName, isAdministrator } = account;
    const wish = { username, displayName, settings: presetFor(isAdministrator) };
    const created = await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      return await this.insert(tx, auditActor(actor), wish, passwordHash);
    });
    return toUser(created, clock.now());
  }

  /** Makes an account in the caller's transaction. @throws {AppError} request.conflict */
  async insert(
    tx: Tx,
    actor: AuditActor,
    account: { readonly username: string; readonly displayName: string; readonly settings: DefinedSettings },
    passwordHash: string,
  ): Promise<Representative> {
    const { username, displayName, settings } = account;
    if ((await findRepresentativeByName(tx, username)) !== null)
      throw new AppError("request.conflict", `There is already an account named ${username}. Choose another name.`);
    const id = newId<RepresentativeId>();
    const createdAt = this.#needs.clock.now().toISOString();
    await insertRepresentative(tx, { id, username, displayName, settings, createdAt, passwordHash });
    const object = { kind: "user", id, name: username };
    await this.#needs.audit.record(tx, {
      action: "user.created",
      outcome: "succeeded",
      actor,
      object,
      detail: { settings },
    });
    return { id, username, displayName, settings, createdAt, isDisabled: false, lockedUntil: null, lastSignInAt: null };
  }

  /**
   * @throws {AppError} not_found, password.too_weak, request.conflict (the last administrator), sign_in.required (ended while
   *   the password was hashed)
   */
  async change(actor: Actor, id: string, changes: Changes): Promise<User> {
    const { database, clock, hasher, signIns } = this.#needs;
    const before = found(await findRepresentative(database.queries, id));
    if (changes.password !== undefined) checkNewPassword(changes.password, before.username);
    const passwordHash = changes.password === undefined ? undefined : await hasher.hash(changes.password);
    const ended = await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const present = found(await findRepresentative(tx, id));
      await updateRepresentative(tx, id, toColumns(present, changes, passwordHash, clock.now()));
      await this.#keepAnAdministrator(tx);
      await this.#recordChange(tx, actor, present, changes);
      return mustSignOut(present, changes) ? await signIns.endIn(tx, { representative: id }) : [];
    });
    signIns.announce(ended, accountChanged);
    await this.#needs.policyBook.changed();
    return toUser(found(await findRepresentative(database.queries, id)), clock.now());
  }

  /** @throws {AppError} not_found, request.conflict (the last administrator) */
  async delete(actor: Actor, id: string): Promise<void> {
    const { database, audit, signIns } = this.#needs;
    const ended = await database.transaction(async (tx) => {
      const account = found(await findRepresentative(tx, id));
      const gone = await signIns.endIn(tx, { representative: id });
      await deleteRepresentative(tx, id);
      await this.#keepAnAdministrator(tx);
      const object = { kind: "user", id, name: account.username };
      await audit.record(tx, { action: "user.deleted", outcome: "succeeded", actor: auditActor(actor), object });
      return gone;
    });
    signIns.announce(ended, accountChanged);
    await this.#needs.policyBook.changed();
  }

  /** Ends every sign-in of an account. @throws {AppError} not_found */
  async signOut(actor: Actor, id: string): Promise<void> {
    const { database, audit, signIns } = this.#needs;
    const ended = await database.transaction(async (tx) => {
      const account = found(await findRepresentative(tx, id));
      const object = { kind: "user", id, name: account.username };
      await audit.record(tx, { action: "user.signed-out", outcome: "succeeded", actor: auditActor(actor), object });
      return await signIns.endIn(tx, { representative: id });
    });
    signIns.announce(ended, signedOutByAdministrator);
  }

  /**
   * Changes one's own password and ends one's other sign-ins.
   * @throws {AppError} sign_in.failed (the current password is not right), sign_in.required (an administrator ended this
   *   sign-in while the passwords were hashed: theirs stands), password.too_weak
   */
  async changeOwnPassword(actor: Actor, current: string, next: string): Promise<void> {
    const { database, audit, hasher, signIns, clock } = this.#needs;
    const hash = await readPasswordHash(database.queries, actor.id);
    const object = { kind: "user", id: actor.id, name: actor.username };
    const event = { action: "password.changed", actor: auditActor(actor), object } as const;
    if (!(await hasher.verify(current, hash))) {
      await database.transaction((tx) => audit.record(tx, { ...event, outcome: "failed" }));
      throw new AppError("sign_in.failed", "The current password is not right.");
    }
    checkNewPassword(next, actor.username);
    const passwordHash = await hasher.hash(next);
    const ended = await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      await updateRepresentative(tx, actor.id, { passwordHash, passwordChangedAt: clock.now().toISOString() });
      await audit.record(tx, { ...event, outcome: "succeeded" });
      return await signIns.endIn(tx, { representative: actor.id, except: actor.signIn });
    });
    signIns.announce(ended, passwordChanged);
  }

  /**
   * The operator's way back in: a new password, the lock and every sign-in ended.
   * @throws {AppError} not_found, password.too_weak
   */
  async resetPassword(username: string, password: string): Promise<void> {
    const { database, audit, hasher, signIns, clock } = this.#needs;
    const account = await findRepresentativeByName(database.queries, username);
    if (account === null) throw new AppError("not_found", `There is no account named ${username}.`);
    checkNewPassword(password, account.username);
    const passwordHash = await hasher.hash(password);
    const ended = await database.transaction(async (tx) => {
      const passwordChangedAt = clock.now().toISOString();
      await updateRepresentative(tx, account.id, { passwordHash, passwordChangedAt, isUnlocked: true });
      const object = { kind: "user", id: account.id, name: account.username };
      const actor = { kind: "system" } as const;
      await audit.record(tx, { action: "password.reset", outcome: "succeeded", actor, object });
      return await signIns.endIn(tx, { representative: account.id });
    });
    signIns.announce(ended, passwordChanged);
  }

  async #recordChange(tx: Tx, actor: Actor, account: Representative, changes: Changes): Promise<void> {
    const { password, ...plain } = changes;
    const object = { kind: "user", id: account.id, name: account.username };
    const by = { outcome: "succeeded", actor: auditActor(actor), object } as const;
    if (Object.keys(plain).length > 0)
      await this.#needs.audit.record(tx, { action: "user.changed", ...by, detail: plain });
    if (password !== undefined) await this.#needs.audit.record(tx, { action: "password.reset", ...by });
  }

  /** INVARIANT: a transaction that would leave nobody to administer the site is undone. */
  async #keepAnAdministrator(tx: Tx): Promise<void> {
    if ((await countEnabledAdministrators(tx)) > 0) return;
    throw new AppError(
      "request.conflict",
      "This is the last administrator who can sign in. Make another administrator first.",
    );
  }
}

function toColumns(
  before: Representative,
  changes: Changes,
  passwordHash: string | undefined,
  now: Date,
): RepresentativeChanges {
  return {
    ...(changes.displayName === undefined ? {} : { displayName: changes.displayName }),
    ...(changesRights(before, changes) ? { settings: presetFor(changes.isAdministrator!) } : {}),
    ...(changes.isDisabled === undefined ? {} : { isDisabled: changes.isDisabled }),
    ...(changes.isLocked === undefined ? {} : { isUnlocked: true }),
    ...(passwordHash === undefined
      ? {}
      : { passwordHash, passwordChangedAt: now.toISOString(), isUnlocked: true as const }),
  };
}

const presetFor = (isAdministrator: boolean): DefinedSettings =>
  isAdministrator ? administratorSettings : representativeSettings;

function changesRights({ settings }: Representative, { isAdministrator }: Changes): boolean {
  return isAdministrator !== undefined && isAdministrator !== (settings["site.administer"] === true);
}

function mustSignOut(before: Representative, changes: Changes): boolean {
  return changesRights(before, changes) || changes.isDisabled === true || changes.password !== undefined;
}

function found(account: Representative | null): Representative {
  if (account === null) throw new AppError("not_found", "This account does not exist any more.");
  return account;
}

function toUser(account: Representative, now: Date): User {
  const { lockedUntil, settings, ...shown } = account;
  const isAdministrator = settings["site.administer"] === true;
  return { ...shown, isAdministrator, isLocked: lockedUntil !== null && new Date(lockedUntil) > now };
}

const accountChanged: Refusal = {
  code: "sign_in.required",
  message: "An administrator changed your account. Sign in again.",
};
const signedOutByAdministrator: Refusal = {
  code: "sign_in.required",
  message: "An administrator signed you out. Sign in again.",
};
const passwordChanged: Refusal = {
  code: "sign_in.required",
  message: "Your password was changed. Sign in again with the new one.",
};
