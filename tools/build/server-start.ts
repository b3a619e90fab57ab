/**
 * Which functions a start of the server uses. Bun puts their bytecode together at the front of the program, which then
 * reads less of itself: a start takes a seventh less time and 5 MB less memory (docs/performance.md).
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "../desktop/program.ts";

const START_TIMEOUT_MS = 30_000;

/**
 * Starts the program on a new site, asks for the first page and what that asks, and ends it.
 * @param order the file that names the functions afterwards; the same for the same program
 * @throws {Error} with the program's words
 */
export async function recordServerStart(program: string, order: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "causeway-start-"));
  try {
    const data = join(folder, "data");
    await setUp(program, data);
    rmSync(order, { force: true });
    await startOnce([program, "serve", "--data", data, "--listen", "127.0.0.1:0"], order);
    if (statSync(order, { throwIfNoEntry: false }) === undefined)
      throw new Error("The start left no list of functions.");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function setUp(program: string, data: string): Promise<void> {
  const words = ["setup", "--data", data, "--hostname", "localhost", "--admin", "first", "--password-stdin"];
  const lines: string[] = [];
  const input = `${crypto.randomUUID()}\n`;
  await using setup = new Program([program, ...words], { input, onLine: (line) => void lines.push(line) });
  if ((await setup.exited) !== 0) throw new Error(`The program could not be set up.\n${lines.join("\n")}`);
}

async function startOnce(command: readonly string[], order: string): Promise<void> {
  const lines: string[] = [];
  const listening = Promise.withResolvers<string>();
  const onLine = (line: string): void => {
    lines.push(line);
    const address = /^Listening on (https:\/\/\S+)/u.exec(line)?.[1];
    if (address !== undefined) listening.resolve(address);
  };
  await using server = new Program(command, { environment: { BUN_BYTECODE_ORDER_OUT: order }, onLine });
  const timer = setTimeout(() => listening.reject(new Error("it took too long")), START_TIMEOUT_MS);
  void server.exited.then((code) => listening.reject(new Error(`it ended with ${code}`)));
  try {
    const address = await listening.promise;
    for (const path of ["/login", "/api/site"])
      await (await fetch(address + path, { tls: { rejectUnauthorized: false } })).arrayBuffer();
  } catch (cause) {
    throw new Error(`The program did not start.\n${lines.join("\n")}`, { cause });
  } finally {
    clearTimeout(timer);
  }
  server.kill();
  await server.exited;
}
