/** What happens to sessions and presence while the database takes no writes, as on a full disk. */
import { Database as Sqlite } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { DATABASE_FILE } from "../database/database.ts";
import { startSession, startTestSite, type TestSite } from "./test-site.ts";

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

/** Until disposed, every update of that table fails. */
function refuseUpdates(table: "support_sessions" | "jump_clients"): Disposable {
  const sqlite = new Sqlite(join(site.server.directory, DATABASE_FILE));
  sqlite.run(`create trigger refused before update on ${table} begin select raise(abort, 'no room'); end`);
  return {
    [Symbol.dispose]: () => {
      sqlite.run("drop trigger refused");
      sqlite.close();
    },
  };
}

const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  for (let turn = 0; turn < 100; turn += 1) {
    if (await isSo()) return;
    await Bun.sleep(100);
  }
  throw new Error(`waited in vain for ${what}`);
};

test("the end of a session that could not be written is written when it can, with its audit event", async () => {
  const { agent, socket } = await site.jumpClient();
  const { console, session } = await startSession(site.admin, agent, socket);
  {
    using _ = refuseUpdates("support_sessions");
    expect(await console.refusal("session.end", { session })).toBe("internal");
    await Bun.sleep(1200);
  }
  const { queries } = site.server.core.database;
  await until("the end to be written", async () => {
    const row = await queries
      .selectFrom("support_sessions")
      .select("state")
      .where("id", "=", session)
      .executeTakeFirst();
    return row?.state === "ended";
  });
  const events = await queries
    .selectFrom("audit_events")
    .select("action")
    .where("session", "=", session)
    .where("action", "=", "session.ended")
    .execute();
  expect(events.length).toBe(1);
});

test("a Jump Client that went while nothing could be written is shown offline when it can be", async () => {
  const { agent, socket } = await site.jumpClient();
  const { queries } = site.server.core.database;
  const isOnline = async () => {
    const row = queries.selectFrom("jump_clients").select("is_online").where("id", "=", agent.jumpClient);
    return (await row.executeTakeFirstOrThrow()).is_online;
  };
  await until("it to be online", async () => (await isOnline()) === 1);
  {
    using _ = refuseUpdates("jump_clients");
    socket.close();
    await socket.closed;
    await Bun.sleep(600);
    expect(await isOnline()).toBe(1);
  }
  await until("it to be offline", async () => (await isOnline()) === 0);
});
