/** What the agent knows of the computer it runs on. One body per operating system behind this one interface. */
import type { SystemFacts, SystemStatistics } from "../../protocol/messages/agent.ts";
import type { ToolResult } from "../../protocol/messages.ts";
import type { SystemReport } from "../connection/standing-connection.ts";

/** What System Info shows, but for its time. */
export type SystemSnapshot = Omit<ToolResult<"sysinfo.get">, "takenAt">;
export type SysinfoSection = SystemSnapshot["sections"][number];

/** Facts and statistics answer at once from what `refresh` last read. */
export interface ComputerSystem extends SystemReport {
  facts(): SystemFacts;
  statistics(): SystemStatistics;
  /** Reads everything anew. Never rejects: what cannot be read is left out. */
  refresh(): Promise<void>;
  /** The full snapshot for the System Info tab. Takes as long as its figures are measured, and never rejects. */
  snapshot(): Promise<SystemSnapshot>;
}

/** How often presence (who is signed in, is the screen locked) is looked at, in milliseconds. */
export const PRESENCE_INTERVAL_MS = 4000;

export interface SystemWatcher {
  presenceChanged(): void;
  factsChanged(): void;
}

/** Refreshes at an interval and tells what changed, until disposed. */
export function watchSystem(system: ComputerSystem, watcher: SystemWatcher): Disposable {
  let presence = presenceOf(system);
  let facts = JSON.stringify(system.facts());
  let isBusy = false;
  const look = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    await system.refresh();
    isBusy = false;
    const before = { presence, facts };
    presence = presenceOf(system);
    facts = JSON.stringify(system.facts());
    if (presence !== before.presence) watcher.presenceChanged();
    if (facts !== before.facts) watcher.factsChanged();
  };
  const timer = setInterval(() => void look(), PRESENCE_INTERVAL_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function presenceOf(system: ComputerSystem): string {
  const { signedInUsers, isScreenLocked, isScreenSaverOn, hasDisplay } = system.statistics();
  return JSON.stringify([signedInUsers, isScreenLocked, isScreenSaverOn, hasDisplay]);
}
