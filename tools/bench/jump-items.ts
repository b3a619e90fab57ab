/** How soon a list of 25,000 Jump Items answers whoever types into its search field. */
import type { JumpGroupTree, JumpItemRow } from "../../protocol/api/console.ts";
import { openDatabase } from "../../server/database/database.ts";
import { insertSampleJumpClients } from "../../server/jump-clients/sample-jump-clients.ts";
import { Site } from "../../ui/test/harness/site.ts";
import { BenchConsole } from "./bench-console.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";

const TOTAL = 25_000;
const PLAIN_PAGES = 60;
/** What people look for: a name, a host, two words, a comment, a tag, an address, a user, a system, and what is not there. */
const SEARCHES = [
  "pc-00420",
  "desk 17",
  "pc-2499",
  "Desk 04242",
  "new fan",
  "needs a new",
  "front user17",
  "lab debian 12",
  "windows back",
  "203.0.5.17",
  "10.1.2.3",
  "user499",
  "ubuntu 24.04",
  "desk lab 77",
  "100%_done",
  "printer room 4",
  "bookworm front",
  "user3 windows 11",
  "pc-1 lab",
  "back user250 ubuntu",
  "front desk 123",
  "nobody here",
] as const;

/** Everything the field holds while each of them is typed. */
const TYPED = SEARCHES.flatMap((search) => Array.from(search, (_, index) => search.slice(0, index + 1)));

async function page(client: BenchConsole, query: Record<string, string>): Promise<{ ms: number; rows: number }> {
  const start = performance.now();
  const response = await client.fetch(`/api/console/jump-items?${new URLSearchParams({ limit: "100", ...query })}`);
  const { rows } = (await response.json()) as { rows: JumpItemRow[] };
  return { ms: performance.now() - start, rows: rows.length };
}

async function seed(site: Site, client: BenchConsole): Promise<void> {
  const tree = (await (await client.fetch("/api/console/jump-groups")).json()) as JumpGroupTree;
  const jumpGroup = tree.jumpGroups[0]?.id;
  if (jumpGroup === undefined) throw new Error("the site has no Jump Group");
  await using database = await openDatabase(site.folder);
  await insertSampleJumpClients(database, jumpGroup, TOTAL);
}

async function measure(): Promise<Measurement[]> {
  await using site = await Site.start();
  using client = await BenchConsole.open(site.directAddress);
  await seed(site, client);
  const plain: number[] = [];
  for (let index = 0; index < PLAIN_PAGES; index++) {
    const { ms, rows } = await page(client, { sort: "name" });
    if (rows !== 100) throw new Error(`the first page has ${rows} rows`);
    plain.push(ms);
  }
  const searched: number[] = [];
  for (const search of TYPED) searched.push((await page(client, { search, sort: "name" })).ms);
  const method = `${TOTAL} Jump Items, GET over TLS on loopback until the JSON of up to 100 rows is read, sorted by name`;
  const searchMethod = `${method}; ${TYPED.length} searches, each letter of ${SEARCHES.length} texts as typed, one after another`;
  return [
    {
      name: "search as one types, p50",
      value: quantile(searched, 0.5),
      unit: "ms",
      method: searchMethod,
    },
    {
      name: "search as one types, p95",
      value: quantile(searched, 0.95),
      unit: "ms",
      goal: { atMost: 50 },
      method: searchMethod,
    },
    {
      name: "first page without a search, p95",
      value: quantile(plain, 0.95),
      unit: "ms",
      goal: { atMost: 50 },
      method: `${method}; ${PLAIN_PAGES} times`,
    },
  ];
}

export const jumpItems: Bench = { name: "jump-items", run: measure };
