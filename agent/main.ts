/** The agent's entry. The only file of the agent that reads the process: its arguments, environment and signals. */
import { homedir } from "node:os";
import { AppError } from "../protocol/errors.ts";
import { parseOptions } from "./command-line/arguments.ts";
import type { Command, Surroundings } from "./command-line/command.ts";
import { installCommand } from "./command-line/install.ts";
import { runCommand } from "./command-line/run.ts";
import { statusCommand } from "./command-line/status.ts";
import { uninstallCommand } from "./command-line/uninstall.ts";
import { type WindowChannel, windowCommands } from "./consent/customer-window.ts";
import { showNotice } from "./consent/notice-window.ts";
import { showQuestion } from "./consent/question-window.ts";

const version = process.env["CAUSEWAY_VERSION"] ?? "development";

const surroundings: Surroundings = {
  version,
  // A compiled program's own modules lie in a file system inside it.
  executable: Bun.main.startsWith("/$bunfs/") ? process.execPath : null,
  isRoot: process.getuid?.() === 0,
  home: homedir(),
  print: (line) => console.log(line),
  untilStopped: () =>
    new Promise((resolve) => {
      process.once("SIGTERM", () => resolve());
      process.once("SIGINT", () => resolve());
    }),
};

const commands: readonly Command[] = [
  installCommand,
  runCommand,
  statusCommand,
  uninstallCommand,
  {
    name: "version",
    usage: "version",
    summary: "Print the version.",
    options: [],
    run: async () => {
      surroundings.print(version);
      return 0;
    },
  },
  {
    name: "help",
    usage: "help",
    summary: "Print this.",
    options: [],
    run: async () => {
      surroundings.print(help());
      return 0;
    },
  },
];

/** The agent that started this program, for a window of its own. */
const agent: WindowChannel = {
  onCommand: (heed) => void process.on("message", heed),
  report: (report) => void process.send?.(report),
  gone: new Promise((resolve) => process.once("disconnect", () => resolve())),
};

/** What the agent starts itself for; no person types it, so the help is silent. */
const windows: ReadonlyMap<string, (channel: WindowChannel) => Promise<void>> = new Map([
  [windowCommands.question, showQuestion],
  [windowCommands.notice, showNotice],
]);

function help(): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  const lines = commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`);
  return ["causeway-agent makes this computer reachable from your Causeway site.", "", ...lines].join("\n");
}

async function main([word = "help", ...rest]: readonly string[]): Promise<number> {
  const window = windows.get(word);
  if (window !== undefined) {
    await window(agent);
    return 0;
  }
  const name = word.replace(/^--/, "");
  const command = commands.find((one) => one.name === name);
  if (command === undefined)
    throw new AppError("request.invalid", `There is no command "${word}". Try: causeway-agent help`);
  return command.run(parseOptions(rest, command.options), surroundings);
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  console.error(error.message);
  process.exit(1);
}
