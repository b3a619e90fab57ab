/**
 * The one SQLite database: `causeway.sqlite` in the data directory.
 *
 * Journal WAL, synchronous FULL: what a commit said stands after a power cut (audit rows and sign-ins must; one rule for
 * all tables is easier to trust than two). A commit costs one fsync, so whoever has many rows writes them in one
 * transaction.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Database as Sqlite, type SQLQueryBindings } from "bun:sqlite";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { type DatabaseConnection, type DialectAdapter, type Driver, Kysely, type Transaction } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import { migrate } from "./migrations.ts";
import { type Freeze, RefusableTurns } from "./refusable-turns.ts";
import type { Schema } from "./schema.ts";
import { WrittenTables } from "./written-tables.ts";

/** A running transaction; a change and its audit event share one. */
export type Tx = Transaction<Schema>;
/** What a store reads with: the database, or the transaction it is called in. */
export type Queries = Kysely<Schema>;

export const DATABASE_FILE = "causeway.sqlite";
const BUSY_TIMEOUT_MS = 5000;

/** The database, open until it is disposed. */
export interface Database extends AsyncDisposable {
  readonly queries: Queries;
  /** Runs `work` in one transaction; whatever it throws undoes all of it. Wait for nothing but the database inside. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A number that changes when another process (`causeway reset-password`, say) has committed something. */
  outsideVersion(): number;
  /**
   * Watches tables for writes of this process.
   * @returns what gives a number that changes before a statement writes to one of them, whether it is committed or not
   */
  watchWrites(tables: readonly (keyof Schema)[]): () => number;
  /** Waits for its turn and lets nothing of this process read or write until it is told to go on. */
  freeze(): Promise<Freeze>;
  /** How many transactions were committed since it was opened. */
  commits(): number;
  /** What SQLite finds wrong with its file and with references between rows; empty: nothing. */
  check(): string[];
}

/**
 * Opens, or makes, the database in `directory`, and brings its tables up to this release.
 * @throws {AppError} data.newer: a newer release has made of it what this one cannot read
 * @throws {Error} when the file cannot be opened
 */
export async function openDatabase(directory: string): Promise<Database> {
  const file = join(directory, DATABASE_FILE);
  const written = new WrittenTables();
  const sqlite = openFile(file, written);
  const transactions = new AsyncLocalStorage<{ isOpen: boolean }>();
  const turns = new RefusableTurns();
  const queries = new Kysely<Schema>({ dialect: new GuardedDialect(sqlite, transactions, turns) });
  let commits = 0;
  const database: Database = {
    queries,
    transaction: async (work) => {
      const result = await queries.transaction().execute(async (tx) => {
        const state = { isOpen: true };
        try {
          return await transactions.run(state, () => work(tx));
        } finally {
          state.isOpen = false;
        }
      });
      commits += 1;
      return result;
    },
    commits: () => commits,
    freeze: () => turns.freeze(),
    outsideVersion: () => sqlite.query<{ data_version: number }, []>("pragma data_version").get()?.data_version ?? 0,
    watchWrites: (tables) => written.watch(tables),
    check: () => findDamage(sqlite),
    [Symbol.asyncDispose]: () => queries.destroy(),
  };
  try {
    await migrate(queries);
  } catch (error) {
    await queries.destroy();
    throw error;
  }
  return database;
}

function findDamage(sqlite: Sqlite): string[] {
  const damage = sqlite.query<{ integrity_check: string }, []>("pragma integrity_check").all();
  const dangling = sqlite.query<{ table: string; rowid: number }, []>("pragma foreign_key_check").all();
  return [
    ...damage.map((row) => row.integrity_check).filter((text) => text !== "ok"),
    ...dangling.map(({ table, rowid }) => `row ${rowid} of ${table} points to nothing`),
  ];
}

function openFile(file: string, written: WrittenTables): Sqlite {
  const sqlite = new StatementReusingSqlite(file, written);
  chmodSync(file, 0o600);
  for (const pragma of [
    `busy_timeout = ${BUSY_TIMEOUT_MS}`,
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
  ])
    sqlite.run(`pragma ${pragma}`);
  return sqlite;
}

/**
 * kysely-bun-sqlite prepares each statement anew and begins transactions deferred. Prepared statements are kept here
 * (half the time of a point read), and a transaction takes the write lock at once: a deferred one that reads first is
 * refused without waiting when another process writes in between.
 */
class StatementReusingSqlite extends Sqlite {
  constructor(
    file: string,
    private readonly written: WrittenTables,
  ) {
    super(file, { create: true, readwrite: true });
  }

  override prepare<Row, Values extends SQLQueryBindings | SQLQueryBindings[]>(
    sql: string,
  ): ReturnType<typeof Sqlite.prototype.query<Row, Values>> {
    // Each execution asks for its statement first, in the same turn of the event loop.
    this.written.noteStatement(sql);
    return this.query<Row, Values>(sql === "begin" ? "begin immediate" : sql);
  }
}

/**
 * There is one connection, so queries and transactions take turns. Asking the database inside its own transaction would
 * wait for ever: it throws instead. Kysely's own lock, which knows nothing of that and wakes every waiter for each turn,
 * is switched off by saying that there could be several connections. kysely also believes that SQLite cannot undo changes of
 * tables; told better, it runs all migrations in one transaction, so that a killed upgrade leaves the old tables whole.
 */
class GuardedDialect extends BunSqliteDialect {
  constructor(
    private readonly sqlite: Sqlite,
    private readonly transactions: AsyncLocalStorage<{ isOpen: boolean }>,
    private readonly turns: RefusableTurns,
  ) {
    super({ database: sqlite });
  }

  override createAdapter(): DialectAdapter {
    const adapter = super.createAdapter();
    Object.defineProperty(adapter, "supportsMultipleConnections", { value: true });
    Object.defineProperty(adapter, "supportsTransactionalDdl", { value: true });
    return adapter;
  }

  override createDriver(): Driver {
    const driver = super.createDriver();
    const acquire = driver.acquireConnection.bind(driver);
    const release = driver.releaseConnection.bind(driver);
    const rollback = driver.rollbackTransaction.bind(driver);
    const { turns } = this;
    driver.acquireConnection = async (): Promise<DatabaseConnection> => {
      if (this.transactions.getStore()?.isOpen === true)
        throw new Error("The database was used inside its own transaction: pass the transaction on.");
      await turns.take();
      return await acquire();
    };
    driver.releaseConnection = async (connection) => {
      await release(connection);
      turns.leave();
    };
    // On a full disk SQLite has undone the transaction by itself; to ask again would hide why.
    driver.rollbackTransaction = async (connection) => {
      if (this.sqlite.inTransaction) await rollback(connection);
    };
    return driver;
  }
}
