/** The SQL of Jump Item Roles. */
import type { JumpItemPermission } from "../../protocol/permissions.ts";
import type { Queries, Tx } from "../database/database.ts";

/** What a person says of a role. */
export interface RoleWords {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly JumpItemPermission[];
}
export interface RoleRow extends RoleWords {
  readonly id: string;
  readonly isBuiltIn: boolean;
  readonly version: number;
}

const columns = ["id", "name", "description", "permissions", "is_built_in", "version"] as const;
type Stored = Omit<RoleRow, "permissions" | "isBuiltIn"> & { permissions: string; is_built_in: 0 | 1 };
const toRole = ({ is_built_in: isBuiltIn, permissions, ...row }: Stored): RoleRow => ({
  ...row,
  permissions: JSON.parse(permissions) as JumpItemPermission[],
  isBuiltIn: isBuiltIn === 1,
});

/** By name, the built-in ones first. */
export async function listRoles(queries: Queries): Promise<RoleRow[]> {
  const query = queries.selectFrom("jump_item_roles").select(columns);
  return (await query.orderBy("is_built_in", "desc").orderBy("name").execute()).map(toRole);
}

export async function findRole(queries: Queries, id: string): Promise<RoleRow | null> {
  const row = await queries.selectFrom("jump_item_roles").select(columns).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toRole(row);
}

/** Names are compared without case. */
export async function findRoleByName(queries: Queries, name: string): Promise<RoleRow | null> {
  const row = await queries.selectFrom("jump_item_roles").select(columns).where("name", "=", name).executeTakeFirst();
  return row === undefined ? null : toRole(row);
}

export async function insertRole(tx: Tx, { permissions, isBuiltIn, ...row }: RoleRow, createdAt: string) {
  const json = JSON.stringify(permissions);
  const values = { ...row, permissions: json, is_built_in: isBuiltIn ? 1 : 0, created_at: createdAt } as const;
  await tx.insertInto("jump_item_roles").values(values).execute();
}

/** Writes what is there and raises the version. */
export async function updateRole(tx: Tx, id: string, { permissions, ...rest }: Partial<RoleWords>): Promise<void> {
  const json = permissions === undefined ? {} : { permissions: JSON.stringify(permissions) };
  await tx
    .updateTable("jump_item_roles")
    .set((eb) => ({ ...rest, ...json, version: eb("version", "+", 1) }))
    .where("id", "=", id)
    .execute();
}

export async function deleteRole(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("jump_item_roles").where("id", "=", id).execute();
}
