import { Database as Sqlite } from "bun:sqlite";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { readWalHeader, WAL_HEADER_BYTES, WalScanner } from "./wal.ts";

/** A log as SQLite itself writes it: three transactions, one of several frames. */
function realLog(pageBytes = 4096): Uint8Array {
  using directory = temporaryDirectory();
  const file = join(directory.path, "a.sqlite");
  using database = new Sqlite(file, { create: true });
  database.run(`pragma page_size = ${pageBytes}`);
  database.run("pragma journal_mode = WAL");
  database.run("create table t (x)");
  database.run("insert into t values (?)", ["x".repeat(20_000)]);
  database.run("insert into t values (1)");
  return new Uint8Array(readFileSync(`${file}-wal`));
}

function scanAll(log: Uint8Array): WalScanner | null {
  const header = readWalHeader(log);
  if (header === null) return null;
  const scanner = new WalScanner(header);
  scanner.scan(log.subarray(WAL_HEADER_BYTES));
  return scanner;
}

describe("SQLite's write-ahead log as bytes", () => {
  test.each([512, 4096, 65_536])(
    "all that SQLite wrote is valid and committed, with pages of %d bytes",
    (pageBytes) => {
      const log = realLog(pageBytes);
      const scanner = scanAll(log)!;
      expect(scanner.header).toMatchObject({ pageBytes });
      expect(scanner).toMatchObject({ validBytes: log.length, committedBytes: log.length });
      expect(scanner.committedChecksum).toMatch(/^[0-9a-f]{16}$/u);
    },
  );

  test("a torn end counts for nothing, wherever it is torn: what is committed before it stays", () => {
    const log = realLog();
    const whole = scanAll(log)!;
    const commits = new Set<number>();
    for (let end = WAL_HEADER_BYTES; end <= log.length; end += 97) {
      const scanner = scanAll(log.subarray(0, end))!;
      expect(scanner.validBytes).toBeLessThanOrEqual(end);
      expect(scanner.committedBytes).toBeLessThanOrEqual(scanner.validBytes);
      commits.add(scanner.committedBytes);
    }
    expect(commits.size).toBeGreaterThanOrEqual(3);
    expect(whole.committedBytes).toBe(log.length);
  });

  test("in pieces of whole frames it gives the same as at once", () => {
    const log = realLog();
    const header = readWalHeader(log)!;
    const scanner = new WalScanner(header);
    for (let at = WAL_HEADER_BYTES; at < log.length; at += scanner.frameBytes)
      expect(scanner.scan(log.subarray(at, at + scanner.frameBytes))).toBe(scanner.frameBytes);
    expect(scanner.committedChecksum).toBe(scanAll(log)!.committedChecksum);
  });

  test("whatever bit is changed, nothing after it is valid", () => {
    const log = realLog(512);
    const random = (below: number): number => Math.floor(Math.random() * below);
    for (let round = 0; round < 3000; round += 1) {
      const at = random(log.length);
      const altered = Uint8Array.from(log);
      altered[at]! ^= 1 << random(8);
      const scanner = scanAll(altered);
      // A header that was changed begins no log, or one to which no frame belongs.
      const isHeader = at < WAL_HEADER_BYTES;
      expect(scanner === null || scanner.validBytes <= (isHeader ? WAL_HEADER_BYTES : at)).toBe(true);
    }
  });

  test("noise is no log and never throws", () => {
    for (let round = 0; round < 2000; round += 1) {
      const noise = crypto.getRandomValues(new Uint8Array(Math.floor(Math.random() * 3000)));
      expect(readWalHeader(noise)).toBeNull();
    }
  });
});
