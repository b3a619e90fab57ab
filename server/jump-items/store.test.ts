import { afterAll, beforeAll, expect, test } from "bun:test";
import type { JumpItemQuery, JumpItemSort } from "../../protocol/api/console.ts";
import { wordsOf } from "../jump-clients/jump-clients.ts";
import { searchText } from "../jump-clients/jump-client-row.ts";
import { insertSampleJumpClients } from "../jump-clients/sample-jump-clients.ts";
import { newId } from "../new-id.ts";
import { Chance, randomNumbers } from "../test/random-site.ts";
import { StoredSite } from "../test/stored-site.ts";
import { countOf, pageOf, type Sought } from "./store.ts";

const TOTAL = 150;
/** More than few: the page is then looked for without the index. */
const MANY = 1_000_000;
const AT = "2026-11-21T01:00:00.000Z";
const PARTS = [
  "desk",
  "Ökonom",
  "ökonom",
  "É",
  "é",
  "日本",
  "東",
  "🦊",
  "%",
  "_",
  "\\",
  "'",
  '"',
  "*",
  "x",
  "OR",
  "near",
];

let site: StoredSite;
let jumpGroups: string[];
beforeAll(async () => {
  site = await StoredSite.open();
  const { queries } = site.database;
  const chance = new Chance(randomNumbers(7));
  jumpGroups = [newId<string>(), newId<string>(), newId<string>()];
  for (const [index, id] of jumpGroups.entries()) {
    const row = { id, name: ["beta", "Alpha", "ämter"][index]!, comments: "", created_at: AT, owner: null };
    await queries
      .insertInto("jump_groups")
      .values({ ...row, endpoint_tools: null })
      .execute();
    await insertSampleJumpClients(site.database, id, TOTAL / 3);
  }
  for (const before of await queries.selectFrom("jump_clients").selectAll().execute()) {
    const text = () => Array.from({ length: chance.below(4) }, () => chance.pick(PARTS)).join(chance.pick(["", " "]));
    const change = { name: text(), tag: chance.pick(["", "front", "%", "Front"]), comments: text(), host_name: text() };
    const lastAccessed = chance.pick([null, AT, "2026-11-20T01:00:00.000Z"]);
    await queries
      .updateTable("jump_clients")
      // How often it was used is another number for each: of equals any may be among the few used most.
      .set({ ...change, search_text: searchText({ ...before, ...change }), last_accessed_at: lastAccessed })
      .set({ is_online: chance.of(0.5) ? 1 : 0, is_leaving: chance.of(0.1) ? 1 : 0, access_count: chance.below(1e9) })
      .where("id", "=", before.id)
      .execute();
    if (!chance.of(0.1)) continue;
    const session = { id: newId<string>(), jump_client: before.id, name: "", host_name: "", operating_system: "" };
    await queries
      .insertInto("support_sessions")
      .values({ ...session, state: "active", owner: newId<string>(), started_at: AT, ended_at: null, end_reason: null })
      .execute();
  }
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

function randomSought(chance: Chance): Sought {
  const maybe = <T extends object>(probability: number, part: T): Partial<T> => (chance.of(probability) ? part : {});
  const query: JumpItemQuery = {
    ...maybe(0.3, { jumpGroup: chance.pick([...jumpGroups, newId<string>()]) }),
    ...maybe(0.3, { tag: chance.pick(["", "front", "%", "nowhere"]) }),
    ...maybe(0.3, { status: chance.pick(["online", "offline", "in-session"] as const) }),
    ...maybe(0.2, { frequent: true }),
    ...maybe(0.9, { sort: chance.pick(Object.keys(keys) as JumpItemSort[]) }),
    descending: chance.of(0.5),
  };
  const search = Array.from({ length: 1 + chance.below(2) }, () => chance.pick([...PARTS, "e", "203.0", "0"]));
  const seen = chance.of(0.3) ? null : new Set(jumpGroups.filter(() => chance.of(0.6)));
  return { query, words: wordsOf(search.join(" ")), seen };
}

type Row = Awaited<ReturnType<typeof allRows>>[number];
async function allRows() {
  const { queries } = site.database;
  const open = await queries
    .selectFrom("support_sessions")
    .select("jump_client")
    .where("ended_at", "is", null)
    .execute();
  const groups = new Map(
    (await queries.selectFrom("jump_groups").select(["id", "name"]).execute()).map((one) => [one.id, one.name]),
  );
  const inSession = new Set(open.map((one) => one.jump_client));
  const rows = await queries.selectFrom("jump_clients").selectAll().execute();
  return rows.map((row) => ({ ...row, isInSession: inSession.has(row.id), groupName: groups.get(row.jump_group)! }));
}

/** As SQLite's nocase has it: the letters of ASCII in one case, then byte by byte. */
const fold = (text: string): string => text.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase());
const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
const statusOf = (row: Row) => (row.isInSession ? "in-session" : row.is_online === 1 ? "online" : "offline");
const keys: Record<JumpItemSort, (row: Row) => string> = {
  name: (row) => fold(row.name),
  hostName: (row) => fold(row.host_name),
  status: (row) => String(["in-session", "online", "offline"].indexOf(statusOf(row))),
  system: (row) => fold(row.system),
  tag: (row) => fold(row.tag),
  jumpGroup: (row) => fold(row.groupName),
  signedIn: (row) => fold(row.signed_in_users),
  lastAccessed: (row) => row.last_accessed_at ?? "",
  comments: (row) => fold(row.comments),
};

/** What is to be found, from nothing but what is seen. */
function expected(rows: readonly Row[], { query, words, seen }: Sought): string[] {
  const visible = rows.filter((row) => row.is_leaving === 0 && (seen === null || seen.has(row.jump_group)));
  const used = visible
    .filter((row) => row.access_count > 0)
    .toSorted((one, other) => other.access_count - one.access_count);
  const frequent = new Set(used.slice(0, 20));
  const key = keys[query.sort ?? "name"];
  const found = visible.filter(
    (row) =>
      (query.jumpGroup === undefined || row.jump_group === query.jumpGroup) &&
      (query.tag === undefined || row.tag === query.tag) &&
      (query.status === undefined || statusOf(row) === query.status) &&
      (query.frequent !== true || frequent.has(row)) &&
      words.every((word) => row.search_text.includes(word)),
  );
  const direction = query.descending === true ? -1 : 1;
  const order = (one: Row, other: Row): number =>
    byBytes(key(one), key(other)) || byBytes(fold(one.name), fold(other.name)) || byBytes(one.id, other.id);
  return found.toSorted((one, other) => direction * order(one, other)).map(({ id }) => id);
}

test("NA19 JUMP-16 whatever is looked for, with the index or without it, is just what one sees and fits, in order, page by page", async () => {
  const rows = await allRows();
  const { queries } = site.database;
  const chance = new Chance(randomNumbers(11));
  let foundOften = 0;
  for (let round = 0; round < 200; round += 1) {
    const sought = randomSought(chance);
    const ids = expected(rows, sought);
    if (ids.length > 0) foundOften += 1;
    const total = await countOf(queries, sought);
    expect({ sought, total }).toEqual({ sought, total: ids.length });
    const [offset, limit] = [chance.below(4) === 0 ? chance.below(20) : 0, 1 + chance.below(60)];
    for (const told of [total, MANY]) {
      const page = (await pageOf(queries, sought, { offset, limit, total: told })).map(({ id }) => id);
      expect({ sought, page }).toEqual({ sought, page: ids.slice(offset, offset + limit) });
    }
  }
  expect(foundOften).toBeGreaterThan(40);
}, 20_000);
