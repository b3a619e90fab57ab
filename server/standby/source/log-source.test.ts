import { Database as Sqlite } from "bun:sqlite";
import { copyFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { DATABASE_FILE, openDatabase } from "../../database/database.ts";
import { smallDisk } from "../../test/small-disk.ts";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { LogHold } from "./hold-store.ts";
import { LogSource, ROLL_BYTES } from "./log-source.ts";

/** What a standby would have: the base file and every generation of the log put on it, by SQLite itself. */
class Replica {
  #log: Uint8Array[] = [];
  #at: { salts: string; bytes: number };
  rolls = 0;
  constructor(
    private readonly source: LogSource,
    private readonly file: string,
    base: string,
  ) {
    copyFileSync(base, file);
    this.#at = { salts: source.salts, bytes: 0 };
  }

  /** Takes all that there is. */
  follow(): void {
    for (;;) {
      const next = this.source.next(this.#at.salts, this.#at.bytes);
      if (next.kind === "nothing") return;
      if (next.kind === "lost") throw new Error("lost");
      if (next.kind === "piece") {
        expect(next.offset).toBe(this.#at.bytes);
        this.#log.push(Uint8Array.from(next.bytes));
        this.#at = { ...this.#at, bytes: next.offset + next.bytes.length };
      } else {
        expect(next.bytes).toBe(this.#at.bytes);
        this.open().close();
        this.#at = { salts: next.salts, bytes: 0 };
        this.rolls += 1;
      }
    }
  }

  get acknowledged(): number {
    return this.#at.salts === this.source.salts ? this.#at.bytes : 0;
  }

  /** As it is now; its log is brought home by it. */
  open(): Sqlite {
    writeFileSync(`${this.file}-wal`, Buffer.concat(this.#log));
    this.#log = [];
    const database = new Sqlite(this.file);
    database.run("pragma wal_checkpoint(TRUNCATE)");
    return database;
  }
}

const insert = (database: Sqlite, name: string, bytes: number): void =>
  void database.run("insert into settings (name, value) values (?, ?)", [name, JSON.stringify("x".repeat(bytes))]);

describe("the primary's log as a standby is fed from it", () => {
  test("B34 while other processes write, bring the log home and start it over, every committed row reaches the copy, over several generations", async () => {
    using directory = temporaryDirectory();
    const file = join(directory.path, DATABASE_FILE);
    await using own = await openDatabase(directory.path);
    using hold = new LogHold(directory.path);
    expect(hold.begin()).toBe(true);
    using source = LogSource.open(directory.path, hold)!;
    const replica = new Replica(source, join(directory.path, "replica.sqlite"), file);
    using foreign = new Sqlite(file);
    let written = 0;
    while (replica.rolls < 3) {
      for (let index = 0; index < 40; index += 1) {
        await own.queries
          .insertInto("settings")
          .values({ name: `own ${written}`, value: `"${"x".repeat(20_000)}"` })
          .execute();
        insert(foreign, `foreign ${written}`, 20_000);
        written += 1;
      }
      // What a command or the backup's job may do at any moment.
      const busy = foreign.query<{ busy: number }, []>("pragma wal_checkpoint(TRUNCATE)").get();
      expect(busy?.busy).toBe(1);
      source.lookToTheEnd();
      expect(source.isLost).toBe(false);
      replica.follow();
      source.rollIfLong(replica.acknowledged);
    }
    source.lookToTheEnd();
    replica.follow();
    using copied = replica.open();
    const rows = copied
      .query<{ rows: number }, []>("select count(*) as rows from settings where name like '% %'")
      .get();
    expect(rows).toEqual({ rows: 2 * written });
    expect(copied.query("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
    expect(statSync(`${file}-wal`).size).toBeLessThan(3 * ROLL_BYTES);
  }, 60_000);

  test("what was not acknowledged when the log began again is still to be had", async () => {
    using directory = temporaryDirectory();
    await using own = await openDatabase(directory.path);
    using hold = new LogHold(directory.path);
    hold.begin();
    using source = LogSource.open(directory.path, hold)!;
    const first = source.salts;
    let middle = source.position;
    for (let index = 0; source.committedBytes < ROLL_BYTES; index += 1) {
      await own.queries
        .insertInto("settings")
        .values({ name: `${index}`, value: `"${"x".repeat(100_000)}"` })
        .execute();
      source.look();
      if (source.committedBytes < ROLL_BYTES - (3 << 20)) middle = source.position;
    }
    source.rollIfLong(middle.bytes);
    expect(source.salts).not.toBe(first);
    expect(source.canResume(middle)).toBe(true);
    expect(source.canResume({ ...middle, checksum: "0".repeat(16) })).toBe(false);
    expect(source.canResume({ ...middle, bytes: middle.bytes - 4120 })).toBe(false);
    let at = middle.bytes;
    for (let next = source.next(first, at); next.kind === "piece"; next = source.next(first, at))
      at += next.bytes.length;
    expect(source.next(first, at)).toEqual({ kind: "rolled", bytes: at, salts: source.salts });
  }, 30_000);

  test("a log that somebody started over unseen is known as lost, and never taken for the one before", async () => {
    using directory = temporaryDirectory();
    await using own = await openDatabase(directory.path);
    using hold = new LogHold(directory.path);
    hold.begin();
    using source = LogSource.open(directory.path, hold)!;
    const before = source.position;
    hold.release();
    {
      using foreign = new Sqlite(join(directory.path, DATABASE_FILE));
      foreign.run("pragma wal_checkpoint(RESTART)");
      insert(foreign, "unseen", 10);
    }
    await own.queries.insertInto("settings").values({ name: "more", value: "1" }).execute();
    source.look();
    expect(source.isLost).toBe(true);
    expect(source.canResume(before)).toBe(false);
    expect(source.next(before.salts, before.bytes)).toEqual({ kind: "lost" });
  });

  test("a standby that holds other bytes than this log had there is not gone on with", async () => {
    using directory = temporaryDirectory();
    await using own = await openDatabase(directory.path);
    using hold = new LogHold(directory.path);
    hold.begin();
    using source = LogSource.open(directory.path, hold)!;
    for (const name of ["a", "b", "c"]) await own.queries.insertInto("settings").values({ name, value: "1" }).execute();
    source.lookToTheEnd();
    const { position } = source;
    expect(source.canResume(position)).toBe(true);
    expect(source.canResume({ ...position, checksum: "0123456789abcdef" })).toBe(false);
    expect(source.canResume({ ...position, bytes: position.bytes + 4120 })).toBe(false);
    expect(source.canResume({ ...position, bytes: position.bytes - 1 })).toBe(false);
    expect(source.canResume({ salts: "0".repeat(16), bytes: 0, checksum: "" })).toBe(false);
  });

  test("B34 while others are kept from writing a long log is read on and begins anew only afterwards", async () => {
    using directory = temporaryDirectory();
    await using own = await openDatabase(directory.path);
    using hold = new LogHold(directory.path);
    hold.begin();
    using source = LogSource.open(directory.path, hold)!;
    const { salts } = source;
    const write = async (name: string, bytes: number): Promise<void> =>
      void (await own.queries
        .insertInto("settings")
        .values({ name, value: `"${"x".repeat(bytes)}"` })
        .execute());
    for (let index = 0; source.committedBytes < ROLL_BYTES; index += 1) {
      await write(`${index}`, 200_000);
      source.look();
    }
    // As in a planned change of roles: something was written last that nobody has looked at yet.
    await write("last", 3_000_000);
    {
      using _shut = hold.shut();
      expect(hold.shut()).toBeNull();
      source.lookToTheEnd();
      source.rollIfLong(source.committedBytes);
      expect(source).toMatchObject({ salts, isLost: false });
    }
    source.rollIfLong(source.committedBytes);
    expect(source.salts).not.toBe(salts);
    expect(source.isLost).toBe(false);
  }, 30_000);

  test("B34 with the primary's disk full the log is still read, and nothing throws; with room again it is brought home", async () => {
    using disk = smallDisk(40);
    await using own = await openDatabase(disk.path);
    using hold = new LogHold(disk.path);
    hold.begin();
    using source = LogSource.open(disk.path, hold)!;
    // The log has its room already, and the database will need as much: it is not brought home while a filler takes it.
    const filler = join(disk.path, "filler");
    writeFileSync(filler, Buffer.alloc(20 << 20));
    let written = 0;
    for (; written < 30; written += 1) {
      const value = `"${"x".repeat(200_000)}"`;
      await own.queries
        .insertInto("settings")
        .values({ name: `row ${written}`, value })
        .execute();
    }
    Bun.spawnSync(["dd", "if=/dev/zero", `of=${filler}`, "bs=64K", "oflag=append", "conv=notrunc"], {
      stderr: "ignore",
    });
    source.lookToTheEnd();
    expect(hold.advance()).toBe(false);
    const { committedBytes } = source;
    expect(committedBytes).toBeGreaterThan(30 * 200_000);
    rmSync(filler);
    expect(hold.advance()).toBe(true);
  }, 30_000);

  test("another process that writes at this very moment makes nobody wait: it is tried again", async () => {
    using directory = temporaryDirectory();
    await using _own = await openDatabase(directory.path);
    using hold = new LogHold(directory.path);
    using foreign = new Sqlite(join(directory.path, DATABASE_FILE));
    foreign.run("begin immediate");
    const startedAt = performance.now();
    expect(hold.begin()).toBe(false);
    expect(hold.shut()).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(1000);
    foreign.run("commit");
    expect(hold.begin()).toBe(true);
    {
      using _shut = hold.shut();
      expect(() => insert(foreign, "kept out", 1)).toThrow("locked");
    }
    insert(foreign, "let in", 1);
  });
});
