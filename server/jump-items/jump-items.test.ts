import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JumpGroupBranch, JumpItemDetail, JumpItemRow } from "../../protocol/api/console.ts";
import { decodeCpuHours } from "../../protocol/cpu-hours.ts";
import { hourOf, withWord } from "../jump-clients/cpu-day.ts";
import { insertSampleJumpClients } from "../jump-clients/sample-jump-clients.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

const TOTAL = 25_000;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
  await insertSampleJumpClients(site.server.core.database, site.jumpGroup, TOTAL);
}, 60_000);
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

type Page = { rows: JumpItemRow[]; total: number; totalInPlace: number };
const list = (query: Record<string, string>): Promise<Page> =>
  site.admin.json<Page>("GET", `/api/console/jump-items?${new URLSearchParams(query)}`);

describe("at 25,000 Jump Items", () => {
  test("JUMP-12 every one is reachable page by page, once", async () => {
    const seen = new Set<string>();
    for (let offset = 0; offset < TOTAL; offset += 500) {
      const { rows } = await list({ offset: String(offset), limit: "500" });
      for (const row of rows) seen.add(row.id);
    }
    expect(seen.size).toBe(TOTAL - 1);
  });

  test("every word of a search must be found, in whatever column, in any case", async () => {
    expect((await list({ search: "DESK 00042" })).rows.map((row) => row.name)).toEqual(["Desk 00042"]);
    expect((await list({ search: "user17 debian front" })).rows.every((row) => row.tag === "front")).toBe(true);
    expect((await list({ search: "desk nosuchword" })).total).toBe(0);
    expect((await list({ search: "203.0.1.7" })).total).toBeGreaterThan(0);
  });

  test("JUMP-16 what a search finds stands in the order of the whole list, few or many, page by page", async () => {
    const pagesOf = async (query: Record<string, string>): Promise<string[]> => {
      const ids: string[] = [];
      for (;;) {
        const { rows, total } = await list({ ...query, offset: String(ids.length), limit: "500" });
        if (rows.length === 0) return ids.length === total ? ids : [];
        ids.push(...rows.map(({ id }) => id));
      }
    };
    const places = new Map((await pagesOf({})).map((id, place) => [id, place]));
    for (const [search, atLeast] of [
      ["desk 00042", 1],
      ["desk 0042", 10],
      ["desk 004", 100],
      ["desk 04", 1000],
      ["desk", 20_000],
    ] as const) {
      const found = (await pagesOf({ search })).map((id) => places.get(id)!);
      expect(found.length).toBeGreaterThanOrEqual(atLeast);
      expect(found).toEqual(found.toSorted((one, other) => one - other));
    }
  });

  test("JUMP-28 comments are found and sorted by", async () => {
    expect((await list({ search: "new fan" })).total).toBe(25);
    const { rows } = await list({ sort: "comments", descending: "true", limit: "1" });
    expect(rows[0]!.comments).toStartWith("needs");
  });

  test("NA2 what SQL could read into a search is only text", async () => {
    for (const search of [
      "%",
      "_",
      "'",
      '"; drop table jump_clients; --',
      "\\",
      "100%_done",
      "\u0000",
      "' or 1=1 --",
    ]) {
      const { total } = await list({ search });
      expect(total).toBe(search === "100%_done" || search === "%" || search === "_" ? 25 : 0);
    }
    expect((await list({})).total).toBe(TOTAL - 1);
  });

  test("JUMP-16 every column sorts both ways, and a page is a slice of the whole order", async () => {
    for (const sort of [
      "name",
      "hostName",
      "status",
      "system",
      "tag",
      "jumpGroup",
      "signedIn",
      "lastAccessed",
      "comments",
    ]) {
      const whole = await list({ sort, limit: "40" });
      const tail = await list({ sort, limit: "20", offset: "20" });
      expect(tail.rows.map((row) => row.id)).toEqual(whole.rows.slice(20).map((row) => row.id));
      const down = await list({ sort, descending: "true", limit: "1" });
      expect(down.rows.length).toBe(1);
    }
    const names = (await list({ sort: "name", limit: "3" })).rows.map((row) => row.name);
    expect(names).toEqual(["Desk 00000", "Desk 00001", "Desk 00002"]);
  });

  test("a row and its details tell how busy the last 24 hours were, and nothing where nothing is known", async () => {
    const { database } = site.server.core;
    const [first, second] = (await list({ sort: "name", limit: "2" })).rows.map(({ id }) => id);
    const day = withWord(null, { hour: hourOf(new Date()) - 2, percent: 64 });
    const change = (cpuDay: Uint8Array | null, id: string | undefined) =>
      database.queries.updateTable("jump_clients").set({ cpu_day: cpuDay }).where("id", "=", id!).execute();
    await change(day, first);
    await change(null, second);
    const known = (hours: string | null) => decodeCpuHours(hours ?? "").filter((percent) => percent !== null);
    const { rows } = await list({ sort: "name", limit: "2" });
    expect(known(rows[0]!.cpuHours)).toEqual([64]);
    expect(rows[1]!.cpuHours).toBeNull();
    const detail = await site.admin.json<JumpItemDetail>("GET", `/api/console/jump-items/${first}`);
    expect(known(detail.cpuHours)).toEqual([64]);
  });

  test("filters count what they hide", async () => {
    const offline = await list({ status: "offline", tag: "front" });
    expect(offline.rows.every((row) => row.status === "offline" && row.tag === "front")).toBe(true);
    expect(offline.totalInPlace).toBe(6250);
    expect(offline.total).toBeLessThan(offline.totalInPlace);
    expect((await list({ frequent: "true" })).total).toBe(20);
  });

  test("JUMP-05 the tree counts groups and tags", async () => {
    const tree = await site.admin.json<{
      total: number;
      frequent: number;
      jumpGroups: { id: string; total: number }[];
    }>("GET", "/api/console/jump-groups");
    expect([tree.total, tree.frequent]).toEqual([TOTAL - 1, 20]);
    const branch = await site.admin.json<JumpGroupBranch>("GET", `/api/console/jump-groups/${site.jumpGroup}`);
    expect(branch.tags.map(({ tag }) => tag)).toEqual(["back", "front", "lab"]);
    expect(tree.jumpGroups.find((group) => group.id === site.jumpGroup)!.total).toBe(branch.total);
  });
});

test("a query that is none is refused", async () => {
  for (const query of ["limit=501", "limit=0", "offset=-1", "sort=password_hash", "jumpGroup=x", "status=asleep"])
    expect((await site.admin.refusal("GET", `/api/console/jump-items?${query}`)).status).toBe(400);
});
