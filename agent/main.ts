/** The agent's entry. The only file of the agent that reads the process: its arguments, environment and signals. */
import { homedir } from "node:os";
import { AppError } from "../protocol/errors.ts";
import { parseOptions } from "./command-line/arguments.ts";
import type { Command, Surroundings } from "./command-line/command.ts";
import { installCommand } from "./command-line/install.ts";
import { runCommand } from "./command-line/run.ts";
import { statusCommand } from "./command-line/status.ts";
import { uninstallCommand } from "./command-line/uninstall.ts";
import { showNotice } from "./consent/notice-window.ts";
import { showQuestion } from "./consent/question-window.ts";
import { LET_GO, type OwnProgramName, type StartingAgent } from "./own-program.ts";
import { threadProgram } from "./thread-program.ts";

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

/** What the agent starts itself for; no person types it, so the help is silent. */
const ownPrograms: Readonly<Record<OwnProgramName, (agent: StartingAgent) => Promise<void>>> = {
  "show-question": showQuestion,
  "show-notice": showNotice,
  "share-screen": threadProgram("screen/capture-worker.ts"),
  "carry-out-input": threadProgram("input/input-worker.ts"),
  "keep-clipboard": threadProgram("clipboard/clipboard-worker.ts"),
};
const isOwnProgram = (word: string): word is OwnProgramName => Object.hasOwn(ownPrograms, word);

/** The agent that started this program for itself. */
function listenToAgent(): StartingAgent {
  // They go to all of the agent's programs at once, and it is the agent that says when each has done its work.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => undefined);
  return {
    onCommand: (heed) =>
      void process.on("message", (said) => {
        if (said !== LET_GO) heed(said);
      }),
    report: (report) => void process.send?.(report),
    gone: new Promise((resolve) => {
      process.on("message", (said) => {
        if (said === LET_GO) resolve();
      });
      process.once("disconnect", () => resolve());
    }),
  };
}

function help(): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  const lines = commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`);
  return ["causeway-agent makes this computer reachable from your Causeway site.", "", ...lines].join("\n");
}

async function main([word = "help", ...rest]: readonly string[]): Promise<number> {
  if (isOwnProgram(word)) {
    await ownPrograms[word](listenToAgent());
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
