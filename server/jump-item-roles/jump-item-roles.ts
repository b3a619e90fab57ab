/** Jump Item Roles: named sets of what one may do with Jump Items. */
import type { Static } from "@sinclair/typebox";
import type { ChangeJumpItemRole, CreateJumpItemRole, JumpItemRole } from "../../protocol/api/policies.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import { jumpItemPermissions } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { requireVersion } from "../audit/object-history.ts";
import { changedFields } from "../changed-fields.ts";
import type { Queries, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { countUses, findUses, refuseUsed, type UseCounts } from "../policy-uses/policy-uses.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import {
  deleteRole,
  findRole,
  findRoleByName,
  insertRole,
  listRoles,
  type RoleRow,
  type RoleWords,
  updateRole,
} from "./store.ts";

type Role = Static<typeof JumpItemRole>;

const versionActions: readonly AuditAction[] = ["jump-item-role.created", "jump-item-role.changed"];

export class JumpItemRoles {
  readonly #needs: RightsChangeNeeds;
  constructor(needs: RightsChangeNeeds) {
    this.#needs = needs;
  }

  async list(): Promise<Role[]> {
    const { queries } = this.#needs.database;
    const counts = await countUses(queries, "jump-item-role");
    return (await listRoles(queries)).map((row) => shown(row, counts(row.id)));
  }

  /** @throws {AppError} request.conflict for a name that is taken */
  async create(actor: Actor, wish: Static<typeof CreateJumpItemRole>): Promise<Role> {
    const { database, clock, policyBook } = this.#needs;
    const row = { ...tidy(wish), id: newId<string>(), isBuiltIn: false, version: 1 };
    await database.transaction(async (tx) => {
      await refuseTakenName(tx, row.id, row.name);
      await insertRole(tx, row, clock.now().toISOString());
      await this.#record(tx, "jump-item-role.created", actor, row, { permissions: row.permissions });
    });
    await policyBook.changed();
    return await this.#get(row.id);
  }

  /** @throws {AppError} not_found, request.stale, request.conflict (a name that is taken, a built-in role's permissions) */
  async change(actor: Actor, id: string, asked: Static<typeof ChangeJumpItemRole>): Promise<Role> {
    const { database, policyBook } = this.#needs;
    const { version: seen, ...wish } = asked;
    await database.transaction(async (tx) => {
      const row = found(await findRole(tx, id));
      const object = { kind: "jump-item-role", id, name: row.name };
      await requireVersion(tx, object, { present: row.version, seen, changes: versionActions });
      const { changes, detail } = changedFields<RoleWords>(row, tidy(wish));
      if (Object.keys(changes).length === 0) return;
      if (row.isBuiltIn && changes.permissions !== undefined)
        throw new AppError(
          "request.conflict",
          `${row.name} comes with this site and its permissions stay as they are. Make a role of your own instead.`,
        );
      if (changes.name !== undefined) await refuseTakenName(tx, id, changes.name);
      await updateRole(tx, id, changes);
      await this.#record(tx, "jump-item-role.changed", actor, row, detail);
    });
    await policyBook.changed();
    return await this.#get(id);
  }

  /** @throws {AppError} not_found, request.conflict (a built-in one, one that is used) */
  async delete(actor: Actor, id: string): Promise<void> {
    const { database, policyBook } = this.#needs;
    await database.transaction(async (tx) => {
      const row = found(await findRole(tx, id));
      if (row.isBuiltIn)
        throw new AppError("request.conflict", `${row.name} comes with this site and cannot be deleted.`);
      refuseUsed(row.name, await findUses(tx, "jump-item-role", id), "Give them another role first.");
      await deleteRole(tx, id);
      await this.#record(tx, "jump-item-role.deleted", actor, row, { permissions: row.permissions });
    });
    await policyBook.changed();
  }

  async #get(id: string): Promise<Role> {
    const { queries } = this.#needs.database;
    return shown(found(await findRole(queries, id)), (await countUses(queries, "jump-item-role"))(id));
  }

  async #record(tx: Tx, action: AuditAction, actor: Actor, row: RoleRow, detail: Readonly<Record<string, unknown>>) {
    const object = { kind: "jump-item-role", id: row.id, name: row.name };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object, detail });
  }
}

const shown = (row: RoleRow, { users, groupPolicies, members }: UseCounts): Role => ({
  ...row,
  permissions: [...row.permissions],
  uses: users + groupPolicies + members,
});

/** Permissions stand in the order of the list, so that the same ones are the same. */
function tidy<T extends Partial<RoleWords>>(wish: T): T {
  const { permissions } = wish;
  if (permissions === undefined) return wish;
  return { ...wish, permissions: jumpItemPermissions.filter((name) => permissions.includes(name)) };
}

async function refuseTakenName(queries: Queries, id: string, name: string): Promise<void> {
  const taken = await findRoleByName(queries, name);
  if (taken !== null && taken.id !== id)
    throw new AppError(
      "request.conflict",
      `There is already a Jump Item Role called ${taken.name}. Choose another name.`,
    );
}

function found(row: RoleRow | null): RoleRow {
  if (row === null) throw new AppError("not_found", "This Jump Item Role does not exist any more.");
  return row;
}
