/** How backups are, for the appliance's status, and where they go, for its connection test. */
import type { Backups as BackupsState } from "../../protocol/api/appliance/backups.ts";
import type { Reachable } from "../appliance-status/connection-test.ts";
import type { PartSource, PartStatus } from "../appliance-status/parts.ts";
import { reachPort, reachUrl } from "../appliance-status/reachables.ts";
import type { Clock } from "../clock.ts";
import type { Backups } from "./backups.ts";

/** Without a good backup for so long it is no longer one that may come late. */
const FAILED_AFTER_MS = 3 * 86_400_000;

/** How many are kept, and whether the newest came and can be restored. */
export function backupPart(backups: Pick<Backups, "state">, clock: Pick<Clock, "now">): PartSource {
  return async () => {
    const state = await backups.state();
    const load = state.backups.filter((backup) => backup.state === "good").length;
    return { name: "backups", load, ...healthOf(state, clock.now()) };
  };
}

/** Where they go, if that is another machine. */
export async function backupReachables(backups: Pick<Backups, "state">): Promise<readonly Reachable[]> {
  const { isEnabled, target } = (await backups.state()).settings;
  if (!isEnabled || target.kind === "disk") return [];
  if (target.kind === "s3") return [{ use: "backups", ...reachUrl(target.endpoint) }];
  const { host, port } = target;
  return [{ use: "backups", target: `${host}:${port}`, reach: reachPort(host, port) }];
}

function healthOf({ settings, backups, lastGoodAt }: BackupsState, now: Date): Pick<PartStatus, "health" | "reason"> {
  const last = backups.find(({ state }) => state !== "running");
  if (settings.isEnabled && last?.state === "failed") {
    const isLong = lastGoodAt === null || now.getTime() - Date.parse(lastGoodAt) > FAILED_AFTER_MS;
    const good = lastGoodAt === null ? "There is no good one." : `The last good one is of ${lastGoodAt.slice(0, 10)}.`;
    return { health: isLong ? "failed" : "attention", reason: `The last backup failed: ${last.problem} ${good}` };
  }
  const tested = backups.find(({ test }) => test !== null)?.test ?? null;
  if (tested === null || tested.isPassed) return { health: "ok", reason: "" };
  return { health: "attention", reason: `The last test restore failed: ${tested.problem}` };
}
