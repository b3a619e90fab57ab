/** `bun tools/docs/main.ts` writes what docs/ is made of by itself; with `--check` it only says what is stale. */
import { everyRoute } from "./every-route.ts";
import { permissionPage } from "./permission-page.ts";
import { fillTables } from "./protocol-tables.ts";

const docs = new URL("../../docs/", import.meta.url).pathname;
const read = async (name: string): Promise<string> => {
  const file = Bun.file(docs + name);
  return (await file.exists()) ? await file.text() : "";
};

const pages: Readonly<Record<string, string>> = {
  "protocol.md": fillTables(await read("protocol.md")),
  "permissions.md": permissionPage(await everyRoute()),
};
for (const [name, page] of Object.entries(pages)) {
  if ((await read(name)) === page) continue;
  if (process.argv.includes("--check")) {
    console.error(`docs/${name} does not say what the source says. Run: make docs`);
    process.exitCode = 1;
  } else await Bun.write(docs + name, page);
}
