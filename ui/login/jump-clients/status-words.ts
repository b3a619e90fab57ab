/** A Jump Client's state as stones and a word. */
import type { JumpClient } from "../../../protocol/api/administration.ts";
import type { StonesState } from "../../kit/Stones.svelte";

const words = {
  online: { state: "online", label: "Online" },
  offline: { state: "offline", label: "Offline" },
  "in-session": { state: "live", label: "In session" },
} as const satisfies Record<JumpClient["status"], { state: StonesState; label: string }>;

/** One that was removed is waiting to be told to uninstall. */
export function statusOf(jumpClient: Pick<JumpClient, "status" | "isLeaving">): { state: StonesState; label: string } {
  return jumpClient.isLeaving ? { state: "waiting", label: "Leaving" } : words[jumpClient.status];
}
