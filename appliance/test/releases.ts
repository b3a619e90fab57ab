import { createPrivateKey, type KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeBundle, type Release } from "../image/bundle.ts";
import type { BuildEnvironment } from "../image/command.ts";
import { buildImage, openTools } from "../image/image.ts";
import { SigningKey } from "../image/keys.ts";
import { runTool } from "./machine/tool.ts";
import { compileMigratingServer } from "./migrating-server.ts";
import { Laps } from "../image/laps.ts";
import { builtPrograms, type Program, withoutAgents, withoutServer, withServer } from "../image/programs.ts";
import { readRelease } from "../image/release.ts";

/** Where image/main.ts keeps packages and its development key. */
const CACHE = `${process.cwd()}/node_modules/.cache/image`;
const DEVELOPMENT_KEY = `${CACHE}/development.key`;

/** A release that an appliance is updated to. */
interface Next {
  readonly version: string;
  /** One with a migration more than the shipped one; or one that ends at once. */
  readonly server: "migrating" | "ending";
  /** Without agents for download it is less than half as large, and uploaded the sooner. */
  readonly carriesAgents: boolean;
}

/** Releases after the shipped one. */
const nexts = {
  good: { version: "0.2.0", server: "migrating", carriesAgents: true },
  small: { version: "0.2.1", server: "migrating", carriesAgents: false },
  unhealthy: { version: "0.3.0", server: "ending", carriesAgents: false },
} as const satisfies Record<string, Next>;

/** The image under test, and bundles of releases after it. */
export class Releases {
  private constructor(
    readonly version: string,
    /** The shipped disk. */
    readonly disk: string,
    private readonly folder: string,
  ) {}

  /** What `make image` left. @param folder where further releases are kept @throws {Error} where there is no image */
  static async open(image: string, folder: string): Promise<Releases> {
    const { version } = (await Bun.file("package.json").json()) as { version: string };
    const disk = resolve(image, `causeway-${version}.qcow2`);
    if (!existsSync(disk)) throw new Error(`${disk} is not there: "make image" builds it.`);
    return new Releases(version, disk, folder);
  }

  /** The raw disk, which is no larger than its partitions, as QEMU's own format. @param folder to write it to */
  async smallestDisk(folder: string): Promise<string> {
    const [raw, path] = [join(folder, "smallest.raw"), resolve(folder, "smallest.qcow2")];
    const shipped = this.disk.replace(/\.qcow2$/u, ".raw.zst");
    await runTool(["zstd", "-q", "-d", "-f", "--sparse", shipped, "-o", raw]);
    await runTool(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, path]);
    rmSync(raw);
    return path;
  }

  /** What a release after the shipped one calls itself. */
  versionOf(name: keyof typeof nexts): string {
    return nexts[name].version;
  }

  /** The bundle of a release after the shipped one; built unless it is newer than the shipped disk. @returns its path */
  async bundle(name: keyof typeof nexts): Promise<string> {
    const { version } = nexts[name];
    const path = join(this.folder, `causeway-${version}.bundle`);
    if (existsSync(path) && statSync(path).mtimeMs > statSync(this.disk).mtimeMs) return path;
    mkdirSync(this.folder, { recursive: true });
    const key = SigningKey.open(process.env["CAUSEWAY_SIGNING_KEY"] ?? null, DEVELOPMENT_KEY);
    const release = await readRelease(version);
    const programs = await this.programsOf(nexts[name]);
    await buildBundle({ release, key, programs, cache: CACHE, environment: environmentOf(release) }, path);
    return path;
  }

  private async programsOf({ server, carriesAgents }: Next): Promise<readonly Program[]> {
    const built = carriesAgents ? builtPrograms() : withoutAgents(builtPrograms());
    return server === "ending" ? withoutServer(built) : withServer(built, await compileMigratingServer(this.folder));
  }

  /** Who signs this machine's builds: for bundles that are wrong in something else. */
  makersKey(): KeyObject {
    return createPrivateKey(readFileSync(process.env["CAUSEWAY_SIGNING_KEY"] ?? DEVELOPMENT_KEY));
  }
}

async function buildBundle(order: Parameters<typeof buildImage>[0], path: string): Promise<void> {
  const laps = new Laps((line) => console.log(`    ${line}`));
  const tools = await openTools(order, laps);
  using work = tools.workFolder();
  const image = await buildImage(order, { tools, work }, true, laps);
  await makeBundle(image, order.release, order.key, path);
  laps.end(`bundle of ${order.release.version}`);
}

function environmentOf({ sourceDate }: Release): BuildEnvironment {
  const names = ["http_proxy", "https_proxy", "no_proxy"] as const;
  const found = names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { sourceDate, network: Object.fromEntries(found) as Record<string, string> };
}
