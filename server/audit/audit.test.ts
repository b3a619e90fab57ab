import { describe, expect, test } from "bun:test";
import { Database as Sqlite } from "bun:sqlite";
import { join } from "node:path";
import { DATABASE_FILE } from "../database/database.ts";
import { noRooms, startTestServer, type TestServer } from "../test/test-server.ts";
import { type AuditPageQuery, csvCell, readAuditPage } from "./audit-log.ts";
import type { AuditEvent } from "./audit-event.ts";
import { FIRST_HASH, isSealOf, rowHash, sealHead } from "./chain.ts";

const event = (name: string): AuditEvent => ({
  action: "user.changed",
  outcome: "succeeded",
  actor: { kind: "representative", id: "r", name: "rosa", address: "192.0.2.1" },
  object: { kind: "user", id: "u", name },
  detail: { name },
});

async function siteWithRows(rows: number): Promise<TestServer> {
  const site = await startTestServer({ openRooms: noRooms });
  const { database, audit } = site.core;
  await database.transaction(async (tx) => {
    for (let index = 0; index < rows; index += 1) await audit.record(tx, event(`row ${index}`));
  });
  return site;
}

/** What somebody with the database file, but without the secret key, may do to it. */
async function afterTampering(site: TestServer, ...statements: string[]): Promise<string> {
  using raw = new Sqlite(join(site.directory, DATABASE_FILE));
  raw.run("pragma busy_timeout = 1000");
  for (const statement of statements) raw.run(statement);
  const verdict = await site.core.audit.verify(site.core.database.queries);
  return verdict.isIntact ? "" : verdict.problem;
}

describe("the audit chain", () => {
  test("an untouched log of many pages is intact", async () => {
    await using site = await siteWithRows(2500);
    const verdict = await site.core.audit.verify(site.core.database.queries);
    expect(verdict).toEqual({ isIntact: true, rows: 2502 });
  });

  test("a changed, removed, inserted or reordered row shows, and so does a cut end", async () => {
    const cases: [string[], RegExp][] = [
      [["update audit_events set actor_name = 'nobody' where sequence = 5"], /Row 5 .* altered/u],
      [["update audit_events set detail = '{}' where sequence = 12"], /Row 12 .* altered/u],
      [["update audit_events set outcome = 'failed', hash = upper(hash) where sequence = 7"], /Row 7 .* altered/u],
      [["delete from audit_events where sequence = 6"], /Row 6 .* missing/u],
      [["delete from audit_events where sequence = 1"], /Row 1 .* missing/u],
      [["delete from audit_events where sequence > 10"], /ends at row 10; 12 rows/u],
      [["delete from audit_events"], /ends at row 0; 12 rows/u],
      [["delete from audit_events", "delete from audit_head"], /^$/u],
      [["delete from audit_head"], /end mark is missing/u],
      [
        [
          "delete from audit_events where sequence > 10",
          "update audit_head set count = 10, hash = (select hash from audit_events where sequence = 10)",
        ],
        /end mark was altered/u,
      ],
      [
        [
          "update audit_events set sequence = 100 where sequence = 4",
          "update audit_events set sequence = 4 where sequence = 5",
          "update audit_events set sequence = 5 where sequence = 100",
        ],
        /Row 4 .* altered/u,
      ],
    ];
    for (const [statements, words] of cases) {
      await using site = await siteWithRows(10);
      expect(await afterTampering(site, ...statements)).toMatch(words);
    }
  });

  test("a row that is undone with its transaction leaves no gap", async () => {
    await using site = await siteWithRows(1);
    const { database, audit } = site.core;
    const undone = database.transaction(async (tx) => {
      await audit.record(tx, event("never"));
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    await database.transaction((tx) => audit.record(tx, event("after")));
    expect(await audit.verify(database.queries)).toEqual({ isIntact: true, rows: 4 });
  });

  test("rows written at the same time form one chain", async () => {
    await using site = await siteWithRows(0);
    const { database, audit } = site.core;
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => database.transaction((tx) => audit.record(tx, event(`${index}`)))),
    );
    expect(await audit.verify(database.queries)).toEqual({ isIntact: true, rows: 52 });
  });

  test("a hash depends on every column, and columns cannot run into each other", () => {
    const row = {
      sequence: 1,
      at: "t",
      actor_kind: "system",
      actor_id: "",
      actor_name: "ab",
      address: "c",
      action: "a",
      outcome: "o",
      object_kind: "k",
      object_id: "i",
      object_name: "n",
      session: null,
      detail: "{}",
    };
    const hash = rowHash(FIRST_HASH, row);
    for (const name of Object.keys(row)) expect(rowHash(FIRST_HASH, { ...row, [name]: "other" })).not.toBe(hash);
    expect(rowHash(FIRST_HASH, { ...row, actor_name: "a", address: "bc" })).not.toBe(hash);
    expect(rowHash("1".repeat(64), row)).not.toBe(hash);
    expect(hash).toBe(rowHash(FIRST_HASH, row));
  });

  test("only the secret key seals the end", () => {
    const head = { count: 3, hash: FIRST_HASH };
    const seal = sealHead(new Uint8Array(32), head);
    expect(isSealOf(new Uint8Array(32), head, seal)).toBe(true);
    expect(isSealOf(new Uint8Array(32).fill(1), head, seal)).toBe(false);
    expect(isSealOf(new Uint8Array(32), { ...head, count: 4 }, seal)).toBe(false);
    expect(isSealOf(new Uint8Array(32), head, "")).toBe(false);
  });
});

