import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Database as Sqlite } from "bun:sqlite";
import { expect, test } from "bun:test";
import { databaseProblems } from "../updates/database-rehearsal.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { DATABASE_FILE } from "./database.ts";
import { checkFile } from "./file-check.ts";

const PAGE_BYTES = 4096;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A table of many pages with an index, in a file that nobody has open. */
function makeDatabase(file: string): void {
  using sqlite = new Sqlite(file);
  sqlite.run("pragma journal_mode = wal");
  sqlite.run('create table "odd ""name" (id integer primary key, text text)');
  sqlite.run('create index by_text on "odd ""name" (text)');
  const insert = sqlite.query('insert into "odd ""name" (text) values (?)');
  sqlite.transaction(() => {
    for (let index = 0; index < 2000; index += 1) insert.run(`${index} ${"x".repeat(200)}`);
  })();
  sqlite.run("pragma wal_checkpoint(truncate)");
}

/** What a disk does that forgets a page. */
function forgetPage(file: string, page: number): void {
  const handle = openSync(file, "r+");
  writeSync(handle, new Uint8Array(PAGE_BYTES), 0, PAGE_BYTES, page * PAGE_BYTES);
  closeSync(handle);
}

test("a file is read from end to end while somebody writes to it, and a page that is damaged is found", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, DATABASE_FILE);
  makeDatabase(file);
  const progress: number[] = [];
  {
    using writer = new Sqlite(file);
    writer.run("begin immediate");
    expect(checkFile(file, (done) => progress.push(done))).toEqual([]);
    writer.run("rollback");
  }
  expect(progress).toEqual([0]);
  forgetPage(file, 40);
  const problems = checkFile(file, () => undefined);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.length).toBeLessThanOrEqual(20);
});

test("before an update the database is read by a process of its own, and what is wrong comes back in words", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, DATABASE_FILE);
  makeDatabase(file);
  const sound = await databaseProblems(directory.path, { log });
  expect(sound.problems).toEqual([]);
  expect(sound.sizeBytes).toBeGreaterThan(400_000);
  forgetPage(file, 40);
  expect((await databaseProblems(directory.path, { log })).problems.length).toBeGreaterThan(0);
}, 30_000);
