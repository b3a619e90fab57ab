import type { TestTitle } from "./title-ids.ts";

/** One row of docs/capabilities.csv. */
export interface Capability {
  readonly id: string;
  /** Written by hand. */
  readonly capability: string;
  /** Test files, found by their titles. */
  readonly provedBy: readonly string[];
  /** Written by hand: systems on which it was seen. */
  readonly platforms: string;
}

const HEADER = ["id", "capability", "proved by", "platforms seen"];

/** Where tests run unless a row says more. */
const TEST_PLATFORM = "Linux x64";

/** Reads the table; the reverse of writeTable. */
export function readTable(text: string): Capability[] {
  return parseCsv(text)
    .slice(1)
    .map(([id = "", capability = "", provedBy = "", platforms = ""]) => ({
      id,
      capability,
      provedBy: provedBy === "" ? [] : provedBy.split(" "),
      platforms,
    }));
}

/** The table as text, ids in the order of `ids`. */
export function writeTable(rows: readonly Capability[]): string {
  const lines = rows.map(({ id, capability, provedBy, platforms }) => [id, capability, provedBy.join(" "), platforms]);
  return [HEADER, ...lines].map((cells) => `${cells.map(quoted).join(",")}\n`).join("");
}

/**
 * The table as the titles say it should be: words are kept, proofs are found anew. An id has a row once it is described or
 * proved.
 */
export function refreshed(
  rows: readonly Capability[],
  ids: readonly string[],
  titles: readonly TestTitle[],
): Capability[] {
  const kept = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const provedBy = [...new Set(titles.filter((title) => title.ids.includes(id)).map((title) => title.path))].sort();
    const { capability = "", platforms = "" } = kept.get(id) ?? {};
    if (capability === "" && provedBy.length === 0) return [];
    const seen = provedBy.length === 0 ? "" : platforms === "" ? TEST_PLATFORM : platforms;
    return [{ id, capability, provedBy, platforms: seen }];
  });
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Rows of a CSV text (RFC 4180). */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^",\n]*)(,|\r?\n|$)/g)) {
    const [whole, cell = "", end] = match;
    if (whole === "") break;
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
