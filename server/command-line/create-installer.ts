import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installersOf } from "../installers/site-facts.ts";
import { readOptions, UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { openData } from "./open-data.ts";

const DEFAULT_PORT = 443;
/** As many as an installer made at /login may enrol. */
const MAX_MACHINES = 100_000;

/** For the machine the site runs on, and for scripts: an installer without a browser. */
export const createInstaller: Command = {
  usage: "--data DIR --output DIR [--port PORT] [--machines N]",
  summary: "Write causeway-installer.json for one computer or N, good for one hour.",
  async run(words, context) {
    const options = readOptions(
      {
        data: { kind: "text", isRequired: true },
        output: { kind: "text", isRequired: true },
        port: { kind: "text", isRequired: false },
        machines: { kind: "text", isRequired: false },
      },
      words,
    );
    const port = readPort(options.port);
    const machines = readMachines(options.machines);
    await using core = await openData(options.data, context);
    const installer = await installersOf(core, () => port).createLocal(machines);
    mkdirSync(options.output, { recursive: true, mode: 0o700 });
    const file = join(options.output, "causeway-installer.json");
    writeFileSync(file, JSON.stringify(installer), { mode: 0o600 });
    context.print(
      `Wrote ${file}. It enrols ${machines === 1 ? "one computer" : `${machines} computers`} within the hour.`,
    );
    return 0;
  },
};

function readPort(text: string | null): number {
  if (text === null) return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d{1,5}$/u.test(text) || port < 1 || port > 65_535)
    throw new UsageError(`--port ${text.slice(0, 20)} is no port.`);
  return port;
}

function readMachines(text: string | null): number {
  if (text === null) return 1;
  const machines = Number(text);
  if (!/^\d{1,6}$/u.test(text) || machines < 1 || machines > MAX_MACHINES)
    throw new UsageError(`--machines ${text.slice(0, 20)} is not a number from 1 to ${MAX_MACHINES}.`);
  return machines;
}
