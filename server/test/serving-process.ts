/** `causeway serve` as a process of its own, with no pages, which a test can kill. Run as a program, it is that process. */
import { join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { runCommand } from "../command-line/commands.ts";
import { createLog } from "../log.ts";
import { openRooms } from "../rooms.ts";

/** A server in a process of its own, which a test can kill. */
export interface ServingProcess extends AsyncDisposable {
  readonly port: number;
  /** As a power cut would: nothing is said and nothing is flushed. */
  kill(): Promise<void>;
  /** As a service manager does: it closes everything. */
  stop(): Promise<void>;
  /** It stands still until it is killed. */
  hold(): void;
}

/** Where a server runs: what is put before its command, and the address it listens on. */
export interface ServingMachine {
  readonly words: readonly string[];
  readonly hostname: string;
}
const HERE: ServingMachine = { words: [], hostname: "127.0.0.1" };

/**
 * Serves a data directory on a port of the loopback, or of another machine; 0 lets the system choose.
 * @param aheadMs how far its clock is ahead of the system's, as if it had been started later
 */
export async function startServingProcess(
  directory: string,
  port = 0,
  aheadMs = 0,
  machine = HERE,
): Promise<ServingProcess> {
  const listen = `${machine.hostname}:${port}`;
  const words = ["serve", "--data", directory, "--listen", listen, "--agents", join(directory, "agents")];
  const child = Bun.spawn([...machine.words, process.execPath, import.meta.path, String(aheadMs), ...words], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
  };
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await child.exited;
  };
  const hold = (): void => child.kill("SIGSTOP");
  return { port: await readPort(child.stdout), kill, stop, hold, [Symbol.asyncDispose]: kill };
}

async function readPort(output: ReadableStream<Uint8Array>): Promise<number> {
  let text = "";
  for await (const bytes of output) {
    text += new TextDecoder().decode(bytes);
    const port = /:(\d+)\n/u.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`the server did not start: ${text}`);
}

const aheadOf = ({ now, monotonicMs }: Clock, ms: number): Clock => ({
  now: () => new Date(now().getTime() + ms),
  monotonicMs,
});

async function serve(): Promise<void> {
  const [aheadMs = "0", ...words] = process.argv.slice(2);
  const clock = aheadOf(systemClock, Number(aheadMs));
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const printError = (line: string): void => void process.stderr.write(`${line}\n`);
  process.exitCode = await runCommand(words, {
    version: "0.0.0-test",
    clock,
    log: createLog(printError, clock.now),
    serviceManager: null,
    credentialsDirectory: null,
    print,
    printError,
    readLine: () => Promise.resolve(""),
    untilStopped: () => new Promise((resolve) => process.once("SIGTERM", () => resolve())),
    loadAssets: () => Promise.resolve({}),
    openRooms,
    agentsDirectory: "/nonexistent",
  });
}

if (import.meta.main) await serve();
