import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { chmod, copyFile, lstat, lutimes, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, gzipSync } from "node:zlib";
import { run } from "../image/command.ts";
import type { PackageFile } from "./contents.ts";
import { type Control, controlText } from "./control.ts";

const SCRIPTS = join(import.meta.dir, "files");

/** What dpkg runs, and when. */
const maintainerScripts = ["postinst", "prerm", "postrm"] as const;

/** What a package is made of. */
export interface Deb {
  readonly control: Control;
  readonly files: readonly PackageFile[];
  /** Seconds since 1970 that stand in every file. */
  readonly sourceDate: number;
}

/**
 * Writes the package to a file; equal contents give equal bytes, whoever builds and wherever.
 * @throws {Error} with dpkg-deb's words
 */
export async function buildDeb({ control, files, sourceDate }: Deb, file: string): Promise<void> {
  const tree = mkdtempSync(join(tmpdir(), "causeway-package-"));
  try {
    for (const entry of files) await putFile(tree, entry);
    await putControl(tree, control, files);
    await setDates(tree, sourceDate);
    mkdirSync(dirname(file), { recursive: true });
    // Most of it is agents, packed already: xz takes minutes for them and saves nothing.
    const packing = ["--root-owner-group", "-Zzstd", "-z9", "--threads-max=1"];
    const unfinished = `${file}.${process.pid}.unfinished`;
    await run(["dpkg-deb", ...packing, "--build", tree, unfinished], { sourceDate, network: {} });
    renameSync(unfinished, file);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

async function putFile(tree: string, { path, source, isProgram = false }: PackageFile): Promise<void> {
  const target = join(tree, path);
  mkdirSync(dirname(target), { recursive: true });
  if (source.kind === "link") return symlinkSync(source.target, target);
  if (source.kind === "copy") await copyFile(source.from, target);
  else if (source.kind === "gunzip")
    await pipeline(createReadStream(source.from), createGunzip(), createWriteStream(target));
  else await writeFile(target, source.kind === "text" ? source.text : gzipSync(source.text, { level: 9 }));
  await chmod(target, isProgram ? 0o755 : 0o644);
}

async function putControl(tree: string, control: Control, files: readonly PackageFile[]): Promise<void> {
  const folder = join(tree, "DEBIAN");
  mkdirSync(folder);
  const installedSize = await sizeInKib(tree, files);
  await writeFile(join(folder, "control"), controlText(control, installedSize));
  await writeFile(join(folder, "md5sums"), await checksumLines(tree, files));
  for (const name of maintainerScripts) await copyFile(join(SCRIPTS, name), join(folder, name));
  for (const name of await readdir(folder)) {
    await chmod(join(folder, name), maintainerScripts.some((script) => script === name) ? 0o755 : 0o644);
  }
}

/** As Debian counts (policy 5.6.20): each file in whole KiB, a link one. */
async function sizeInKib(tree: string, files: readonly PackageFile[]): Promise<number> {
  const sizes = await Promise.all(files.map(({ path }) => lstat(join(tree, path))));
  return sizes.reduce((sum, found) => sum + Math.max(1, Math.ceil(found.size / 1024)), 0);
}

/** For `dpkg --verify`: it knows no other sum. */
async function checksumLines(tree: string, files: readonly PackageFile[]): Promise<string> {
  const plain = files.filter(({ source }) => source.kind !== "link").map(({ path }) => path);
  const lines = await Promise.all(
    plain.sort().map(async (path) => {
      const hash = new Bun.CryptoHasher("md5");
      for await (const part of createReadStream(join(tree, path))) hash.update(part as Buffer);
      return `${hash.digest("hex")}  ${path}\n`;
    }),
  );
  return lines.join("");
}

/** Folders too, whose modes the builder's umask would decide. */
async function setDates(folder: string, sourceDate: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await setDates(path, sourceDate);
    else await lutimes(path, sourceDate, sourceDate);
  }
  await chmod(folder, 0o755);
  await lutimes(folder, sourceDate, sourceDate);
}
