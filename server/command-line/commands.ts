/** The command line: one word, its options, an exit status. */
import { AppError } from "../../protocol/errors.ts";
import { applianceAdministrator } from "./appliance-administrator.ts";
import { UsageError } from "./arguments.ts";
import { backup } from "./backup.ts";
import type { Command, CommandContext } from "./command.ts";
import { createInstaller } from "./create-installer.ts";
import { doctor } from "./doctor.ts";
import { presenceCode } from "./presence-code.ts";
import { resetListenersCommand } from "./reset-listeners.ts";
import { resetPassword } from "./reset-password.ts";
import { restore } from "./restore.ts";
import { selfTestCommand } from "./self-test.ts";
import { serve } from "./serve.ts";
import { setup } from "./setup.ts";
import { version } from "./version.ts";

const help: Command = {
  usage: "",
  summary: "Print this.",
  async run(_words, context) {
    context.print(helpText());
    return 0;
  },
};

/** EX_CONFIG of sysexits.h. The package's unit starts nothing again that ended with it. */
const DATA_NEWER_STATUS = 78;

const commands: Readonly<Record<string, Command>> = {
  serve,
  setup,
  "create-installer": createInstaller,
  "reset-password": resetPassword,
  "appliance-administrator": applianceAdministrator,
  "presence-code": presenceCode,
  "reset-listeners": resetListenersCommand,
  backup,
  restore,
  doctor,
  "self-test": selfTestCommand,
  version,
  help,
};

/**
 * Runs what was typed. Exit status 0: done; 1: it could not be done, and the log says why; 2: it was typed wrongly; 78: the
 * data belong to a newer release, so that only another program, or other data, can help.
 */
export async function runCommand(words: readonly string[], context: CommandContext): Promise<number> {
  const [name = "help", ...rest] = words;
  const command = Object.hasOwn(commands, name === "--help" ? "help" : name)
    ? commands[name === "--help" ? "help" : name]
    : undefined;
  try {
    if (command === undefined) throw new UsageError(`There is no command ${name.slice(0, 60)}.`);
    return await command.run(rest, context);
  } catch (error) {
    if (error instanceof UsageError) {
      const usage = command === undefined ? helpText() : `Usage: causeway ${name} ${command.usage}`;
      context.printError(`${error.message}\n${usage}`);
      return 2;
    }
    if (!(error instanceof AppError)) {
      context.log.error("the command failed", error);
      return 1;
    }
    context.printError(error.message);
    return error.code === "data.newer" ? DATA_NEWER_STATUS : 1;
  }
}

function helpText(): string {
  const lines = Object.entries(commands).map(
    ([name, { usage, summary }]) => `  ${`${name} ${usage}`.trim()}\n      ${summary}`,
  );
  return ["Causeway, a remote-support appliance.", "", ...lines].join("\n");
}
