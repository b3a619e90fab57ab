import { dirname, join } from "node:path";
import { readOptions } from "./arguments.ts";
import type { Command } from "./command.ts";
import { openData } from "./open-data.ts";

/** Beside the program, as an installation lays them. */
const AGENT = "causeway-agent";

/** Asks the running server to do its job once. Exit status 0: it did; 1: something did not work. */
export const selfTestCommand: Command = {
  usage: "--data DIR [--agent PATH]",
  summary:
    "Test the running server: database, certificate, a computer that enrols and answers in a shell. At most 3 min.",
  async run(words, context) {
    const options = readOptions({ data: { kind: "text", isRequired: true }, agent: { kind: "text" } }, words);
    await using core = await openData(options.data, context);
    // Not with a start of the server, which has every command at hand.
    const { selfTest } = await import("../self-test/self-test.ts");
    const isWell = await selfTest({
      core,
      agent: options.agent ?? join(dirname(context.agentsDirectory), AGENT),
      told: ({ name, outcome, text, ms }) =>
        context.print(`${signs[outcome]} ${name}, ${(ms / 1000).toFixed(2)} s: ${text}`),
    });
    return isWell ? 0 : 1;
  },
};

const signs = { passed: "ok     ", failed: "WRONG  ", skipped: "skipped" } as const;
