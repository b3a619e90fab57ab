/** Who administers the appliance: made, given a new password, removed. There is none at first, and no password is preset. */
import type { Static } from "@sinclair/typebox";
import type {
  AddApplianceAdministrator,
  ApplianceAdministratorRow,
  ResetApplianceAdministrator,
} from "../../protocol/api/appliance/access.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { PasswordHasher } from "../sign-in/password-hasher.ts";
import type { Passwords } from "../sign-in/passwords/passwords.ts";
import type { OwnProofs } from "./own-proofs.ts";
import type { ApplianceSignIns } from "./sign-ins.ts";
import {
  deleteAdministrator,
  findAdministrator,
  findByUsername,
  insertAdministrator,
  listAdministrators,
  writeApp,
  writeFailures,
  writePassword,
} from "./store.ts";

const MAX_ADMINISTRATORS = 100;

export interface AdministratorsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly passwords: Pick<Passwords, "checkRules">;
  readonly applianceSignIns: ApplianceSignIns;
  readonly ownProofs: OwnProofs;
}

export class ApplianceAdministrators {
  readonly #needs: AdministratorsNeeds;
  constructor(needs: AdministratorsNeeds) {
    this.#needs = needs;
  }

  /** Whether anybody can sign in to /appliance. */
  async areAny(): Promise<boolean> {
    return (await listAdministrators(this.#needs.database.queries)).length > 0;
  }

  /** By name, as `asker` sees them. */
  async list(asker: ApplianceAdministrator): Promise<ApplianceAdministratorRow[]> {
    const now = this.#needs.clock.now().toISOString();
    return (await listAdministrators(this.#needs.database.queries)).map((row) => ({
      ...{ id: row.id, username: row.username, hasAuthenticatorApp: row.authenticatorApp !== null },
      lockedUntil: row.lockedUntil !== null && row.lockedUntil > now ? row.lockedUntil : null,
      ...{ createdAt: row.createdAt, lastSignInAt: row.lastSignInAt, isYou: row.id === asker.id },
    }));
  }

  /**
   * @throws {AppError} sign_in.failed (the asker's own password), password.too_weak, request.conflict, request.too_many,
   *   sign_in.required
   */
  async add(asker: ApplianceAdministrator, asked: Static<typeof AddApplianceAdministrator>): Promise<void> {
    const { database, applianceSignIns, ownProofs } = this.#needs;
    await ownProofs.require(asker, asked.ownPassword);
    const hash = await this.hash(asked.username, asked.password);
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, asker);
      if ((await findByUsername(tx, asked.username)) !== null)
        throw new AppError("request.conflict", `There is already an administrator named ${asked.username}.`);
      await this.#insert(tx, auditActor(asker), asked.username, hash);
    });
  }

  /**
   * A new password for somebody who lost theirs: their app, their lock and their sign-ins go.
   * @throws {AppError} not_found, and as add()
   */
  async reset(
    asker: ApplianceAdministrator,
    id: string,
    asked: Static<typeof ResetApplianceAdministrator>,
  ): Promise<void> {
    const { database, applianceSignIns, ownProofs } = this.#needs;
    await ownProofs.require(asker, asked.ownPassword);
    const found = await findAdministrator(database.queries, id);
    if (found === null) throw gone();
    const hash = await this.hash(found.username, asked.password);
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, asker);
      if ((await findAdministrator(tx, id)) === null) throw gone();
      await this.#reset(tx, auditActor(asker), found, hash);
    });
  }

  /** @throws {AppError} not_found, request.conflict (the last one), and as add() */
  async remove(asker: ApplianceAdministrator, id: string, ownPassword: string): Promise<void> {
    const { database, applianceSignIns, ownProofs } = this.#needs;
    await ownProofs.require(asker, ownPassword);
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, asker);
      const all = await listAdministrators(tx);
      const found = all.find((row) => row.id === id);
      if (found === undefined) throw gone();
      if (all.length === 1)
        throw new AppError(
          "request.conflict",
          "This is the last administrator of the appliance. Add another one first.",
        );
      await deleteAdministrator(tx, id);
      await this.#record(tx, "appliance-administrator.deleted", auditActor(asker), found);
    });
  }

  /** The hash of a new password, by the site's rules. @throws {AppError} password.too_weak, request.too_many */
  async hash(username: string, password: string): Promise<string> {
    this.#needs.passwords.checkRules(password, username);
    return await this.#needs.hasher.hash(password);
  }

  /**
   * In the caller's transaction: the administrator of this name, made or given this password; their id. For whoever proved
   * that they stand before the machine. @throws {AppError} request.conflict (too many)
   */
  async setIn(tx: Tx, actor: AuditActor, username: string, hash: string): Promise<string> {
    const found = await findByUsername(tx, username);
    if (found === null) return await this.#insert(tx, actor, username, hash);
    await this.#reset(tx, actor, found, hash);
    return found.id;
  }

  /** From the command line of the machine. @throws {AppError} password.too_weak */
  async setLocally(username: string, password: string): Promise<void> {
    const hash = await this.hash(username, password);
    await this.#needs.database.transaction((tx) => this.setIn(tx, { kind: "system" }, username, hash));
  }

  async #insert(tx: Tx, actor: AuditActor, username: string, hash: string): Promise<string> {
    if ((await listAdministrators(tx)).length >= MAX_ADMINISTRATORS)
      throw new AppError(
        "request.conflict",
        `There are ${MAX_ADMINISTRATORS} administrators already. Remove one first.`,
      );
    const id = newId<string>();
    const created_at = this.#needs.clock.now().toISOString();
    await insertAdministrator(tx, { id, username, password_hash: hash, created_at });
    await this.#record(tx, "appliance-administrator.created", actor, { id, username });
    return id;
  }

  async #reset(tx: Tx, actor: AuditActor, { id, username }: Named, hash: string): Promise<void> {
    await writePassword(tx, id, hash);
    await writeApp(tx, id, null);
    await writeFailures(tx, id, 0, null);
    await this.#needs.applianceSignIns.endOf(tx, id);
    await this.#record(tx, "appliance-administrator.reset", actor, { id, username });
  }

  async #record(tx: Tx, action: AuditAction, actor: AuditActor, { id, username }: Named): Promise<void> {
    const object = { kind: "appliance-administrator", id, name: username };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor, object });
  }
}

interface Named {
  readonly id: string;
  readonly username: string;
}

const gone = (): AppError => new AppError("not_found", "This administrator is no more. Load the page again.");
