/**
 * Holds a database's write-ahead log still while it is copied: whoever else opens the database (commands, the backup's job)
 * would start it over when the last page is brought home. A reader of ours that stays open keeps frames in place; only
 * `roll()` lets the log begin again, and knows then that nothing was written that was not seen.
 */
import { constants, Database as Sqlite, SQLiteError } from "bun:sqlite";
import { join } from "node:path";
import { DATABASE_FILE } from "../../database/database.ts";

/** Two connections that read in turns, so that one always holds, and one that writes. */
export class LogHold implements Disposable {
  readonly #writer: Sqlite;
  #holding: Sqlite;
  #spare: Sqlite;
  #isHeld = false;
  /** Others are kept from writing, in a transaction of ours: until it ends nothing is brought home and nothing begins anew. */
  #isShut = false;
  constructor(directory: string) {
    const open = (): Sqlite => {
      const connection = new Sqlite(join(directory, DATABASE_FILE), { create: true, readwrite: true });
      // What runs here shares the server's one thread: it never waits, it comes again.
      connection.run("pragma busy_timeout = 0");
      // A copy that was put in place has none yet.
      connection.run("pragma journal_mode = WAL");
      connection.run("pragma wal_autocheckpoint = 0");
      connection.run("pragma synchronous = FULL");
      return connection;
    };
    [this.#writer, this.#holding, this.#spare] = [open(), open(), open()];
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Holds what is in the log now, if anything is: before anybody else of this process opens the database. */
  holdWhatIsThere(): void {
    if (this.#isHeld) return;
    this.keepAfterwards(true);
    read(this.#holding);
    this.#isHeld = true;
  }

  /**
   * Writes a first frame of our own, so that there is something to hold, and holds it.
   * @returns whether it could; another process may be writing
   */
  begin(): boolean {
    this.release();
    this.keepAfterwards(true);
    // With everything home the first frame begins the log anew, and a copy begins with a short one.
    this.#bringHome();
    if (!unlessHindered(() => this.#markGeneration())) return false;
    read(this.#holding);
    this.#isHeld = true;
    return true;
  }

  /**
   * Brings home what can be, and holds from the newest frame on; with the log shut it does nothing.
   * @returns whether all of the log is in the database now
   */
  advance(): boolean {
    if (this.#isShut) return false;
    // INVARIANT: where everything is home a new reader would hold nothing, as it needs no log to read; the one that is
    // there holds on.
    if (this.#bringHome()) return true;
    read(this.#spare);
    this.#holding.run("rollback");
    [this.#holding, this.#spare] = [this.#spare, this.#holding];
    return this.#bringHome();
  }

  /**
   * Lets the log begin again. INVARIANT: nobody can write between `isWhole()`, which says whether all that was committed
   * was seen, and the first frame of the new generation; whether it is the very next one shows in its salts.
   * @returns whether it may have begun again; if not, everything is as before
   */
  roll(isWhole: () => boolean): boolean {
    if (!this.advance()) return false;
    if (!unlessHindered(() => void this.#writer.run("begin immediate"))) return false;
    try {
      if (!isWhole()) return false;
      // The write lock is ours: without a reader the log starts over with this very transaction.
      this.#holding.run("rollback");
      this.#writer.run(MARK);
      this.#writer.run("commit");
    } finally {
      if (this.#writer.inTransaction) this.#writer.run("rollback");
      if (!this.#holding.inTransaction) read(this.#holding);
    }
    return true;
  }

  /**
   * Keeps every other process from writing until what it returns is disposed.
   * @returns null: another one writes right now
   */
  shut(): Disposable | null {
    if (this.#isShut || !unlessHindered(() => void this.#writer.run("begin immediate"))) return null;
    this.#isShut = true;
    return {
      [Symbol.dispose]: () => {
        this.#isShut = false;
        if (this.#writer.inTransaction) this.#writer.run("rollback");
      },
    };
  }

  /** Lets go: the log is anybody's again. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#holding.run("rollback");
  }

  /** Whether the log stays in place when the database is closed, so that a start goes on with the same generation. */
  keepAfterwards(isKept: boolean): void {
    for (const connection of [this.#writer, this.#holding, this.#spare])
      connection.fileControl(constants.SQLITE_FCNTL_PERSIST_WAL, isKept ? 1 : 0);
  }

  [Symbol.dispose](): void {
    this.release();
    this.#holding.close();
    this.#spare.close();
    this.#writer.close();
  }

  /** Whether all of the log is in the database now. */
  #bringHome(): boolean {
    let isHome = false;
    unlessHindered(() => {
      const query = "pragma wal_checkpoint(PASSIVE)";
      const row = this.#writer.query<{ busy: number; log: number; checkpointed: number }, []>(query).get();
      isHome = row?.busy === 0 && row.log === row.checkpointed;
    });
    return isHome;
  }

  #markGeneration(): void {
    this.#writer.run(MARK);
  }
}

const MARK =
  "insert into standby_generation (id, number) values (1, 1) on conflict (id) do update set number = number + 1";

/** Begins to read, which holds the log from its newest frame on. */
function read(connection: Sqlite): void {
  connection.run("begin");
  connection.query("select count(*) from sqlite_master").get();
}

/** Whether it was done; false: another process is in the way, or the disk is full. Either may be over at the next try. */
function unlessHindered(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    const code = error instanceof SQLiteError ? (error.code ?? "") : "";
    if (code.startsWith("SQLITE_BUSY") || code === "SQLITE_FULL") return false;
    throw error;
  }
}
