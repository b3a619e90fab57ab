import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { chmod } from "node:fs/promises";
import { fileHash } from "../../image/file-hash.ts";
import type { Steps } from "./steps.ts";

/** The release that is installed, and one that comes after it: the same programs. */
const FIRST = "0.9.0";
const SECOND = "0.9.1";

/** Nobody: a package is built without root. */
const NOBODY = "65534";

/** Whoever commits meanwhile changes nothing. */
const DATE = String(Math.floor(Date.now() / 1000));

/** Paths of two releases. */
export interface Packages {
  readonly first: string;
  readonly second: string;
}

/** Builds them as `make package` does, the first one twice. */
export async function buildPackages(folder: string, steps: Steps): Promise<Packages> {
  const asRoot = join(folder, "root");
  const asNobody = join(folder, "nobody");
  await chmod(folder, 0o755);
  mkdirSync(asNobody);
  await chmod(asNobody, 0o777);
  const first = fileName(asRoot, FIRST);
  await steps.run("the package is built", async () => {
    await build(FIRST, asRoot, []);
    return `${(statSync(first).size / 1e6).toFixed(0)} MB`;
  });
  await steps.run("built without root, with another umask, it is the same byte for byte", async () => {
    await build(FIRST, asNobody, ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]);
    const [one, other] = [await fileHash(first), await fileHash(fileName(asNobody, FIRST))];
    if (one !== other) throw new Error(`${one} and ${other}`);
    return `SHA-256 ${one.slice(0, 16)}…`;
  });
  await build(SECOND, asRoot, []);
  return { first, second: fileName(asRoot, SECOND) };
}

const fileName = (folder: string, version: string): string => {
  const architecture = process.arch === "arm64" ? "arm64" : "amd64";
  return join(folder, `causeway_${version}_${architecture}.deb`);
};

async function build(version: string, folder: string, before: readonly string[]): Promise<void> {
  const words = [process.execPath, "appliance/package/main.ts", "--version", version, "--folder", folder];
  const git = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" };
  const umask = before.length > 0 ? ["sh", "-c", 'umask 0077 && exec "$@"', "sh"] : [];
  const child = Bun.spawn([...before, ...umask, ...words], {
    env: { ...process.env, ...git, SOURCE_DATE_EPOCH: DATE, HOME: folder },
    ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  });
  const complaints = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`The package is not built:\n${complaints}`);
}
