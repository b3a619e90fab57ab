/**
 * Builds Causeway. `bun tools/build/main.ts [ui | agents]`: without a word all that this machine needs (the pages, both
 * programs, this platform's agent for download), with "ui" the pages alone, with "agents" every platform's agent.
 */
import { agentPlatforms, type AgentPlatform } from "../../protocol/api/administration.ts";
import { agentFile, compileProgram, hostPlatform, packAgent, type Program, versionText } from "./binaries.ts";
import { runStep, type Step } from "./unchanged.ts";
import { buildUserInterface } from "./user-interface.ts";

/** Compilations at the same time, each takes a core and about 1 GB. */
const MAX_PARALLEL_AGENTS = 3;

const SHARED_INPUTS = [
  "protocol",
  "package.json",
  "bun.lock",
  "tsconfig.json",
  "tools/build",
  "tools/bun/package.json",
];

const userInterface: Step = {
  name: "user-interface",
  inputs: [...SHARED_INPUTS, "ui", "vite.config.ts", "svelte.config.js"],
  outputs: ["gen/assets.ts"],
  run: buildUserInterface,
};

function programStep(program: Program, outfile: string): Step {
  return {
    name: outfile.slice("dist/".length),
    inputs: [...SHARED_INPUTS, program, ...(program === "server" ? ["gen/assets.ts", "gen/encoded"] : [])],
    salt: versionText(),
    outputs: [outfile],
    run: () => compileProgram(program, outfile, null),
  };
}

function agentStep(platform: AgentPlatform, compiled: string | null): Step {
  return {
    name: `agent-${platform}`,
    inputs: [...SHARED_INPUTS, "agent"],
    salt: versionText(),
    outputs: [agentFile(platform)],
    run: () => packAgent(platform, compiled),
  };
}

async function buildForThisMachine(): Promise<void> {
  const host = hostPlatform();
  const agent = async (): Promise<void> => {
    await runStep(programStep("agent", "dist/causeway-agent"));
    if (host !== null) await runStep(agentStep(host, "dist/causeway-agent"));
  };
  const server = async (): Promise<void> => {
    await runStep(userInterface);
    await runStep(programStep("server", "dist/causeway"));
  };
  const results = await Promise.allSettled([agent(), server()]);
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

async function buildAgents(): Promise<void> {
  const waiting = [...agentPlatforms];
  const takeNext = async (): Promise<void> => {
    for (let platform = waiting.shift(); platform !== undefined; platform = waiting.shift()) {
      await runStep(agentStep(platform, null));
    }
  };
  await Promise.all(Array.from({ length: MAX_PARALLEL_AGENTS }, takeNext));
}

const word = process.argv[2];
try {
  if (word === "ui") await runStep(userInterface);
  else if (word === "agents") await buildAgents();
  else await buildForThisMachine();
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exit(1);
}