describe("the audit log as it is read", () => {
  type Page = { rows: { sequence: number; objectName: string; action: string }[]; hasMore: boolean };

  test("pages go from the newest to the oldest without a gap", async () => {
    await using site = await siteWithRows(30);
    const anna = await site.administrator();
    const seen: number[] = [];
    for (let before = ""; ;) {
      const { rows, hasMore } = await anna.json<Page>("GET", `/api/login/audit?limit=7${before}`);
      seen.push(...rows.map(({ sequence }) => sequence));
      if (!hasMore) break;
      before = `&before=${rows.at(-1)!.sequence}`;
    }
    expect(seen).toEqual(Array.from({ length: 33 }, (_, index) => 33 - index));
  });

  test("search finds words wherever they stand, and takes % and _ as they are", async () => {
    await using site = await siteWithRows(12);
    const { database, audit } = site.core;
    await database.transaction((tx) => audit.record(tx, event("100%_sure")));
    const anna = await site.administrator();
    const find = async (query: string) =>
      (await anna.json<Page>("GET", `/api/login/audit?${query}`)).rows.map(({ objectName }) => objectName);
    expect(await find("search=row+1+11")).toEqual(["row 11"]);
    expect(await find("search=ROSA+row+11")).toEqual(["row 11"]);
    expect(await find("search=%25_")).toEqual(["100%_sure"]);
    expect(await find("search=192.0.2.1&limit=2")).toHaveLength(2);
    expect(await find("action=sign-in.succeeded")).toEqual(["login"]);
    expect(await find("outcome=denied")).toEqual([]);
    expect(await find("from=2000-01-01T00:00:00.000Z&to=2001-01-01T00:00:00.000Z")).toEqual([]);
    expect(await find(`search=${encodeURIComponent("' or 1=1 --")}`)).toEqual([]);
  });

  test("a search walks the log in steps and finds what one look would find", async () => {
    await using site = await siteWithRows(40);
    const { queries } = site.core.database;
    const names = async (query: AuditPageQuery, stepRows?: number): Promise<string[]> =>
      (await readAuditPage(queries, query, stepRows)).rows.map(({ objectName }) => objectName);
    for (const query of [{ search: "row 1" }, { search: "row 3", before: 30 }, { limit: 5 }, { search: "nothing" }])
      for (const stepRows of [1, 7, 1000]) expect(await names(query, stepRows)).toEqual(await names(query));
    expect(await names({ search: "row 39" }, 7)).toEqual(["row 39"]);
    expect(await names({ search: "row 0" }, 7)).toEqual(expect.arrayContaining(["row 0"]));
  });

  test("the export holds every row once, as CSV and as JSON lines", async () => {
    await using site = await siteWithRows(1200);
    const anna = await site.administrator();
    const csv = await anna.request("GET", "/api/login/audit/export?format=csv");
    const lines = (await csv.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(1204);
    expect(csv.headers.get("content-disposition")).toMatch(/^attachment; filename="causeway-audit-[\d-]+\.csv"$/u);
    const json = await anna.request("GET", "/api/login/audit/export?format=json&search=row");
    const rows = (await json.text()).trimEnd().split("\n");
    expect(rows).toHaveLength(1200);
    expect(JSON.parse(rows[0]!)).toMatchObject({ objectName: "row 1199", actorName: "rosa" });
  });

  test("NA3 a name that a spreadsheet would take for a formula is exported as text", async () => {
    await using site = await siteWithRows(0);
    const { database, audit } = site.core;
    await database.transaction((tx) => audit.record(tx, event('=HYPERLINK("http://evil","x")')));
    const anna = await site.administrator();
    const csv = await (await anna.request("GET", "/api/login/audit/export?format=csv")).text();
    expect(csv).toContain(`"'=HYPERLINK(""http://evil"",""x"")"`);
    for (const start of ["=", "+", "-", "@", "\t", "\r"])
      expect(csvCell(`${start}1`).replace('"', "")).toStartWith("'");
    expect(csvCell("plain")).toBe("plain");
    expect(csvCell('a,"b"\n')).toBe('"a,""b""\n"');
  });
});
