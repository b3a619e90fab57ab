/** Made-up Jump Clients, by thousands: for tests and measurements of long lists. */
import type { Database } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { hourOf, withWord } from "./cpu-day.ts";
import { factColumns, statisticsColumns } from "./jump-client-row.ts";
import { insertJumpClient, type JumpClientInsert } from "./store.ts";

const TAGS = ["front", "back", "lab", ""];
const SYSTEMS = ["Debian GNU/Linux 12 (bookworm)", "Ubuntu 24.04.1 LTS", "Windows 11 Pro"];
const AT = "2026-11-21T01:00:00.000Z";

/**
 * Writes `count` of them into a Jump Group, "Desk 00000" and on: every tenth is offline, every thousandth has a comment,
 * the first thirty were used most, the eighth is leaving, and each has a day of CPU hours.
 */
export async function insertSampleJumpClients(database: Database, jumpGroup: string, count: number): Promise<void> {
  await database.transaction(async (tx) => {
    for (let index = 0; index < count; index += 1) await insertJumpClient(tx, sample(jumpGroup, index));
  });
}

function sample(jumpGroup: string, index: number): Omit<JumpClientInsert, "search_text"> {
  const number = String(index).padStart(5, "0");
  return {
    id: newId<string>(),
    public_key: newId<string>(),
    installer: null,
    name: `Desk ${number}`,
    jump_group: jumpGroup,
    tag: TAGS[index % TAGS.length]!,
    comments: index % 1000 === 0 ? "needs a new fan 100%_done" : "",
    ...sampleFacts(number, index),
    public_address: `203.0.${Math.floor(index / 256) % 256}.${index % 256}`,
    is_online: index % 10 === 0 ? 0 : 1,
    status_since: AT,
    last_accessed_at: null,
    access_count: index < 30 ? 30 - index : 0,
    cpu_day: sampleDay(index),
    is_leaving: index === 7 ? 1 : 0,
    created_at: AT,
  };
}

/** Each hour of the day before AT a little busier than the one before. */
function sampleDay(index: number): Uint8Array | null {
  let day: Uint8Array | null = null;
  for (let ago = 23; ago >= 0; ago -= 1)
    day = withWord(day, { hour: hourOf(new Date(AT)) - ago, percent: (index + 23 - ago) % 100 });
  return day;
}

function sampleFacts(number: string, index: number) {
  const facts = factColumns({
    hostName: `pc-${number}`,
    platform: "linux",
    architecture: "x64",
    operatingSystem: SYSTEMS[index % SYSTEMS.length]!,
    agentVersion: "0.1.0",
    privateAddresses: ["10.1.2.3"],
    bootedAt: AT,
  });
  const statistics = statisticsColumns({
    cpuPercent: index % 100,
    memoryTotalBytes: 8 << 30,
    memoryUsedBytes: 4 << 30,
    disks: [{ name: "/", totalBytes: 100e9, usedBytes: 40e9 }],
    signedInUsers: [`user${index % 500}`],
    isScreenLocked: false,
    hasDisplay: true,
  });
  return { ...facts, ...statistics };
}
