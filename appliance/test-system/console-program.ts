/** The console on a test's machine, as a program of its own on a real terminal: `bun console-program.ts ROOT BIN`. */
import { join } from "node:path";
import { answersFrom } from "../console/answers.ts";
import { runConsole } from "../console/console.ts";
import { openProcessTerminal } from "../console/process-terminal.ts";
import { openParts } from "../actions/action-table.ts";
import { Commands, type ProgramName, programs } from "../system/commands.ts";
import { pathsUnder } from "../system/paths.ts";
import type { System } from "../system/system.ts";

const root = process.argv[2]!;
const paths = pathsUnder(root);
const table = Object.fromEntries(Object.keys(programs).map((name) => [name, join(root, "bin", name)]));
const system: System = {
  paths,
  commands: new Commands(table as Record<ProgramName, string>),
  clock: { now: () => new Date(), uptimeMs: () => Math.round(performance.now()) },
  log: (line) => void process.stderr.write(`${line}\n`),
};
const terminal = openProcessTerminal({
  input: process.stdin,
  output: process.stdout,
  hold: (signal) => void process.on(signal, () => {}),
  device: process.argv[3] ?? "",
});
using parts = openParts(system);
await runConsole({ terminal, system, ask: answersFrom(paths.helperSocket, parts.table) }, false);
process.exit(0);
