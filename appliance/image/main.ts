/**
 * Builds the appliance's image, as root on Debian 12 or later, from what `make build agents` left in dist/:
 * `bun appliance/image/main.ts [build | twice] [--version VERSION] [--folder FOLDER] [--unhealthy]`
 *
 * "twice" builds two disks from nothing and names what differs. --unhealthy packs a server that does not start, to try
 * that an update to it comes back. CAUSEWAY_SIGNING_KEY names the file of the release key.
 */
import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { installPackages } from "../../tools/test/debian-packages.ts";
import { buildTwice } from "./build-twice.ts";
import type { Release } from "./bundle.ts";
import type { BuildEnvironment } from "./command.ts";
import { buildImage, type ImageOrder, openTools } from "./image.ts";
import { SigningKey } from "./keys.ts";
import { Laps } from "./laps.ts";
import { makeOutputs, type Outputs } from "./outputs.ts";
import { builderPackages } from "./packages.ts";
import { builtPrograms, withoutServer } from "./programs.ts";
import { readRelease } from "./release.ts";

/** Packages, made systems, the development key: kept between builds, and over `make clean`. */
const CACHE = `${process.cwd()}/node_modules/.cache/image`;

/** What apt and mmdebstrap need of the machine to reach its mirror. */
const NETWORK_VARIABLES = ["http_proxy", "https_proxy", "no_proxy"] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: "string" },
    folder: { type: "string", default: "dist/image" },
    unhealthy: { type: "boolean", default: false },
  },
});

async function build(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error("The image is built as root: its files belong to root.");
  const missing = await installPackages(builderPackages);
  if (missing !== null) throw new Error(missing);
  const release = await readRelease(values.version ?? null);
  const key = SigningKey.open(process.env["CAUSEWAY_SIGNING_KEY"] ?? null, `${CACHE}/development.key`);
  const programs = values.unhealthy ? withoutServer(builtPrograms()) : builtPrograms();
  const laps = new Laps(console.log);
  const order = { release, key, programs, cache: CACHE, environment: environmentOf(release) };
  if (positionals[0] === "twice") await buildTwice(order, laps);
  else await buildOnce(order, laps);
}

async function buildOnce(order: ImageOrder, laps: Laps): Promise<void> {
  const tools = await openTools(order, laps);
  using work = tools.workFolder();
  const image = await buildImage(order, { tools, work }, true, laps);
  const rootMb = statSync(image.root).size / 1e6;
  printOutputs(await makeOutputs(image, order.release, order.key, values.folder, laps));
  console.log(`${"root slot".padEnd(44)}${rootMb.toFixed(0).padStart(6)} MB`);
  console.log(`${"in all".padEnd(44)}${laps.totalSeconds.toFixed(1).padStart(6)} s`);
  if (order.key.isDevelopment) console.log("A development build: signed with this machine's own key, not a release's.");
}

function printOutputs({ folder, files }: Outputs): void {
  for (const { name, size } of files) {
    console.log(`${`${folder}/${name}`.padEnd(44)}${(size / 1e6).toFixed(0).padStart(6)} MB`);
  }
}

function environmentOf({ sourceDate }: Release): BuildEnvironment {
  const found = NETWORK_VARIABLES.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return { sourceDate, network: Object.fromEntries(found) as Record<string, string> };
}

try {
  await build();
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : String(failure));
  process.exit(1);
}
