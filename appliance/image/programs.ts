import { existsSync } from "node:fs";
import { agentArchive } from "../../protocol/agent-archive.ts";
import type { AgentPlatform } from "../../protocol/api/administration.ts";
import { agentFile } from "../../tools/build/binaries.ts";

/** One file under /usr/lib/causeway. */
export interface Program {
  readonly from: string;
  /** Its path there. */
  readonly to: string;
  readonly mode: number;
}

/**
 * Whose agents the appliance carries: about 50 MB each, packed already. Left out are those few computers have: musl
 * systems and Windows on ARM.
 */
const CARRIED_AGENTS: readonly AgentPlatform[] = [
  "linux-x64",
  "linux-arm64",
  "windows-x64",
  "darwin-x64",
  "darwin-arm64",
];

const AGENT_FOLDER = "agents/";

/** The programs `make build` and `make agents` left in dist/. @throws {Error} naming what is missing */
export function builtPrograms(): Program[] {
  const programs: Program[] = [
    { from: "dist/causeway", to: "causeway", mode: 0o755 },
    { from: "dist/causeway-appliance", to: "causeway-appliance", mode: 0o755 },
    // For the server's test of itself; the root holds Bun once, whoever brings it.
    { from: "dist/causeway-agent", to: "causeway-agent", mode: 0o755 },
    ...CARRIED_AGENTS.map((platform) => ({
      from: agentFile(platform),
      to: `${AGENT_FOLDER}${agentArchive(platform)}`,
      mode: 0o644,
    })),
  ];
  const missing = programs.map(({ from }) => from).filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`Not built yet: ${missing.join(", ")}. "make image" builds them first.`);
  return programs;
}

/** The same with another program in the server's place. */
export function withServer(programs: readonly Program[], from: string): Program[] {
  return programs.map((program) => (program.to === "causeway" ? { ...program, from } : program));
}

/** The same with a server that ends at once: for trying that an unhealthy update comes back. */
export function withoutServer(programs: readonly Program[]): Program[] {
  return withServer(programs, "/usr/bin/false");
}

/** The same without agents for download, by far the largest part. */
export function withoutAgents(programs: readonly Program[]): Program[] {
  return programs.filter(({ to }) => !to.startsWith(AGENT_FOLDER));
}
