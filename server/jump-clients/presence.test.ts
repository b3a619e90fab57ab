import { expect, test } from "bun:test";
import { decodeCpuHours } from "../../protocol/cpu-hours.ts";
import type { JumpClientId } from "../../protocol/ids.ts";
import type { SystemStatistics } from "../../protocol/messages/agent.ts";
import { openDatabase } from "../database/database.ts";
import { createLog } from "../log.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { TestClock } from "../test/test-clock.ts";
import { hourOf, hoursUntil } from "./cpu-day.ts";
import { Presence } from "./presence.ts";
import { insertSampleJumpClients } from "./sample-jump-clients.ts";
import { findCpuDay, updateJumpClient } from "./store.ts";

const HOUR_MS = 3_600_000;
const statistics = (cpuPercent: number): SystemStatistics => ({
  cpuPercent,
  memoryTotalBytes: 8e9,
  memoryUsedBytes: 4e9,
  disks: [],
  signedInUsers: [],
  isScreenLocked: null,
  hasDisplay: false,
});

/** Three Jump Clients in a database; presence is written by `flush` alone. */
async function openStage() {
  const stack = new AsyncDisposableStack();
  const directory = stack.use(temporaryDirectory());
  const database = stack.use(await openDatabase(directory.path));
  const clock = new TestClock();
  const group = { id: "g", name: "g", comments: "", created_at: "", owner: null, endpoint_tools: null };
  await database.queries.insertInto("jump_groups").values(group).execute();
  await insertSampleJumpClients(database, "g", 3);
  await database.queries.updateTable("jump_clients").set({ cpu_day: null }).execute();
  const rows = await database.queries.selectFrom("jump_clients").select("id").orderBy("name").execute();
  const ids = rows.map(({ id }) => id as JumpClientId);
  const log = createLog(
    () => undefined,
    () => clock.now(),
  );
  const presence = stack.use(new Presence(database, clock, log, () => undefined));
  const newest = async (id: JumpClientId, hours: number): Promise<(number | null)[]> => {
    const text = hoursUntil(await findCpuDay(database.queries, id), hourOf(clock.now()));
    return text === null ? [] : decodeCpuHours(text).slice(-hours);
  };
  return { database, clock, presence, newest, ids, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test("each word of a computer goes into its hour, and hours in which it says nothing are gaps", async () => {
  await using stage = await openStage();
  const { clock, presence, newest } = stage;
  const id = stage.ids[0]!;
  for (const percent of [10, 30]) {
    presence.tell(id, { statistics: statistics(percent) });
    await presence.flush();
  }
  clock.advance(2 * HOUR_MS);
  presence.tell(id, { isOnline: true, statistics: statistics(90) });
  await presence.flush();
  presence.tell(id, { isOnline: false });
  await presence.flush();
  expect(await newest(id, 4)).toEqual([null, 20, null, 90]);
  expect(await newest(stage.ids[1]!, 4)).toEqual([]);
  clock.jump(-HOUR_MS);
  presence.tell(id, { statistics: statistics(40) });
  await presence.flush();
  expect(await newest(id, 3)).toEqual([null, 20, 40]);
});

test("statistics that wait for the database count in the hour they were heard in", async () => {
  await using stage = await openStage();
  const { clock, presence, newest } = stage;
  const id = stage.ids[0]!;
  const at = clock.now();
  presence.tell(id, { statistics: statistics(70) });
  clock.advance(HOUR_MS);
  presence.tell(id, { publicAddress: "192.0.2.7" });
  await presence.flush();
  expect(hourOf(clock.now())).toBe(hourOf(at) + 1);
  expect(await newest(id, 2)).toEqual([70, null]);
});

test("the day costs no further write: statistics of a computer are one statement, and what a list shows is changed with them", async () => {
  await using stage = await openStage();
  const { database, presence, ids } = stage;
  const written = database.watchWrites(["jump_clients"]);
  const before = written();
  for (const id of ids) presence.tell(id, { statistics: statistics(5) });
  await presence.flush();
  expect(written() - before).toBe(ids.length);
});

test("what an administrator changes leaves the day as it is", async () => {
  await using stage = await openStage();
  const { presence, newest, database } = stage;
  const id = stage.ids[0]!;
  presence.tell(id, { statistics: statistics(33) });
  await presence.flush();
  await database.transaction((tx) => updateJumpClient(tx, id, { comments: "new fan" }));
  expect(await newest(id, 1)).toEqual([33]);
});

test("online and offline are written with what else was heard, and since when changes only when it really does", async () => {
  await using stage = await openStage();
  const { clock, presence, database } = stage;
  const id = stage.ids[0]!;
  const standing = async () =>
    await database.queries
      .selectFrom("jump_clients")
      .select(["is_online", "status_since", "public_address"])
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
  await database.queries.updateTable("jump_clients").set({ is_online: 0 }).where("id", "=", id).execute();
  const written = database.watchWrites(["jump_clients"]);
  const writes = written();
  const came = clock.now().toISOString();
  presence.tell(id, { isOnline: true, publicAddress: "192.0.2.7", statistics: statistics(5) });
  await presence.flush();
  expect(written() - writes).toBe(1);
  expect(await standing()).toEqual({ is_online: 1, status_since: came, public_address: "192.0.2.7" });
  clock.advance(HOUR_MS);
  presence.tell(id, { isOnline: true });
  await presence.flush();
  expect(written() - writes).toBe(1);
  expect((await standing()).status_since).toBe(came);
  presence.tell(id, { isOnline: false });
  await presence.flush();
  expect(await standing()).toMatchObject({ is_online: 0, status_since: clock.now().toISOString() });
});
