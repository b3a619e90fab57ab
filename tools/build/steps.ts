import { readFileSync } from "node:fs";
import type { AgentPlatform } from "../../protocol/api/administration.ts";
import { parseReleaseNotes } from "../../protocol/release-notes.ts";
import { agentFile, compileProgram, packAgent, versionText } from "./binaries.ts";
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

/**
 * One program. The server needs the pages built before.
 * @param platform null: for this machine
 */
export function programStep(
  program: "server" | "agent" | "appliance",
  outfile: string,
  platform: AgentPlatform | null = null,
): Step {
  return {
    name: outfile.slice("dist/".length),
    inputs: [...SHARED_INPUTS, program, ...(program === "server" ? ["gen/assets.ts", RELEASE_NOTES] : [])],
    salt: versionText(),
    outputs: [outfile],
    run: () => {
      // Refused here instead of at the first question of an administrator.
      if (program === "server") parseReleaseNotes(readFileSync(RELEASE_NOTES, "utf8"));
      return compileProgram(program, outfile, platform);
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
