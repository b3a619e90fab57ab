/** How each part of the product is. Other rooms say it of theirs through a PartSource. */
import type { Static } from "@sinclair/typebox";
import type { Health, PartStatus as PartShape } from "../../protocol/api/appliance/status.ts";
import type { DiskSpace } from "./machine-load.ts";

/** One part as pages show it. */
export type PartStatus = Static<typeof PartShape>;
/** Asks one part how it is; it answers from memory or with one small read. null: it is not used here. */
export type PartSource = () => Promise<PartStatus | null>;

/** The least free space that needs no attention, in bytes: a backup and an update fit into it. */
const MIN_FREE_BYTES = 2 ** 31;
/** Or so much of a disk that is small. */
const MIN_FREE_SHARE = 0.1;
/** Past this SQLite's next writes may fail. */
const FAILING_FREE_BYTES = 64 << 20;

/** Below so much free space somebody should look. */
export const alertBelowBytes = ({ totalBytes }: DiskSpace): number =>
  Math.floor(Math.min(MIN_FREE_BYTES, totalBytes * MIN_FREE_SHARE));

/** What this server knows of its parts without asking. */
export interface OwnLoads {
  readonly sessions: number;
  readonly jumpClientsOnline: number;
  readonly requests: number;
  readonly commits: number;
  readonly openTransfers: number;
  readonly providers: number;
}

/** The parts that are always there. */
export function ownParts(loads: OwnLoads, disk: DiskSpace): PartStatus[] {
  const part = (name: PartStatus["name"], load: number): PartStatus => ({ name, load, health: "ok", reason: "" });
  return [
    part("gateway", loads.sessions),
    part("jump-clients", loads.jumpClientsOnline),
    part("web", loads.requests),
    { ...part("database", loads.commits), ...databaseHealth(disk) },
    part("file-transfers", loads.openTransfers),
    part("providers", loads.providers),
  ];
}

function databaseHealth(disk: DiskSpace): Pick<PartStatus, "health" | "reason"> {
  if (disk.freeBytes >= alertBelowBytes(disk)) return { health: "ok", reason: "" };
  const free = `${(disk.freeBytes / 1e6).toFixed(0)} MB are free on its disk.`;
  if (disk.freeBytes < FAILING_FREE_BYTES) {
    return { health: "failed", reason: `${free} Nothing can be written. Make the disk larger, or keep less.` };
  }
  return { health: "attention", reason: `${free} Make the disk larger, or keep less.` };
}

const ranks: readonly Health[] = ["ok", "attention", "failed"];

/** The worst of them. */
export const worst = (all: readonly Health[]): Health =>
  ranks[Math.max(0, ...all.map((health) => ranks.indexOf(health)))] ?? "ok";
