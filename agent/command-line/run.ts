import { join } from "node:path";
import type { JumpClientState } from "../connection/jump-client.ts";
import { AgentState } from "../trust/agent-state.ts";
import { startAgent } from "./agent.ts";
import type { Command, Surroundings } from "./command.ts";
import { readInstallerFile } from "./installer-file.ts";

/** Runs the agent in the foreground: under a service manager, or by hand without root. */
export const runCommand: Command = {
  name: "run",
  usage: "run [--installer FILE] [--state DIRECTORY]",
  summary: "Run in the foreground. The installer is needed the first time only.",
  options: ["installer", "state"],
  async run(options, surroundings) {
    const directory = options.get("state") ?? defaultStateDirectory(surroundings);
    const installer = options.get("installer");
    const state =
      installer === undefined ? AgentState.open(directory) : AgentState.create(directory, readInstallerFile(installer));
    return runAgent(state, surroundings);
  },
};

/** Where the state of an agent lies that was not told: root's with the system's, everybody else's in their home. */
export function defaultStateDirectory({ isRoot, home }: Pick<Surroundings, "isRoot" | "home">): string {
  return isRoot ? "/var/lib/causeway-agent" : join(home, ".local/state/causeway-agent");
}

async function runAgent(state: AgentState, { version, print, untilStopped }: Surroundings): Promise<number> {
  print(`causeway-agent ${version}, site ${state.siteName || state.site} (${state.site})`);
  const uninstalled = Promise.withResolvers<void>();
  using _agent = await startAgent({
    state,
    version,
    log: print,
    onState: (now) => print(inWords(now)),
    onUninstall: () => uninstalled.resolve(),
  });
  await Promise.race([untilStopped(), uninstalled.promise]);
  return 0;
}

function inWords(state: JumpClientState): string {
  if (state.kind === "connecting") return "connecting";
  if (state.kind === "connected") return `connected as ${state.name}`;
  const seconds = Math.round(state.retryMs / 100) / 10;
  return `${state.isRefused ? "refused" : "not connected"}: ${state.reason}; trying again in ${seconds} s`;
}
