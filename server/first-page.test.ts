/** What a start costs is what it loads. Whoever needs a library, or a room, later than that imports it where it is used. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { temporaryDirectory } from "./test/temporary-directory.ts";

const ROOT = join(import.meta.dir, "..");
/** What shapes, tables and the site's key are made of. */
const packagesOfEveryPage = ["@sinclair/typebox", "jose", "kysely", "kysely-bun-sqlite"];
/** Files of ours that bring much with them, each for something that few sites do, and none does at each start. */
const filesOfLater = [
  "server/backups/job/open-backup.ts",
  "server/backups/job/take.ts",
  "server/doctor/doctor.ts",
  "server/http.ts",
  "server/providers/ldap/ldap-directory.ts",
  "server/providers/oidc/oidc-messages.ts",
  "server/providers/saml/saml-messages.ts",
  "server/release-notes/known-releases.ts",
  "server/self-test/self-test.ts",
];

test("a start loads what its first page needs; libraries for rarer things wait for their first use", async () => {
  using directory = temporaryDirectory();
  const loaded = await filesLoadedByFirstPage(directory.path);
  const packages = loaded.map(packageOf).filter((name) => name !== null);
  expect([...new Set(packages)].sort()).toEqual(packagesOfEveryPage);
  expect(loaded).toContain(join(ROOT, "server/server.ts"));
  expect(filesOfLater.filter((file) => loaded.includes(join(ROOT, file)))).toEqual([]);
}, 30_000);

test("what waits for its first use is where it is said to be", () => {
  for (const file of filesOfLater) expect(readFileSync(join(ROOT, file), "utf8")).toContain("export");
});

/** The paths of all modules of a server that has been started, has answered one page, and was ended. */
async function filesLoadedByFirstPage(folder: string): Promise<string[]> {
  const [watcher, list] = [join(folder, "watcher.ts"), join(folder, "loaded.json")];
  const writing = `require("node:fs").writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache)))`;
  writeFileSync(watcher, `process.on("exit", () => ${writing});`);
  const words = ["serve", "--data", join(folder, "data"), "--listen", "127.0.0.1:0"];
  const program = [process.execPath, "--preload", watcher, join(import.meta.dir, "main.ts"), ...words];
  const child = Bun.spawn(program, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const page = await fetch(`${await addressFrom(child.stdout)}/login`, { tls: { rejectUnauthorized: false } });
  expect(page.status).toBe(200);
  await page.text();
  child.kill("SIGTERM");
  await child.exited;
  return JSON.parse(readFileSync(list, "utf8")) as string[];
}

async function addressFrom(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const part of output) {
    text += new TextDecoder().decode(part);
    const address = /^Listening on (https:\/\/\S+)\n/mu.exec(text)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`the server ended before it listened: ${text}`);
}

const packageOf = (path: string): string | null => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(path)?.[1] ?? null;
