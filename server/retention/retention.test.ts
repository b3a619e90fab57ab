import { Database as Sqlite } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Security } from "../../protocol/api/security.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { TestClock } from "../test/test-clock.ts";
import { noRooms, startTestServer, type TestServer } from "../test/test-server.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { Retention } from "./retention.ts";

const DAY_MS = 86_400_000;
const clock = new TestClock();
let site: TestServer;
let anna: TestBrowser;
beforeAll(async () => {
  site = await startTestServer({ openRooms: noRooms, clock });
  anna = await site.administrator("login");
});
afterAll(() => site[Symbol.asyncDispose]());

async function keepFor(days: number | null): Promise<void> {
  const { version } = await anna.json<Security>("GET", "/api/login/security");
  await anna.json("PATCH", "/api/login/security", { version, retentionDays: days });
}

/** An ended session with everything that hangs on it. */
function insertSession(id: string, endedAt: string | null): void {
  using raw = new Sqlite(join(site.directory, DATABASE_FILE));
  raw.run("pragma busy_timeout = 2000");
  raw.run(
    `insert into support_sessions (id, jump_client, name, host_name, operating_system, state, owner, started_at, ended_at)
     values (?, 'j', 'n', 'h', 'o', ?, 'r', '2020-01-01T00:00:00.000Z', ?)`,
    [id, endedAt === null ? "active" : "ended", endedAt],
  );
  raw.run("insert into session_events (session, at, kind, text) values (?, '2020', 'session', 't')", [id]);
  raw.run(
    "insert into session_participants (session, representative, display_name, joined_at) values (?, 'r', 'R', '2020')",
    [id],
  );
}

/** A request of Anna's for a Jump Client that is there for it alone. */
async function insertAccessRequest(id: string, state: string): Promise<void> {
  const { id: anna } = await annaRow();
  using raw = new Sqlite(join(site.directory, DATABASE_FILE));
  raw.run("pragma busy_timeout = 2000");
  raw.run("pragma foreign_keys = off");
  raw.run(
    `insert into access_requests (id, representative, jump_client, reason, state, requested_at) values (?, ?, 'j', '', ?, ?)`,
    [id, anna, state, clock.now().toISOString()],
  );
}
const annaRow = () => anna.json<{ id: string }>("GET", "/api/login/account");

test("records older than the site keeps go, the rest of the chain stays whole, and it is written down", async () => {
  const retention = new Retention(site.core);
  const { audit, database } = site.core;
  await keepFor(null);
  await database.transaction(async (tx) => {
    for (let count = 0; count < 1200; count += 1)
      await audit.record(tx, {
        action: "sign-out",
        outcome: "succeeded",
        actor: { kind: "system" },
        object: { kind: "area", id: "login", name: "login" },
      });
  });
  insertSession("old", clock.now().toISOString());
  insertSession("running", null);
  await insertAccessRequest("answered", "denied");
  await insertAccessRequest("waiting", "waiting");
  await retention.run();
  const whole = await audit.verify(database.queries);
  expect(whole).toMatchObject({ isIntact: true });
  clock.advance(40 * DAY_MS);
  await anna.signIn("login", "anna", "correct horse battery staple");
  await keepFor(30);
  await retention.run();
  const verdict = await audit.verify(database.queries);
  expect(verdict.isIntact).toBe(true);
  const rows = await database.queries
    .selectFrom("audit_events")
    .select(["action", "detail"])
    .orderBy("sequence")
    .execute();
  expect(verdict).toEqual({ isIntact: true, rows: rows.length });
  expect(rows.length).toBeLessThan(20);
  expect(rows.at(-1)).toMatchObject({ action: "records.deleted" });
  expect(JSON.parse(rows.at(-1)!.detail)).toMatchObject({ sessions: 1, accessRequests: 1 });
  const left = await database.queries.selectFrom("support_sessions").select("id").execute();
  expect(left).toEqual([{ id: "running" }]);
  const requests = await database.queries.selectFrom("access_requests").select("id").execute();
  expect(requests).toEqual([{ id: "waiting" }]);
  await retention.run();
  expect(await audit.verify(database.queries)).toEqual(verdict);
});

test("rows cut off the beginning by hand show, and so does a mark that was moved", async () => {
  const { audit, database } = site.core;
  using raw = new Sqlite(join(site.directory, DATABASE_FILE));
  raw.run("pragma busy_timeout = 2000");
  const first = raw
    .query<{ sequence: number; hash: string }, []>("select sequence, hash from audit_events limit 1")
    .get()!;
  raw.run("update audit_start set count = ?, hash = ?", [first.sequence, first.hash]);
  raw.run("delete from audit_events where sequence = ?", [first.sequence]);
  expect(await audit.verify(database.queries)).toMatchObject({ isIntact: false });
});
