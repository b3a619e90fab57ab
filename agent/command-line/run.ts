import { AppError } from "../../protocol/errors.ts";
import type { JumpClientState } from "../connection/jump-client.ts";
import { removeEverything } from "../service/remove-everything.ts";
import { defaultStateDirectory } from "../service/state-directory.ts";
import { type AgentStatus, writeStatus } from "../service/status-file.ts";
import { AgentState } from "../trust/agent-state.ts";
import { startAgent } from "./agent.ts";
import type { Command, Surroundings } from "./command.ts";
import { readInstallerFile } from "./installer-file.ts";
import { jumpClientName } from "./jump-client-name.ts";

/** Runs the agent in the foreground: under a service manager, or by hand without root. */
export const runCommand: Command = {
  name: "run",
  usage: "run [--installer FILE [--name NAME]] [--state DIRECTORY]",
  summary: "Run in the foreground. The installer is needed the first time only.",
  options: ["installer", "name", "state"],
  async run(options, surroundings) {
    const directory = options.get("state") ?? defaultStateDirectory(surroundings);
    return runAgent(openState(directory, options), surroundings);
  },
};

function openState(directory: string, options: ReadonlyMap<string, string>): AgentState {
  const name = jumpClientName(options);
  const installer = options.get("installer");
  if (installer !== undefined) return AgentState.create(directory, readInstallerFile(installer), name);
  if (name !== null) throw new AppError("request.invalid", "--name goes with --installer FILE.");
  return AgentState.open(directory);
}

async function runAgent(state: AgentState, { version, print, untilStopped }: Surroundings): Promise<number> {
  print(`causeway-agent ${version}, site ${state.siteName || state.site} (${state.site})`);
  const uninstalled = Promise.withResolvers<boolean>();
  using agent = await startAgent({
    state,
    version,
    log: print,
    onState: (now) => {
      print(inWords(now));
      writeStatus(state.directory, statusOf(now, version, state.name));
    },
    onUninstall: (reason) => {
      print(`removed by the site: ${reason}`);
      uninstalled.resolve(true);
    },
  });
  const isRemoved = await Promise.race([untilStopped().then(() => false), uninstalled.promise]);
  agent[Symbol.dispose]();
  if (isRemoved) await removeEverything(state.directory, { isFromWithin: true });
  return 0;
}

function statusOf(state: JumpClientState, version: string, name: string | null): AgentStatus {
  return {
    pid: process.pid,
    version,
    connection: state.kind,
    since: new Date().toISOString(),
    name: name ?? "",
    reason: state.kind === "waiting" ? state.reason : "",
  };
}

function inWords(state: JumpClientState): string {
  if (state.kind === "connecting") return "connecting";
  if (state.kind === "connected") return `connected as ${state.name}`;
  const seconds = Math.round(state.retryMs / 100) / 10;
  return `${state.isRefused ? "refused" : "not connected"}: ${state.reason}; trying again in ${seconds} s`;
}
