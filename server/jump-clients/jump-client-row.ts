/** How a Jump Client's row is made from what its agent says. Pure. */
import type { SystemFacts, SystemStatistics } from "../../protocol/messages/agent.ts";
import type { Schema } from "../database/schema.ts";
import { shortSystemName } from "./system-name.ts";

type Row = Schema["jump_clients"];

export type FactColumns = Pick<
  Row,
  | "host_name"
  | "platform"
  | "architecture"
  | "operating_system"
  | "system"
  | "agent_version"
  | "private_addresses"
  | "booted_at"
>;
export type StatisticsColumns = Pick<
  Row,
  | "cpu_percent"
  | "memory_total_bytes"
  | "memory_used_bytes"
  | "disks"
  | "signed_in_users"
  | "is_screen_locked"
  | "is_screen_saver_on"
  | "has_display"
>;

export function factColumns(facts: SystemFacts): FactColumns {
  return {
    host_name: facts.hostName,
    platform: facts.platform,
    architecture: facts.architecture,
    operating_system: facts.operatingSystem,
    system: shortSystemName(facts.operatingSystem),
    agent_version: facts.agentVersion,
    private_addresses: JSON.stringify(facts.privateAddresses),
    booted_at: facts.bootedAt === "" ? null : facts.bootedAt,
  };
}

export function statisticsColumns(statistics: SystemStatistics): StatisticsColumns {
  return {
    cpu_percent: statistics.cpuPercent,
    memory_total_bytes: Math.round(statistics.memoryTotalBytes),
    memory_used_bytes: Math.round(statistics.memoryUsedBytes),
    disks: JSON.stringify(statistics.disks),
    signed_in_users: JSON.stringify(statistics.signedInUsers),
    is_screen_locked: statistics.isScreenLocked === null ? null : statistics.isScreenLocked ? 1 : 0,
    is_screen_saver_on: statistics.isScreenSaverOn == null ? null : statistics.isScreenSaverOn ? 1 : 0,
    has_display: statistics.hasDisplay ? 1 : 0,
  };
}

/** The columns a search looks through. */
export type SearchedColumns = Pick<
  Row,
  | "name"
  | "host_name"
  | "public_address"
  | "private_addresses"
  | "comments"
  | "tag"
  | "operating_system"
  | "system"
  | "signed_in_users"
>;

/** Every searchable word of a row in lower case, with a line feed between columns so that no match spans two. */
export function searchText(row: SearchedColumns): string {
  return [
    row.name,
    row.host_name,
    row.public_address,
    ...stringList(row.private_addresses),
    row.comments,
    row.tag,
    row.operating_system,
    row.system,
    ...stringList(row.signed_in_users),
  ]
    .join("\n")
    .toLowerCase();
}

/** A JSON column that holds a list of texts; a damaged one reads as empty. */
export function stringList(json: string): string[] {
  const value = parseJson(json);
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** A JSON column's value, `null` for text that is not JSON. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
