import { readOptions } from "./arguments.ts";
import type { Command } from "./command.ts";

/** Prints the release. */
export const version: Command = {
  usage: "",
  summary: "Print the release.",
  async run(words, context) {
    readOptions({}, words);
    context.print(`causeway ${context.version}`);
    return 0;
  },
};
