import { Database as Sqlite } from "bun:sqlite";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { DATABASE_FILE } from "../../database/database.ts";
import { smallDisk } from "../../test/small-disk.ts";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { readWalHeader, WAL_HEADER_BYTES } from "../source/wal.ts";
import { CopyFolder } from "./copy-folder.ts";
import { bringLogHome } from "./copy-store.ts";

const SECRET = Buffer.alloc(32, 5).toString("base64url");
const ROWS = 50;
const bringHome = (file: string): Promise<void> => Promise.resolve(bringLogHome(file));

/** A database's file as it was before its log, and the log, which holds all of its rows. */
function makeDatabase(folder: string): { base: Uint8Array; log: Uint8Array; salts: string } {
  const file = join(folder, "original.sqlite");
  using database = new Sqlite(file, { create: true });
  database.run("pragma journal_mode = WAL");
  database.run("pragma wal_autocheckpoint = 0");
  database.run("create table t (x)");
  database.run("create table audit_events (x)");
  for (let row = 0; row < ROWS; row += 1) database.run("insert into t values (?)", [row]);
  const log = new Uint8Array(readFileSync(`${file}-wal`));
  return { base: new Uint8Array(readFileSync(file)), log, salts: readWalHeader(log)!.salts };
}

/** Gives a folder a whole copy, as a line does. */
async function ship(copy: CopyFolder, { base, log, salts }: ReturnType<typeof makeDatabase>): Promise<void> {
  await copy.beginBase(salts, base.length, SECRET);
  await copy.writeBase(0, base);
  await copy.endBase(log.length);
  await copy.append(salts, 0, log);
  expect(await copy.sync()).toBe(true);
}

function rowsOf(file: string): number {
  using database = new Sqlite(file, { create: false, readwrite: true });
  expect(database.query("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  return database.query<{ rows: number }, []>("select count(*) as rows from t").get()!.rows;
}

describe("the standby's files", () => {
  test("B34 a copy that could not be made ready to take over keeps its log, and is made ready at the next try", async () => {
    using directory = temporaryDirectory();
    await using copy = new CopyFolder(directory.path, bringHome);
    await ship(copy, makeDatabase(directory.path));
    const failure = copy.settle(() => Promise.reject(new Error("the disk is full")));
    expect(await failure.catch((error: Error) => error.message)).toBe("the disk is full");
    await copy.open();
    expect(rowsOf(join(await copy.settle(bringHome), DATABASE_FILE))).toBe(ROWS);
    expect(copy.isWhole).toBe(true);
  });

  test("B34 a power cut at that moment keeps the log, too; a line afterwards gets a whole new copy", async () => {
    using directory = temporaryDirectory();
    {
      await using copy = new CopyFolder(directory.path, bringHome);
      await ship(copy, makeDatabase(directory.path));
      await copy.settle(() => Promise.reject(new Error("cut"))).catch(() => undefined);
    }
    await using after = new CopyFolder(directory.path, bringHome);
    await after.open();
    expect(after.position).toMatchObject({ salts: "0".repeat(16), bytes: 0 });
    expect(rowsOf(join(after.path, DATABASE_FILE))).toBe(ROWS);
  });

  test("B34 on a disk that fills up nothing counts as written that is not", async () => {
    using disk = smallDisk(80);
    await using copy = new CopyFolder(disk.path, bringHome);
    await copy.beginBase("0123456789abcdef", 1, SECRET);
    const piece = Buffer.alloc(250_001, 7);
    let written = 0;
    let failure = "";
    while (failure === "")
      await copy.writeBase(written, piece).then(
        () => (written += piece.length),
        (error: Error) => (failure = error.message),
      );
    expect(failure).toContain("ENOSPC");
    expect(statSync(join(disk.path, "standby/coming", DATABASE_FILE)).size).toBeGreaterThanOrEqual(written);
  });

  test("a piece that is altered, out of place or of another log is refused, and what was there stays", async () => {
    using directory = temporaryDirectory();
    await using copy = new CopyFolder(directory.path, bringHome);
    const database = makeDatabase(directory.path);
    await ship(copy, database);
    const { position } = copy;
    const refusal = (salts: string, offset: number, bytes: Uint8Array): Promise<string> =>
      copy.append(salts, offset, bytes).then(
        () => "",
        (error: Error) => error.message,
      );
    const frame = database.log.subarray(WAL_HEADER_BYTES, WAL_HEADER_BYTES + 4120);
    expect(await refusal(database.salts, database.log.length, frame)).toContain("altered");
    expect(await refusal(database.salts, database.log.length + 1, frame)).toContain("out of place");
    expect(await refusal("0123456789abcdef", database.log.length, frame)).toContain("out of place");
    await copy.open();
    expect(copy.position).toEqual(position);
  });

  test("what cannot be read of a copy is said at once, and a new one takes its place", async () => {
    using directory = temporaryDirectory();
    await using copy = new CopyFolder(directory.path, bringHome);
    const database = makeDatabase(directory.path);
    await ship(copy, database);
    writeFileSync(join(copy.path, "state.json"), "{}");
    expect(await copy.open().catch(() => "refused")).toBe("refused");
    expect(copy.position).toBeNull();
    await ship(copy, database);
    expect(rowsOf(join(copy.path, DATABASE_FILE))).toBe(ROWS);
  });

  test("B34 a new copy that a power cut broke off leaves the one before it", async () => {
    using directory = temporaryDirectory();
    const database = makeDatabase(directory.path);
    {
      await using copy = new CopyFolder(directory.path, bringHome);
      await ship(copy, database);
      await copy.beginBase(database.salts, database.base.length, SECRET);
      await copy.writeBase(0, database.base);
    }
    await using after = new CopyFolder(directory.path, bringHome);
    await after.open();
    expect(after.position).toMatchObject({ salts: database.salts, bytes: database.log.length });
    // And between the two renames by which a new one takes its place.
    await after.close();
    mkdirSync(join(directory.path, "standby"), { recursive: true });
    Bun.spawnSync(["mv", after.path, join(directory.path, "standby/coming")]);
    await after.open();
    expect(after.position).toMatchObject({ bytes: database.log.length });
    rmSync(join(directory.path, "standby"), { recursive: true });
  });
});
