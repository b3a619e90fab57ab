import { readFileSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { AgentPlatform } from "../../protocol/api/administration.ts";
import { parseReleaseNotes } from "../../protocol/release-notes.ts";
import { agentFile, compileProgram, packAgent, versionText } from "./binaries.ts";
import { recordServerStart } from "./server-start.ts";
import type { Step } from "./unchanged.ts";
import { buildUserInterface } from "./user-interface.ts";

const SHARED_INPUTS = [
  "protocol",
  "package.json",
  "bun.lock",
  "tsconfig.json",
  "tools/build",
  "tools/bun/package.json",
];

/** What is new, which the server has in it. */
const RELEASE_NOTES = "CHANGELOG.md";

/** The pages: gen/ui and gen/assets.ts. */
export const userInterfaceStep: Step = {
  name: "user-interface",
  inputs: [...SHARED_INPUTS, "ui", "tools/languages", "vite.config.ts", "svelte.config.js"],
  outputs: ["gen/assets.ts"],
  run: buildUserInterface,
};

const SERVER_INPUTS = [...SHARED_INPUTS, "tools/desktop", "server", "gen/assets.ts", RELEASE_NOTES];
/** Which functions a start of the server uses. */
const SERVER_START = "gen/server-start.order";

/** What a start of the server uses, seen in one. It needs the pages built before. */
export const serverStartStep: Step = {
  name: "server-start",
  inputs: SERVER_INPUTS,
  outputs: [SERVER_START],
  run: async () => {
    const program = "gen/server-start/causeway";
    try {
      await compileProgram("server", program, null);
      await recordServerStart(resolve(program), resolve(SERVER_START));
    } finally {
      rmSync(dirname(program), { recursive: true, force: true });
    }
  },
};

/**
 * One program. The server needs the pages built before, and its start seen.
 * @param platform null: for this machine
 */
export function programStep(
  program: "server" | "agent" | "appliance",
  outfile: string,
  platform: AgentPlatform | null = null,
): Step {
  return {
    name: outfile.slice("dist/".length),
    inputs: program === "server" ? [...SERVER_INPUTS, SERVER_START] : [...SHARED_INPUTS, program],
    salt: versionText(),
    outputs: [outfile],
    run: () => {
      // Refused here instead of at the first question of an administrator.
      if (program === "server") parseReleaseNotes(readFileSync(RELEASE_NOTES, "utf8"));
      return compileProgram(program, outfile, platform, program === "server" ? SERVER_START : null);
    },
  };
}

/**
 * The agent of one platform as the server hands it out.
 * @param compiled where that program lies already; null: it is compiled for the purpose
 */
export function agentStep(platform: AgentPlatform, compiled: string | null): Step {
  return {
    name: `agent-${platform}`,
    inputs: [...SHARED_INPUTS, "agent"],
    salt: versionText(),
    outputs: [agentFile(platform)],
    run: () => packAgent(platform, compiled),
  };
}
