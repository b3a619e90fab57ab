/**
 * Builds Causeway. `bun tools/build/main.ts [ui | agents]`: without a word all that this machine needs (the pages, the
 * programs, this platform's agent for download), with "ui" the pages alone, with "agents" every platform's agent.
 */
import { agentPlatforms } from "../../protocol/api/administration.ts";
import { hostPlatform } from "./binaries.ts";
import { agentStep, programStep, serverStartStep, userInterfaceStep } from "./steps.ts";
import { runStep } from "./unchanged.ts";

/** Compilations at the same time, each takes a core and about 1 GB. */
const MAX_PARALLEL_AGENTS = 3;

async function buildForThisMachine(): Promise<void> {
  const results = await Promise.allSettled([buildAgent(), buildServer(), buildAppliance()]);
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

async function buildAgent(): Promise<void> {
  const host = hostPlatform();
  await runStep(programStep("agent", "dist/causeway-agent"));
  if (host !== null) await runStep(agentStep(host, "dist/causeway-agent"));
}

async function buildServer(): Promise<void> {
  await runStep(userInterfaceStep);
  await runStep(serverStartStep);
  await runStep(programStep("server", "dist/causeway"));
}

/** Root's program of the appliance runs on Linux alone. */
async function buildAppliance(): Promise<void> {
  if (process.platform === "linux") await runStep(programStep("appliance", "dist/causeway-appliance"));
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
  if (word === "ui") await runStep(userInterfaceStep);
  else if (word === "agents") await buildAgents();
  else await buildForThisMachine();
} catch (failure) {
  console.error(Bun.stripANSI(failure instanceof Error ? failure.message : String(failure)));
  process.exit(1);
}
