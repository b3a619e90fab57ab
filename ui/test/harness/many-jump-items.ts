import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Site } from "./site.ts";

/** The Jump Groups of a site with many computers, and how many stand in each. */
export const MANY_GROUPS = [
  ["Branch libraries", 2_400],
  ["Civic centre", 4_600],
  ["Schools", 18_000],
] as const;
export const MANY_TOTAL = 25_000;
export const MANY_TAGS = ["front-desk", "public-access", "self-checkout"] as const;

/** An id with a number in it: 22 characters, as every id. */
const idOf = (letter: string, number: number): string => (letter + String(number)).padEnd(22, "-");

/** The name of one of the many: their order by name is their order by number. */
export const nameOf = (number: number): string => `NMC-${String(number).padStart(5, "0")}`;

/** Writes 25,000 Jump Clients that were once enrolled into a running site's database, as a fleet would leave it. */
export function addManyJumpItems(site: Site): void {
  using database = new Database(join(site.folder, "causeway.sqlite"));
  database.run("pragma busy_timeout = 10000");
  database.transaction(() => {
    const group = database.prepare("insert into jump_groups (id, name, comments, created_at) values (?, ?, '', ?)");
    MANY_GROUPS.forEach(([name], index) => group.run(idOf("G", index), name, "2026-01-01T00:00:00.000Z"));
    const client = database.prepare(INSERT);
    let number = 0;
    MANY_GROUPS.forEach(([, count], index) => {
      const end = number + count;
      for (; number < end; number++) client.run(...columnsOf(number, idOf("G", index)));
    });
  })();
}

const INSERT = `insert into jump_clients (id, public_key, name, jump_group, tag, comments, host_name, search_text, is_online,
  status_since, last_accessed_at, platform, architecture, operating_system, system, agent_version, public_address,
  private_addresses, signed_in_users, has_display, disks, access_count, is_leaving, created_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'linux', 'x64', 'Debian GNU/Linux 12 (bookworm)', 'Debian 12', '0.1.0',
  '203.0.113.7', '["10.0.0.7"]', '["kiosk"]', 1, '[]', 0, 0, '2026-01-01T00:00:00.000Z')`;

function columnsOf(number: number, group: string): (string | number | null)[] {
  const name = nameOf(number);
  const tag = MANY_TAGS[number % MANY_TAGS.length] ?? "";
  const comments = number === 17_042 ? "Label printer on USB 2" : `Seat ${24_999 - number}`;
  const lastAccessedAt = number % 2 === 0 ? null : new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString();
  const text = [name, comments, tag].join("\n").toLowerCase();
  const since = "2026-11-01T08:00:00.000Z";
  const isOnline = number % 5 === 0 ? 0 : 1;
  return [
    idOf("J", number),
    `key ${number}`,
    name,
    group,
    tag,
    comments,
    name.toLowerCase(),
    text,
    isOnline,
    since,
    lastAccessedAt,
  ];
}
