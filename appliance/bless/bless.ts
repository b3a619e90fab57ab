import { rmSync } from "node:fs";
import { asServer } from "../system/as-server.ts";
import { readTextFile } from "../system/durable-file.ts";
import { writeShared } from "../system/shared-file.ts";
import type { System } from "../system/system.ts";
import { blockDevices } from "../slots/block-device.ts";
import { otherSlot } from "../slots/boot-counters.ts";
import { Slots } from "../slots/slots.ts";

/**
 * So long the server has to work after a start; on a hypervisor with ten times the load it can bear, a start and a test of a
 * minute each are no fault of the version. INVARIANT: below the unit's TimeoutStartSec by more than a lap of the loop, or
 * systemd would restart the machine instead of us deciding.
 */
const PATIENCE_MS = 540_000;
const RETRY_MS = 2_000;
/** The server's own test bounds itself to three minutes. */
const SELF_TEST_TIMEOUT_MS = 200_000;
/** A server that systemd had to start again so often since the machine's start does not come up any more. */
const MAX_RESTARTS = 10;

/** How a start went. */
export type BlessResult = "good" | "left alone" | "restart";

/**
 * Waits for the server to work, as long as it does not end again and again, then tells GRUB that this version is good.
 * Without that, a version that was never good makes way for the other by a restart; one that was good before stays up with
 * a notice, because then it is not the version's fault and restarting for ever would take the console away, too.
 */
export async function bless(system: System): Promise<BlessResult> {
  const slots = new Slots(system, blockDevices(system.paths));
  rmSync(system.paths.healthProblem, { force: true });
  if (readTextFile(system.paths.dataProblem) !== null) {
    if (slots.state(slots.running).isGood) slots.refill();
    system.log("The data partition is damaged, so the server was not tested.");
    return "left alone";
  }
  const problem = await untilHealthy(system, system.clock.uptimeMs() + PATIENCE_MS);
  if (problem === null) {
    slots.bless();
    return "good";
  }
  writeShared(system.paths.healthProblem, `${problem}\n`);
  system.log(problem);
  return whenUnhealthy(slots);
}

/** A version that was never seen to work goes, where there is a good one to go back to. */
export function whenUnhealthy(slots: Pick<Slots, "counters" | "running">): BlessResult {
  const counters = slots.counters();
  const hasWayBack = counters[otherSlot(slots.running)].isGood;
  return !counters[slots.running].isGood && hasWayBack ? "restart" : "left alone";
}

async function untilHealthy(system: System, deadlineMs: number): Promise<string | null> {
  let problem = "The server's own test was never run.";
  for (let leftMs = PATIENCE_MS; leftMs > 0; leftMs = deadlineMs - system.clock.uptimeMs()) {
    const found = await healthProblem(system, Math.min(SELF_TEST_TIMEOUT_MS, leftMs));
    if (found === null) return null;
    problem = found;
    if ((await restarts(system)) >= MAX_RESTARTS) return `The server ended again and again. ${problem}`;
    await Bun.sleep(RETRY_MS);
  }
  return problem;
}

/** How often systemd has started the server again by itself. */
async function restarts({ commands }: System): Promise<number> {
  const words = ["show", "causeway.service", "--property=NRestarts", "--value"];
  return Number((await commands.attempt("systemctl", words)).output);
}

/** What does not work now; null: the server's own test passes. */
async function healthProblem(system: System, timeoutMs: number): Promise<string | null> {
  const { exitCode, output, complaint } = await asServer(system, ["self-test", "--data", system.paths.serverData], {
    timeoutMs,
  });
  if (exitCode === 0) return null;
  if (exitCode === null) return "The server's own test did not end in time.";
  const lastLine = (complaint.trim() || output.trim()).split("\n").at(-1)!;
  return `The server's own test failed: ${lastLine.slice(0, 300)}`;
}
