/** How updates are, for the appliance's status, and where they come from, for its connection test. */
import type { Updates as UpdatesState } from "../../protocol/api/appliance/updates.ts";
import type { Reachable } from "../appliance-status/connection-test.ts";
import type { PartSource, PartStatus } from "../appliance-status/parts.ts";
import { reachUrl } from "../appliance-status/reachables.ts";
import type { Updates } from "./updates.ts";

/** Whether one is under way and how the last one ended; nothing where a package manager updates. */
export function updatePart(updates: Pick<Updates, "read">): PartSource {
  return async () => {
    const state = await updates.read();
    return state.slots === null ? null : { name: "updates", load: state.current === null ? 0 : 1, ...healthOf(state) };
  };
}

/** The address that is asked for new releases. */
export async function updateReachables(updates: Pick<Updates, "read">): Promise<readonly Reachable[]> {
  const { address } = (await updates.read()).settings;
  return URL.canParse(address) ? [{ use: "updates", ...reachUrl(address) }] : [];
}

function healthOf({ current, history, lastCheckProblem }: UpdatesState): Pick<PartStatus, "health" | "reason"> {
  const last = history[0];
  if (current === null && (last?.state === "failed" || last?.state === "returned")) {
    const why = last.steps.find(({ state }) => state === "failed")?.detail ?? "";
    return { health: "attention", reason: `The update to ${last.version} did not succeed. ${why}`.trim() };
  }
  if (lastCheckProblem === "") return { health: "ok", reason: "" };
  return { health: "attention", reason: `New releases could not be looked for: ${lastCheckProblem}` };
}
