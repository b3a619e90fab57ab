import { describe, expect, test } from "bun:test";
import { Database as Sqlite } from "bun:sqlite";
import { statSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { lockForServing, prepareDataDirectory } from "./data-directory.ts";
import { DATABASE_FILE, openDatabase, type Queries } from "./database.ts";

const insert = (queries: Queries, name: string) =>
  queries.insertInto("settings").values({ name, value: "1" }).execute();
const names = async (queries: Queries) =>
  (await queries.selectFrom("settings").select("name").orderBy("name").execute()).map(({ name }) => name);

describe("the database", () => {
  test("a transaction that throws leaves nothing behind", async () => {
    using directory = temporaryDirectory();
    await using database = await openDatabase(directory.path);
    const failing = database.transaction(async (tx) => {
      await insert(tx, "a");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await database.transaction((tx) => insert(tx, "b"));
    expect(await names(database.queries)).toEqual(["b"]);
  });

  test("using the database inside its own transaction fails at once instead of waiting for ever", async () => {
    using directory = temporaryDirectory();
    await using database = await openDatabase(directory.path);
    const inside = database.transaction(() => insert(database.queries, "a"));
    await expect(inside).rejects.toThrow("inside its own transaction");
    await insert(database.queries, "b");
    expect(await names(database.queries)).toEqual(["b"]);
  });

  test("what a transaction left running may use the database once it is over", async () => {
    using directory = temporaryDirectory();
    await using database = await openDatabase(directory.path);
    const { promise, resolve } = Promise.withResolvers<void>();
    let later: Promise<unknown> = Promise.resolve();
    await database.transaction(async () => {
      later = promise.then(() => insert(database.queries, "later"));
    });
    resolve();
    await later;
    expect(await names(database.queries)).toEqual(["later"]);
  });

  test("two processes' transactions that read before they write wait for each other", async () => {
    using directory = temporaryDirectory();
    await using first = await openDatabase(directory.path);
    await using second = await openDatabase(directory.path);
    const version = first.outsideVersion();
    for (const [index, database] of [first, second, first, second].entries())
      await database.transaction(async (tx) => {
        await names(tx);
        await insert(tx, String(index));
      });
    expect(await names(first.queries)).toEqual(["0", "1", "2", "3"]);
    expect(first.outsideVersion()).not.toBe(version);
  });

  test("its own commits are no outside change", async () => {
    using directory = temporaryDirectory();
    await using database = await openDatabase(directory.path);
    const version = database.outsideVersion();
    await insert(database.queries, "mine");
    expect(database.outsideVersion()).toBe(version);
  });

  test("commits survive a power cut: the journal is WAL and every commit is synced", async () => {
    using directory = temporaryDirectory();
    await using database = await openDatabase(directory.path);
    await insert(database.queries, "kept");
    using other = new Sqlite(join(directory.path, DATABASE_FILE), { readonly: true });
    expect(other.query("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(other.query("select name from settings").all()).toEqual([{ name: "kept" }]);
    expect(database.check()).toEqual([]);
  });

  test("an upgrade that breaks off leaves the tables as they were, and can be begun again", async () => {
    using directory = temporaryDirectory();
    const file = join(directory.path, DATABASE_FILE);
    using raw = new Sqlite(file, { create: true });
    raw.run("create table audit_events (x)");
    await expect(openDatabase(directory.path)).rejects.toThrow("could not be brought up");
    const tables = raw.query<{ name: string }, []>("select name from sqlite_master where name in ('site', 'settings')");
    expect(tables.all()).toEqual([]);
    raw.run("drop table audit_events");
    await using database = await openDatabase(directory.path);
    await insert(database.queries, "a");
    expect(tables.all().length).toBe(2);
  });

  test("a data directory of a newer release is refused in words", async () => {
    using directory = temporaryDirectory();
    await (await openDatabase(directory.path))[Symbol.asyncDispose]();
    {
      using raw = new Sqlite(join(directory.path, DATABASE_FILE));
      raw.run("insert into kysely_migration (name, timestamp) values ('9999-of-tomorrow', '2030-01-01')");
      raw.run("update schema_floor set migration = '9999-of-tomorrow'");
    }
    await expect(openDatabase(directory.path)).rejects.toMatchObject({
      ...{ name: "AppError", code: "data.newer" },
      message:
        "The data belong to a newer release of Causeway. This release cannot read them, and has changed nothing. Keep them. " +
        "Run that release or a newer one, or restore a backup that was taken before the upgrade.",
    });
  });

  test("NA10 the directory and the files in it are their owner's alone", async () => {
    using directory = temporaryDirectory();
    const inner = join(directory.path, "data");
    prepareDataDirectory(inner);
    await using _ = await openDatabase(inner);
    expect(statSync(inner).mode & 0o777).toBe(0o700);
    expect(statSync(join(inner, DATABASE_FILE)).mode & 0o777).toBe(0o600);
  });
});

describe("serving from a data directory", () => {
  test("a second server is refused in words, and served again once the first has ended", () => {
    using directory = temporaryDirectory();
    {
      using _ = lockForServing(directory.path);
      expect(() => lockForServing(directory.path)).toThrow("already serves");
    }
    using _ = lockForServing(directory.path);
  });
});
