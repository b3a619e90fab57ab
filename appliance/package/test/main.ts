/**
 * Tries the Debian package in a Debian 13 of its own: `bun appliance/package/test/main.ts [--keep FOLDER]`, as root.
 * Two releases are built, each step is said with its seconds, the last line is "N passed, N failed".
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages } from "../../../tools/test/debian-packages.ts";
import { makeDebianSystem } from "../../image/debian-system.ts";
import { builderPackages } from "../../image/packages.ts";
import { buildPackages } from "./build-packages.ts";
import { DebianMachine } from "./debian-machine.ts";
import { lintianComplaints } from "./lintian.ts";
import { packageLife } from "./package-life.ts";
import { Steps } from "./steps.ts";

/** Shared with the image: Debian's packages, once downloaded. */
const CACHE = `${process.cwd()}/node_modules/.cache/image`;

/** What a Debian has on which the package is installed, beside the essential. */
const DEBIAN = ["apt", "dbus", "init", "iproute2", "man-db"] as const;

const NETWORK_VARIABLES = ["http_proxy", "https_proxy", "no_proxy"] as const;

async function tryPackage(folder: string, steps: Steps): Promise<void> {
  const missing = await installPackages([...builderPackages, "lintian", "systemd-container"]);
  if (missing !== null) throw new Error(missing);
  const packages = await buildPackages(folder, steps);
  await steps.run("lintian has nothing to say", async () => await lintianComplaints(packages.first));
  const network = Object.fromEntries(NETWORK_VARIABLES.flatMap((name) => pairOf(name)));
  const system = { name: "package-test", packages: DEBIAN };
  const archive = await makeDebianSystem(system, { directory: CACHE, mayReuse: true }, { sourceDate: 0, network });
  await using machine = await DebianMachine.start(archive);
  await packageLife(machine, packages, steps);
}

const pairOf = (name: string): [string, string][] => {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
};

const folder = mkdtempSync(join(tmpdir(), "causeway-package-test-"));
const steps = new Steps(console.log);
try {
  await tryPackage(folder, steps);
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : String(failure));
  steps.failed += 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${steps.passed} passed, ${steps.failed} failed`);
process.exit(steps.failed === 0 ? 0 : 1);
