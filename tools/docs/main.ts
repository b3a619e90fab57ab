/** `bun tools/docs/main.ts` writes the generated tables of docs/protocol.md; with `--check` it only says if they are stale. */
import { fillTables } from "./protocol-tables.ts";

const path = new URL("../../docs/protocol.md", import.meta.url).pathname;
const page = await Bun.file(path).text();
const filled = fillTables(page);
if (process.argv.includes("--check")) {
  if (page !== filled) {
    console.error("docs/protocol.md does not say what protocol/ says. Run: make docs");
    process.exit(1);
  }
} else {
  await Bun.write(path, filled);
}
