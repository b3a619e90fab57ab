/**
 * `bun tools/capabilities/main.ts` writes docs/capabilities.csv from the tests' titles and the words already there;
 * with `--check` it only says what is stale, unknown or without words.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readSourceFiles } from "../check/source-files.ts";
import { readTable, refreshed, writeTable } from "./capability-table.ts";
import { titlesIn } from "./title-ids.ts";

const TABLE = "docs/capabilities.csv";
const IDS = "docs/capability-ids.txt";

const ids = readFileSync(IDS, "utf8").split("\n").filter(Boolean);
const titles = readSourceFiles()
  .filter(({ path }) => path.endsWith(".test.ts") && !path.startsWith("tools/capabilities/"))
  .flatMap(({ path, text }) => titlesIn(path, text));
const written = existsSync(TABLE) ? readFileSync(TABLE, "utf8") : "";
const rows = refreshed(readTable(written), ids, titles);
const table = writeTable(rows);

const complaints = [
  ...titles.flatMap(({ path, line, ids: named }) =>
    named.filter((id) => !ids.includes(id)).map((id) => `${path}:${line} unknown-capability: ${id} is not in ${IDS}`),
  ),
  ...rows
    .filter(({ capability }) => capability === "")
    .map(({ id, provedBy }) => `${provedBy[0]}:1 capability-without-words: describe ${id} in ${TABLE}`),
];
if (process.argv.includes("--check")) {
  if (table !== written) complaints.push(`${TABLE}:1 stale-capabilities: run make capabilities`);
} else {
  writeFileSync(TABLE, table);
}
if (complaints.length > 0) {
  console.log(complaints.join("\n"));
  process.exit(1);
}
