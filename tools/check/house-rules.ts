/** Runs the house's own rules and prints each breach as `file:line rule: what`. */
import { allRules } from "./rules/all-rules.ts";
import { readSourceFiles } from "./source-files.ts";

const files = readSourceFiles();
const lines = allRules.flatMap((rule) =>
  rule.breaches(files).map(({ path, line, says }) => `${path}:${line} ${rule.name}: ${says}`),
);
if (lines.length > 0) {
  console.log(lines.join("\n"));
  process.exit(1);
}
