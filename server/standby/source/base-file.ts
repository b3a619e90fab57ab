/**
 * Reads the database's file for a standby in a process of its own. INVARIANT: the serving process never opens that file but
 * through SQLite: closing it would drop every lock the process holds on it (POSIX), and another process could then take
 * the write-ahead log away.
 */
import { createReadStream, writeSync } from "node:fs";
import { setPriority } from "node:os";
import { ownProgram } from "../../backups/job-process.ts";
import { BASE_FILE_WORD } from "../job-words.ts";

/** Whoever works in a session goes before a copy. */
const NICENESS = 10;
const PIECE_BYTES = 256 << 10;
const STANDARD_OUTPUT = 1;

/** The process: writes the file to standard output, until its end or until standard input ends. */
export async function runBaseFile(path: string, input: ReadableStream<Uint8Array>): Promise<number> {
  setPriority(NICENESS);
  let isWanted = true;
  void input
    .getReader()
    .read()
    .finally(() => (isWanted = false));
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
    if (!isWanted) return 1;
    await writeOut(piece as Uint8Array);
  }
  return 0;
}

/** What the file holds, read while others write to it; whoever does not read it holds the process up. */
export interface BaseFile extends AsyncDisposable {
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Whether all of it was read; asked at the end. */
  isComplete(): Promise<boolean>;
}

export function readBaseFile(path: string): BaseFile {
  const child = Bun.spawn([...ownProgram(), BASE_FILE_WORD, path], {
    ...{ stdin: "pipe", stdout: "pipe", stderr: "ignore", env: {} },
  });
  return {
    pieces: child.stdout,
    isComplete: async () => (await child.exited) === 0,
    async [Symbol.asyncDispose]() {
      void child.stdin.end();
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function writeOut(bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(STANDARD_OUTPUT, bytes, offset, bytes.length - offset);
    } catch (error) {
      // A pipe that does not wait: whoever reads is slow.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      await Bun.sleep(1);
    }
  }
}
