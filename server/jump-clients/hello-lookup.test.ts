import { expect, test } from "bun:test";
import { openDatabase } from "../database/database.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { HelloLookup } from "./hello-lookup.ts";
import { insertSampleJumpClients } from "./sample-jump-clients.ts";

async function openStage(count: number) {
  const stack = new AsyncDisposableStack();
  const directory = stack.use(temporaryDirectory());
  const database = stack.use(await openDatabase(directory.path));
  const group = { id: "g", name: "g", comments: "", created_at: "", owner: null, endpoint_tools: null };
  await database.queries.insertInto("jump_groups").values(group).execute();
  await insertSampleJumpClients(database, "g", count);
  const rows = await database.queries.selectFrom("jump_clients").select(["id", "public_key"]).execute();
  return { database, lookup: new HelloLookup(database), rows, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test("each of many who come at once gets its own row, twice if it asks twice, and a stranger none", async () => {
  await using stage = await openStage(50);
  const { lookup, rows } = stage;
  const asked = [...rows.map(({ id }) => id), rows[7]!.id, "nobody", ""];
  const found = await Promise.all(asked.map((id) => lookup.find(id)));
  expect(found.map((row) => row?.public_key)).toEqual([
    ...rows.map((row) => row.public_key),
    rows[7]!.public_key,
    undefined,
    undefined,
  ]);
});

test("who comes later sees what was changed meanwhile", async () => {
  await using stage = await openStage(2);
  const { lookup, rows, database } = stage;
  const id = rows[0]!.id;
  expect((await lookup.find(id))?.is_leaving).toBe(0);
  await database.queries.updateTable("jump_clients").set({ is_leaving: 1 }).where("id", "=", id).execute();
  expect((await lookup.find(id))?.is_leaving).toBe(1);
});

test("when the database cannot be asked everybody who waits is told", async () => {
  await using stage = await openStage(2);
  const { lookup, rows, database } = stage;
  const freeze = await database.freeze();
  const waiting = Promise.allSettled(rows.map(({ id }) => lookup.find(id)));
  const why = new Error("standing still");
  freeze.refuse(why);
  expect(await waiting).toEqual(rows.map(() => ({ status: "rejected", reason: why })));
  await expect(lookup.find(rows[0]!.id)).rejects.toThrow(why);
});
