/** The program `causeway-appliance`, root's part of the appliance: the one place that reads the process. */
import { readlinkSync } from "node:fs";
import { AppError } from "../protocol/errors.ts";
import { bless } from "./bless/bless.ts";
import { answersFrom } from "./console/answers.ts";
import { runConsole } from "./console/console.ts";
import { openProcessTerminal } from "./console/process-terminal.ts";
import { openParts } from "./actions/action-table.ts";
import { runHelper } from "./actions/helper.ts";
import { runInit } from "./init/init.ts";
import { Commands } from "./system/commands.ts";
import { pathsUnder } from "./system/paths.ts";
import { type System, systemClock } from "./system/system.ts";

const paths = pathsUnder("");
const system: System = {
  paths,
  commands: new Commands(),
  clock: systemClock(paths),
  log: (line) => void process.stderr.write(`${line}\n`),
};

/** The terminal's name; without /proc, plain text is right everywhere. */
function terminalDevice(): string {
  try {
    return readlinkSync("/proc/self/fd/0");
  } catch {
    return "";
  }
}

async function showConsole(words: readonly string[]): Promise<number> {
  const terminal = openProcessTerminal({
    input: process.stdin,
    output: process.stdout,
    hold: (signal) => void process.on(signal, () => {}),
    device: terminalDevice(),
  });
  using parts = openParts(system);
  const ask = answersFrom(paths.helperSocket, parts.table);
  await runConsole({ terminal, system, ask }, words.includes("--emergency"));
  return 0;
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}

const commands: Readonly<Record<string, (words: readonly string[]) => Promise<number>>> = {
  async init() {
    await runInit(system);
    return 0;
  },
  async helper() {
    await runHelper(system, untilStopped());
    return 0;
  },
  console: showConsole,
  async bless() {
    // Stopped because the machine goes down: that is no failure, which would turn the way down into a restart.
    const result = await Promise.race([bless(system), untilStopped().then(() => "not judged yet")]);
    system.log(`This version: ${result}.`);
    return result === "restart" ? 1 : 0;
  },
  async version() {
    process.stdout.write(`${process.env["CAUSEWAY_VERSION"] ?? "development"}\n`);
    return 0;
  },
};

const [word = "", ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
if (command === undefined) {
  process.stderr.write(`causeway-appliance knows: ${Object.keys(commands).join(", ")}\n`);
  process.exit(2);
}
try {
  process.exit(await command(rest));
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
