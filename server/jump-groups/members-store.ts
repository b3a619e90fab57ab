/** The SQL of who is in a Jump Group. */
import { sql, type SqlBool } from "kysely";
import type { Queries, Tx } from "../database/database.ts";
import { searchPatterns } from "../database/search-words.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly username: string;
}

/** Everybody whose names hold all these words, by name. */
export async function findPeople(queries: Queries, text: string): Promise<Person[]> {
  const words = searchPatterns(text);
  return await queries
    .selectFrom("representatives")
    .select(["id", "display_name as name", "username"])
    .where((where) =>
      where.and(words.map((word) => sql<SqlBool>`(display_name glob ${word} or username glob ${word})`)),
    )
    .orderBy(sql`display_name collate nocase`)
    .orderBy("id")
    .execute();
}

export async function findPerson(queries: Queries, id: string): Promise<Person | null> {
  const query = queries.selectFrom("representatives").select(["id", "display_name as name", "username"]);
  return (await query.where("id", "=", id).executeTakeFirst()) ?? null;
}

/** Whether the Jump Group, which is nobody's personal list, and the role (null: none is asked about) are there. */
export async function areThere(queries: Queries, jumpGroup: string, role: string | null) {
  const groups = queries.selectFrom("jump_groups").select("id").where("id", "=", jumpGroup).where("owner", "is", null);
  const roles = queries.selectFrom("jump_item_roles").select("id").where("id", "=", role);
  return {
    isGroupThere: (await groups.executeTakeFirst()) !== undefined,
    isRoleThere: role === null || (await roles.executeTakeFirst()) !== undefined,
  };
}

/** Roles given on the Jump Group's page, by person; null: their default role. */
export async function readGiven(queries: Queries, jumpGroup: string): Promise<Map<string, string | null>> {
  const query = queries.selectFrom("jump_group_users").select(["representative", "role"]);
  const rows = await query.where("jump_group", "=", jumpGroup).execute();
  return new Map(rows.map(({ representative, role }) => [representative, role]));
}

export async function writeGiven(tx: Tx, row: { jumpGroup: string; person: string; role: string | null }) {
  const { jumpGroup, person, role } = row;
  await tx
    .insertInto("jump_group_users")
    .values({ jump_group: jumpGroup, representative: person, role })
    .onConflict((conflict) => conflict.doUpdateSet({ role }))
    .execute();
}

export async function removeGiven(tx: Tx, jumpGroup: string, person: string): Promise<void> {
  const query = tx.deleteFrom("jump_group_users").where("jump_group", "=", jumpGroup);
  await query.where("representative", "=", person).execute();
}
