/** The SQL of the tree beside the Jump Items. A Jump Item that is leaving is not counted. */
import { sql, type SqlBool } from "kysely";
import type { JumpGroupTreeQuery } from "../../protocol/api/console.ts";
import type { Queries } from "../database/database.ts";
import { searchPatterns } from "../database/search-words.ts";
import type { SeenJumpGroups } from "./jump-item-sight.ts";

const DEFAULT_PAGE = 100;

interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly owner_name: string | null;
  readonly total: number;
}

const jumpItemsIn = sql<number>`(select count(*) from jump_clients
  where is_leaving = 0 and jump_group = jump_groups.id)`;

const withOwners = (queries: Queries) =>
  queries.selectFrom("jump_groups").leftJoin("representatives", "representatives.id", "jump_groups.owner");

const columns = [
  "jump_groups.id",
  "jump_groups.name",
  "jump_groups.owner",
  "representatives.display_name as owner_name",
] as const;

/** A page of those that are seen and fit, by name, and how many there are in all; counted are the page's Jump Items alone. */
export async function pageOfGroups(
  queries: Queries,
  { search = "", offset = 0, limit = DEFAULT_PAGE }: JumpGroupTreeQuery,
  seen: SeenJumpGroups,
): Promise<{ rows: GroupRow[]; total: number }> {
  const filters = searchPatterns(search).map(
    (word) => sql<SqlBool>`(jump_groups.name glob ${word} or coalesce(representatives.display_name, '') glob ${word})`,
  );
  if (seen !== null)
    filters.push(sql<SqlBool>`jump_groups.id in (select value from json_each(${JSON.stringify([...seen])}))`);
  const fitting = withOwners(queries).where((where) => where.and(filters));
  const { total } = await fitting.select(({ fn }) => fn.countAll().as("total")).executeTakeFirstOrThrow();
  const page = fitting.select("jump_groups.id").orderBy("jump_groups.name").limit(limit).offset(offset);
  const rows = await withOwners(queries)
    .select(columns)
    .select(jumpItemsIn.as("total"))
    .where("jump_groups.id", "in", page)
    .orderBy("jump_groups.name")
    .execute();
  return { rows, total: Number(total) };
}

/** One of them; null: there is none. */
export async function findGroup(queries: Queries, id: string): Promise<GroupRow | null> {
  const query = withOwners(queries).select(columns).select(jumpItemsIn.as("total"));
  return (await query.where("jump_groups.id", "=", id).executeTakeFirst()) ?? null;
}

/** How many of its Jump Items stand under each of its tags, in the order of the alphabet. */
export async function tagsOfGroup(queries: Queries, id: string): Promise<{ tag: string; total: number }[]> {
  const rows = await queries
    .selectFrom("jump_clients")
    .select("tag")
    .select(({ fn }) => fn.countAll<number>().as("total"))
    .where("is_leaving", "=", 0)
    .where("jump_group", "=", id)
    .where("tag", "!=", "")
    .groupBy("tag")
    .orderBy(sql`tag collate nocase`)
    .execute();
  return rows.map(({ tag, total }) => ({ tag, total: Number(total) }));
}

/** The first of these Jump Groups whose names hold the words, by name. */
export async function namesAmong(
  queries: Queries,
  ids: readonly string[],
  search: string,
  limit: number,
): Promise<{ id: string; name: string }[]> {
  const words = searchPatterns(search).map((word) => sql<SqlBool>`name glob ${word}`);
  return await queries
    .selectFrom("jump_groups")
    .select(["id", "name"])
    .where(sql<SqlBool>`id in (select value from json_each(${JSON.stringify(ids)}))`)
    .where((where) => where.and(words))
    .orderBy("name")
    .limit(limit)
    .execute();
}
