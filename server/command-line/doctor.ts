import { examine } from "../doctor/doctor.ts";
import { readOptions } from "./arguments.ts";
import type { Command } from "./command.ts";
import { openData } from "./open-data.ts";

/** Looks the appliance over; exit status 1 when something is wrong. Works while it serves. */
export const doctor: Command = {
  usage: "--data DIR",
  summary: "Check the database, the audit log, the keys, the certificate and the disk.",
  async run(words, context) {
    const options = readOptions({ data: { kind: "text", isRequired: true } }, words);
    await using core = await openData(options.data, context);
    const findings = await examine(core);
    for (const { isWell, text } of findings) context.print(`${isWell ? "ok   " : "WRONG"} ${text}`);
    return findings.every(({ isWell }) => isWell) ? 0 : 1;
  },
};
