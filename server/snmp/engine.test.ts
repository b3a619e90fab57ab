import { expect, test } from "bun:test";
import { openDatabase } from "../database/database.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { nextStart } from "./engine.ts";

test("an engine keeps its id, counts each start, and never comes back to a number: not by a backup, nor by a clock set back", async () => {
  using directory = temporaryDirectory();
  await using database = await openDatabase(directory.path);
  const first = await nextStart(database, new Date("2026-11-21T10:00:00Z"));
  expect(Buffer.from(first.id).toString("hex")).toMatch(/^80007ed905[0-9a-f]{24}$/u);
  const again = await nextStart(database, new Date("2026-11-21T10:00:01Z"));
  expect(again).toEqual({ id: first.id, boots: first.boots + 1 });
  const clockSetBack = await nextStart(database, new Date("2020-01-01T00:00:00Z"));
  expect(clockSetBack.boots).toBe(first.boots + 2);
  // A backup of the first start, restored after some more of them.
  using older = temporaryDirectory();
  await using restored = await openDatabase(older.path);
  await nextStart(restored, new Date("2026-11-21T10:00:00Z"));
  const afterRestore = await nextStart(restored, new Date("2026-11-21T10:05:00Z"));
  expect(afterRestore.boots).toBeGreaterThan(clockSetBack.boots);
});
