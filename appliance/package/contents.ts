/** Which file lies where in the package. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { agentArchive } from "../../protocol/agent-archive.ts";
import { agentPlatforms } from "../../protocol/api/administration.ts";
import { agentFile } from "../../tools/build/binaries.ts";
import { npmComponents, type LockFile, pagePackages } from "../image/sbom.ts";
import { changelogText, type Control } from "./control.ts";
import { copyrightText, type Part } from "./copyright.ts";
import { manualPage } from "./manual-page.ts";

const FILES = join(import.meta.dir, "files");
const UNITS = join(import.meta.dir, "../units");

/** Where Debian's folder of the package's documents is. */
const DOCUMENTS = "usr/share/doc/causeway";

/** What a file of the package is made of. */
export type Source =
  | { readonly kind: "copy"; readonly from: string }
  /** Unpacked on the way. */
  | { readonly kind: "gunzip"; readonly from: string }
  | { readonly kind: "text"; readonly text: string }
  /** Packed on the way. */
  | { readonly kind: "gzip"; readonly text: string }
  | { readonly kind: "link"; readonly target: string };

/** One file; its path has no slash before it. */
export interface PackageFile {
  readonly path: string;
  readonly source: Source;
  readonly isProgram?: boolean;
}

/** The platform of the agent that goes along as a program, for the server's test of itself. */
export const platformOf = { amd64: "linux-x64", arm64: "linux-arm64" } as const;

/** What decides on the contents. */
export interface PackageOrder extends Control {
  /** Whose the copyright is. */
  readonly author: string;
  /** Seconds since 1970, of the changelog. */
  readonly sourceDate: number;
  /** The built server of this architecture. */
  readonly server: string;
  /** What it prints when it is asked for help. */
  readonly help: string;
}

/** Every file of the package. @throws {Error} naming what was not built */
export async function packageContents(order: PackageOrder): Promise<PackageFile[]> {
  const files = [...programs(order), ...systemFiles(), ...(await documents(order))];
  const missing = files.flatMap(({ source }) => ("from" in source && !existsSync(source.from) ? [source.from] : []));
  if (missing.length === 0) return files;
  throw new Error(`Not built yet: ${missing.join(", ")}. "make package" builds them first.`);
}

function programs({ server, architecture }: PackageOrder): PackageFile[] {
  const own = agentFile(platformOf[architecture]);
  return [
    { path: "usr/lib/causeway/causeway", source: { kind: "copy", from: server }, isProgram: true },
    { path: "usr/lib/causeway/causeway-agent", source: { kind: "gunzip", from: own }, isProgram: true },
    { path: "usr/bin/causeway", source: { kind: "link", target: "../lib/causeway/causeway" } },
    // The server looks for agents beside itself; they are the same on every processor, so they lie in /usr/share.
    { path: "usr/lib/causeway/agents", source: { kind: "link", target: "../../share/causeway/agents" } },
    ...agentPlatforms.map((platform): PackageFile => {
      const path = `usr/share/causeway/agents/${agentArchive(platform)}`;
      return { path, source: { kind: "copy", from: agentFile(platform) } };
    }),
  ];
}

const systemFiles = (): PackageFile[] => [
  { path: "usr/lib/systemd/system/causeway.service", source: copyOf(UNITS, "causeway.service") },
  { path: "usr/lib/sysusers.d/causeway.conf", source: copyOf(FILES, "causeway.sysusers") },
  { path: "usr/share/lintian/overrides/causeway", source: copyOf(FILES, "lintian-overrides") },
];

async function documents({ sourceDate, help, author, ...control }: PackageOrder): Promise<PackageFile[]> {
  const news = await Bun.file("CHANGELOG.md").text();
  return [
    { path: `${DOCUMENTS}/copyright`, source: { kind: "text", text: copyrightText(author, await parts()) } },
    { path: `${DOCUMENTS}/changelog.gz`, source: { kind: "gzip", text: changelogText(control, sourceDate) } },
    { path: `${DOCUMENTS}/NEWS.gz`, source: { kind: "gzip", text: news } },
    { path: "usr/share/man/man8/causeway.8.gz", source: { kind: "gzip", text: manualPage(help, control.version) } },
  ];
}

/** npm's packages inside the programs and pages, with the licence each states. */
async function parts(): Promise<Part[]> {
  const lock = Bun.JSONC.parse(await Bun.file("bun.lock").text()) as LockFile;
  return await Promise.all(
    npmComponents(lock, pagePackages).map(async ({ name, version }) => {
      const { license } = (await Bun.file(`node_modules/${name}/package.json`).json()) as { license?: string };
      return { name, version, license: license ?? "see its source" };
    }),
  );
}

const copyOf = (folder: string, name: string): Source => ({ kind: "copy", from: join(folder, name) });
