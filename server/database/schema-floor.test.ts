import { describe, expect, test } from "bun:test";
import { Database as Sqlite } from "bun:sqlite";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { DATABASE_FILE, openDatabase } from "./database.ts";
import { type FloorMigration, migrate, migrations } from "./migrations.ts";
import { noteProgramVersion, readProgramVersion } from "./program-version.ts";
import { readFloor } from "./schema-floor.ts";

const newest = Object.keys(migrations).at(-1)!;
/** A later release that only adds. */
const adding: FloorMigration = {
  up: async (db: Kysely<unknown>) => void (await sql`alter table settings add column note text`.execute(db)),
};
/** One after that, which takes away what this release does not read any more either. */
const removing = (floor: string): FloorMigration => ({
  up: async (db: Kysely<unknown>) => void (await sql`alter table settings drop column note`.execute(db)),
  floor,
});

/** A data directory that programs of later releases have run on. */
async function afterReleases(directory: string, later: Record<string, FloorMigration>): Promise<void> {
  await using database = await openDatabase(directory);
  await database.queries.insertInto("settings").values({ name: "kept", value: "1" }).execute();
  await migrate(database.queries, { ...migrations, ...later });
}

test("the release that ran last is known by its number, is written once, and nothing that stands there makes it throw", async () => {
  using directory = temporaryDirectory();
  await using database = await openDatabase(directory.path);
  const { queries } = database;
  expect(await readProgramVersion(queries)).toBeNull();
  await noteProgramVersion(queries, "1.2.0");
  const written = database.watchWrites(["settings"]);
  const before = written();
  await noteProgramVersion(queries, "1.2.0");
  expect(written()).toBe(before);
  await noteProgramVersion(queries, "1.10.0-rc.1");
  expect(await readProgramVersion(queries)).toBe("1.10.0-rc.1");
  for (const value of ["no JSON", "7", "null", JSON.stringify("1".repeat(41))]) {
    await queries.updateTable("settings").set({ value }).where("name", "=", "programVersion").execute();
    expect(await readProgramVersion(queries)).toBeNull();
  }
});

describe("a program on the tables of a newer release", () => {
  test("NA40 the release before starts on a database that the next one has brought up, and reads and writes its rows", async () => {
    using directory = temporaryDirectory();
    await afterReleases(directory.path, { "9001-adds": adding });
    await using database = await openDatabase(directory.path);
    await database.queries.insertInto("settings").values({ name: "after", value: "2" }).execute();
    const names = await database.queries.selectFrom("settings").select("name").orderBy("name").execute();
    expect(names.map(({ name }) => name)).toEqual(["after", "kept"]);
    // And the newer one goes on where it was.
    await migrate(database.queries, {
      ...migrations,
      "9001-adds": adding,
      "9002-adds-nothing": { up: async () => {} },
    });
  });

  test("one that has taken away what an older program needs refuses it in words, and a newer one's own floor lets it in", async () => {
    using directory = temporaryDirectory();
    await afterReleases(directory.path, { "9001-adds": adding, "9002-removes": removing("9001-adds") });
    await expect(openDatabase(directory.path)).rejects.toMatchObject({ code: "data.newer" });
    using other = temporaryDirectory();
    await afterReleases(other.path, { "9001-adds": adding, "9002-removes": removing(newest) });
    await using database = await openDatabase(other.path);
    expect(await readFloor(database.queries)).toBe(newest);
  });

  test("a floor and what needs it are one: an upgrade that breaks off raises none", async () => {
    using directory = temporaryDirectory();
    await using database = await openDatabase(directory.path);
    const floor = await readFloor(database.queries);
    const failing: FloorMigration = {
      up: () => Promise.reject(new Error("no")),
      floor: "9002-fails",
    };
    const later = { ...migrations, "9001-removes": { ...adding, floor: "9001-removes" }, "9002-fails": failing };
    await expect(migrate(database.queries, later)).rejects.toThrow("could not be brought up");
    expect(await readFloor(database.queries)).toBe(floor);
    expect(floor).not.toBeNull();
  });

  test("a directory from before there was a floor is refused to older programs as it always was", async () => {
    using directory = temporaryDirectory();
    await (await openDatabase(directory.path))[Symbol.asyncDispose]();
    {
      using raw = new Sqlite(join(directory.path, DATABASE_FILE));
      raw.run("insert into kysely_migration (name, timestamp) values ('9999-of-tomorrow', '2030-01-01')");
      raw.run("drop table schema_floor");
    }
    await expect(openDatabase(directory.path)).rejects.toMatchObject({ code: "data.newer" });
  });
});
