/** How soon the list of 25,000 Jump Items answers somebody who may see half of their Jump Groups. */
import type { JumpItemRows } from "../../protocol/api/console.ts";
import { type Database, openDatabase, type Tx } from "../../server/database/database.ts";
import { insertSampleJumpClients } from "../../server/jump-clients/sample-jump-clients.ts";
import { newId } from "../../server/new-id.ts";
import { eventually } from "../../ui/test/harness/eventually.ts";
import { Site } from "../../ui/test/harness/site.ts";
import { BenchConsole } from "./bench-console.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";

const JUMP_GROUPS = 5000;
/** Jump Groups that hold Jump Items. */
const FULL = 50;
const TOTAL = 25_000;
const ROUNDS = 40;
const AT = "2026-11-21T00:00:00.000Z";
const UNA = { username: "una", password: "correct horse battery staple" };
const QUERIES = ["", "search=pc-0042", "search=desk 17", "sort=lastAccessed", "status=online", "search=nobody here"];

async function addJumpGroups(database: Database): Promise<string[]> {
  const ids = Array.from({ length: JUMP_GROUPS }, () => newId<string>());
  await database.transaction(async (tx) => {
    for (const [index, id] of ids.entries()) {
      const row = { id, name: `Group ${index}`, comments: "", created_at: AT, owner: null, endpoint_tools: null };
      await tx.insertInto("jump_groups").values(row).execute();
    }
  });
  return ids;
}

/** An account with a role in every other Jump Group. */
async function addUna(tx: Tx, jumpGroups: readonly string[]): Promise<void> {
  const [id, role] = [newId<string>(), newId<string>()];
  const words = {
    name: "Sees",
    description: "",
    permissions: JSON.stringify(["jump-items.view"]),
    is_built_in: 0,
  } as const;
  await tx
    .insertInto("jump_item_roles")
    .values({ id: role, ...words, created_at: AT, version: 1 })
    .execute();
  const hash = await Bun.password.hash(UNA.password);
  const settings = JSON.stringify({ "console.use": true });
  const row = { id, username: UNA.username, display_name: "Una", settings, password_hash: hash };
  const rest = { is_disabled: 0, failed_sign_ins: 0, password_changed_at: AT, created_at: AT } as const;
  await tx
    .insertInto("representatives")
    .values({ ...row, ...rest })
    .execute();
  for (const group of jumpGroups.filter((_, index) => index % 2 === 0))
    await tx.insertInto("jump_group_users").values({ jump_group: group, representative: id, role }).execute();
}

async function seed(site: Site): Promise<void> {
  await using database = await openDatabase(site.folder);
  const jumpGroups = await addJumpGroups(database);
  for (const group of jumpGroups.slice(0, FULL)) await insertSampleJumpClients(database, group, TOTAL / FULL);
  await database.transaction((tx) => addUna(tx, jumpGroups));
}

async function page(client: BenchConsole, query: string): Promise<{ ms: number; total: number }> {
  const start = performance.now();
  const response = await client.fetch(`/api/console/jump-items?limit=100&${query}`);
  const { total } = (await response.json()) as typeof JumpItemRows.static;
  return { ms: performance.now() - start, total };
}

async function measure(): Promise<Measurement[]> {
  await using site = await Site.start();
  await seed(site);
  using client = await BenchConsole.open(site.directAddress, UNA);
  // The running server reads what another process wrote within a second or two.
  await eventually("Jump Items are seen", async () => (await page(client, "")).total > 0);
  const { total } = await page(client, "");
  if (total > TOTAL / 2) throw new Error(`${total} Jump Items are seen, more than half of them`);
  const samples: number[] = [];
  let slowest = { query: "", ms: 0 };
  for (const query of QUERIES) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push((await page(client, query)).ms);
    const ms = quantile(times, 0.95);
    if (ms > slowest.ms) slowest = { query, ms };
    samples.push(...times);
  }
  const method = `${TOTAL} Jump Items in ${FULL} of ${JUMP_GROUPS} Jump Groups, the account sees every other one; GET over TLS on loopback until the JSON of up to 100 rows is read; ${QUERIES.length} questions, ${ROUNDS} times each`;
  return [
    {
      name: "Jump Items of somebody restricted, p95",
      value: quantile(samples, 0.95),
      unit: "ms",
      goal: { atMost: 50 },
      method,
    },
    {
      name: "Jump Items of somebody restricted, slowest question, p95",
      value: slowest.ms,
      unit: "ms",
      method: `${method}; the question is "${slowest.query}"`,
    },
  ];
}

export const restrictedList: Bench = { name: "restricted-list", run: measure };
