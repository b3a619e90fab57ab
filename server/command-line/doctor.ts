import { dirname, join } from "node:path";
import { readOptions } from "./arguments.ts";
import type { Command } from "./command.ts";
import { openData } from "./open-data.ts";

/** Beside the program, as an installation lays them. */
const AGENT = "causeway-agent";

/** Looks the appliance over; exit status 1 when something is wrong. While it serves, its job is tested, too. */
export const doctor: Command = {
  usage: "--data DIR [--agent PATH]",
  summary: "Check the database, the audit log, the keys, the certificate, the disk, and a running server's job.",
  async run(words, context) {
    const options = readOptions({ data: { kind: "text", isRequired: true }, agent: { kind: "text" } }, words);
    await using core = await openData(options.data, context);
    // Not with a start of the server, which has every command at hand.
    const { examine } = await import("../doctor/doctor.ts");
    const findings = await examine(core, options.agent ?? join(dirname(context.agentsDirectory), AGENT));
    for (const { isWell, text } of findings) context.print(`${isWell ? "ok   " : "WRONG"} ${text}`);
    return findings.every(({ isWell }) => isWell) ? 0 : 1;
  },
};
