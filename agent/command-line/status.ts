import { defaultStateDirectory } from "../service/state-directory.ts";
import { readStatus } from "../service/status-file.ts";
import { AgentState } from "../trust/agent-state.ts";
import type { Command } from "./command.ts";

/** Exit codes of `status`, for scripts. */
export const STATUS_EXIT_CODES = { connected: 0, notConnected: 3, notSetUp: 4 } as const;

/** Says in plain words how the agent is doing. */
export const statusCommand: Command = {
  name: "status",
  usage: "status [--state DIRECTORY]",
  summary: "Say whether the agent runs and is connected. Exit code 0: connected, 3: not, 4: not set up.",
  options: ["state"],
  async run(options, surroundings) {
    const { print } = surroundings;
    const directory = options.get("state") ?? defaultStateDirectory(surroundings);
    if (!AgentState.existsIn(directory)) {
      print(`No agent is set up in ${directory}.`);
      return STATUS_EXIT_CODES.notSetUp;
    }
    const state = AgentState.open(directory);
    const status = readStatus(directory);
    print(`Site      ${state.siteName} (${state.site})`);
    print(
      `Enrolled  ${state.jumpClient === null ? "not yet" : `yes${state.name === null ? "" : `, as ${state.name}`}`}`,
    );
    print(`Version   ${status?.version ?? surroundings.version}`);
    print(`State     ${inWords(status)}`);
    return status?.connection === "connected" ? STATUS_EXIT_CODES.connected : STATUS_EXIT_CODES.notConnected;
  },
};

function inWords(status: ReturnType<typeof readStatus>): string {
  if (status === null) return "not running";
  if (status.connection === "connected") return `connected since ${status.since}`;
  return status.connection === "connecting" ? "connecting" : `not connected since ${status.since}: ${status.reason}`;
}
