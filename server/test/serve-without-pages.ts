/** `causeway serve` as a process of its own, with no pages: for tests that kill it. Arguments as the command takes them. */
import { runCommand } from "../command-line/commands.ts";
import { systemClock } from "../clock.ts";
import { createLog } from "../log.ts";
import { openRooms } from "../rooms.ts";

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printError = (line: string): void => void process.stderr.write(`${line}\n`);

process.exitCode = await runCommand(process.argv.slice(2), {
  version: "0.0.0-test",
  clock: systemClock,
  log: createLog(printError, systemClock.now),
  credentialsDirectory: null,
  print,
  printError,
  readLine: () => Promise.resolve(""),
  untilStopped: () => new Promise((resolve) => process.once("SIGTERM", () => resolve())),
  loadAssets: () => Promise.resolve({}),
  openRooms,
  agentsDirectory: "/nonexistent",
});
