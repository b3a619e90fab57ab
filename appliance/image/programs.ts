import { existsSync } from "node:fs";
import { join } from "node:path";
import { agentPlatforms } from "../../protocol/api/administration.ts";
import { agentFile } from "../../tools/build/binaries.ts";

/** One file under /usr/lib/causeway. */
export interface Program {
  readonly from: string;
  /** Its path there. */
  readonly to: string;
  readonly mode: number;
}

/** The programs `make build` and `make agents` left in dist/. @throws {Error} naming what is missing */
export function builtPrograms(): Program[] {
  const programs: Program[] = [
    { from: "dist/causeway", to: "causeway", mode: 0o755 },
    applianceProgram(),
    ...agentPlatforms.map((platform) => ({
      from: agentFile(platform),
      to: `agents/${platform}/causeway-agent.gz`,
      mode: 0o644,
    })),
  ];
  const missing = programs.map(({ from }) => from).filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`Not built yet: ${missing.join(", ")}. "make image" builds them first.`);
  return programs;
}

function applianceProgram(): Program {
  const isThere = existsSync("appliance/main.ts");
  const from = isThere ? "dist/causeway-appliance" : join(import.meta.dir, "stub-program");
  return { from, to: "causeway-appliance", mode: 0o755 };
}

/** The same with a server that ends at once: for trying that an unhealthy update comes back. */
export function withoutServer(programs: readonly Program[]): Program[] {
  return programs.map((program) => (program.to === "causeway" ? { ...program, from: "/usr/bin/false" } : program));
}
