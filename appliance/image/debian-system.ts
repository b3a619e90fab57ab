import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BuildEnvironment, run } from "./command.ts";
import { type DebianSource, sourcesList, sourcesOf } from "./debian-sources.ts";
import { DEBIAN_SUITE } from "./packages.ts";

/** Documentation in every language would be a quarter of the root; whose work it is stays. */
const PATHS = [
  "path-exclude=/usr/share/doc/*",
  "path-include=/usr/share/doc/*/copyright",
  "path-exclude=/usr/share/man/*",
  "path-exclude=/usr/share/locale/*",
  "path-exclude=/usr/share/info/*",
];

/** The date in a made system, whatever the commit: the image's own date is written when it is packed. */
const SYSTEM_DATE = Date.UTC(2025, 10, 20) / 1000;

/** Older made systems are removed when a new one of their name is made. */
const FORMER_AFTER_MS = 24 * 3_600_000;

/** A Debian system to be made of packages. */
export interface DebianSystem {
  readonly name: string;
  readonly packages: readonly string[];
}

/** Where packages and made systems are kept between builds. */
export interface PackageCache {
  readonly directory: string;
  /** False: the system is made anew though an equal one is there. */
  readonly mayReuse: boolean;
}

/**
 * Makes a Debian system as a tar archive, or hands out the one made before of the same packages and the same state of
 * Debian's archive. Packages once downloaded stay in the cache.
 * @returns the archive's path
 */
export async function makeDebianSystem(
  { name, packages }: DebianSystem,
  cache: PackageCache,
  environment: BuildEnvironment,
): Promise<string> {
  const sources = await machineSources();
  const key = await stateOf(sources, packages);
  const archive = join(cache.directory, `${name}-${key}.tar`);
  if (cache.mayReuse && existsSync(archive)) return archive;
  const downloads = join(cache.directory, "packages");
  mkdirSync(downloads, { recursive: true });
  const unfinished = join(cache.directory, `${name}.${process.pid}.unfinished.tar`);
  const command = mmdebstrap(packages, downloads, unfinished);
  await run(
    command,
    { ...environment, sourceDate: SYSTEM_DATE },
    { input: sourcesList(sources), cwd: cache.directory },
  );
  renameSync(unfinished, archive);
  removeFormer(cache.directory, name);
  return archive;
}

/** Removes systems of former states of Debian; not those of today, which another build may be working in. */
function removeFormer(directory: string, name: string): void {
  for (const entry of readdirSync(directory).filter((entry) => entry.startsWith(`${name}-`))) {
    const path = join(directory, entry);
    if (Date.now() - statSync(path).mtimeMs > FORMER_AFTER_MS) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * "essential" brings no package manager of its own. Kernel packages make no initramfs yet ("INITRD"): ours is made once,
 * later, with our own scripts in it.
 */
function mmdebstrap(packages: readonly string[], downloads: string, output: string): string[] {
  return [
    "env",
    "INITRD=No",
    "mmdebstrap",
    "--quiet",
    "--mode=root",
    "--format=tar",
    "--variant=essential",
    "--architectures=amd64",
    "--skip=essential/unlink",
    ...PATHS.map((option) => `--dpkgopt=${option}`),
    "--dpkgopt=force-unsafe-io",
    '--setup-hook=mkdir -p "$1/var/cache/apt/archives"',
    `--setup-hook=sync-in ${downloads} /var/cache/apt/archives`,
    `--customize-hook=sync-out /var/cache/apt/archives ${downloads}`,
    `--include=${packages.join(" ")}`,
    DEBIAN_SUITE,
    output,
    "-",
  ];
}

/** Debian as this machine knows it, in the image's release. @throws {Error} where there is none */
async function machineSources(): Promise<DebianSource[]> {
  const release = /^VERSION_CODENAME=(\w+)$/mu.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
  const files = [...new Bun.Glob("**/*{.list,.sources}").scanSync("/etc/apt")].sort();
  const texts = await Promise.all(files.map((file) => Bun.file(join("/etc/apt", file)).text()));
  const sources = sourcesOf(texts, release, DEBIAN_SUITE);
  if (sources.length > 0) return sources;
  throw new Error(`apt knows no Debian archive of "${release}" here. The image is built on Debian 12 or later.`);
}

/** Changes with the packages wanted and with each publication of the archive. */
async function stateOf(sources: readonly DebianSource[], packages: readonly string[]): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256").update(JSON.stringify([...packages, PATHS, SYSTEM_DATE]));
  for (const { uri, suite } of sources) {
    const release = await fetch(`${uri.replace(/\/$/u, "")}/dists/${suite}/InRelease`);
    if (!release.ok) throw new Error(`The archive's ${suite} is not to be had (${release.status}).`);
    hash.update(await release.text());
  }
  return hash.digest("hex").slice(0, 16);
}
