import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { chmod, copyFile, lstat } from "node:fs/promises";
import { join } from "node:path";
import { closeAccounts } from "./accounts.ts";
import { type BuildEnvironment, run } from "./command.ts";
import type { SigningKey } from "./keys.ts";
import type { Laps } from "./laps.ts";
import { missingInInitramfs } from "./initramfs-contents.ts";
import { unneededModules } from "./packages.ts";
import type { Program } from "./programs.ts";
import { enabledUnits, maskedUnits } from "./services.ts";
import type { WorkFolder } from "./tool-system.ts";
import { breachesOf } from "./tree-checks.ts";
import { trimRoot } from "./trimming.ts";

const OVERLAY = join(import.meta.dir, "overlay");
const UNITS = join(import.meta.dir, "../units");
const UNIT_FOLDER = "usr/lib/systemd/system";

/** Where the programs lie in the image. */
const PROGRAM_FOLDER = "usr/lib/causeway";

/** What makes one root different from another of the same sources. */
export interface RootContents {
  /** Debian's part, a tar archive. */
  readonly base: string;
  readonly programs: readonly Program[];
  readonly version: string;
  /** Updates are verified with its public half. */
  readonly key: SigningKey;
}

/** What dpkg knew of the root before its database went. */
export interface InstalledPackages {
  /** A line each: name, version, architecture, source package. */
  readonly list: string;
}

/** Makes the tree of the root at work/root, and kernel and initramfs at work/boot. */
export async function makeRootTree(
  work: WorkFolder,
  contents: RootContents,
  environment: BuildEnvironment,
  laps: Laps,
): Promise<InstalledPackages> {
  const root = work.path("root");
  mkdirSync(root);
  await run(["tar", "--extract", "--numeric-owner", "--exclude=./dev/*", "-f", contents.base, "-C", root], environment);
  laps.end("root: Debian unpacked");
  await copyTree(OVERLAY, root);
  await copyTree(UNITS, join(root, UNIT_FOLDER));
  await closeAccounts(root);
  await installPrograms(root, contents);
  await chooseUnits(root, environment);
  writeFileSync(join(root, "etc/machine-id"), "");
  rmSync(join(root, "etc/resolv.conf"), { force: true });
  symlinkSync("../run/systemd/resolve/stub-resolv.conf", join(root, "etc/resolv.conf"));
  laps.end("root: programs and settings laid over");
  await makeInitramfs(work, root, environment);
  laps.end("root: initramfs made");
  const list = await installedPackages(root, environment);
  await trimRoot(root);
  laps.end("root: trimmed");
  await requireSound(work, root, environment);
  laps.end("root: checked");
  return { list };
}

/** @throws {Error} naming all that must not be in an image, or is missing */
async function requireSound(work: WorkFolder, root: string, environment: BuildEnvironment): Promise<void> {
  const missing = missingInInitramfs(await Bun.file(work.path("boot/initrd.img")).bytes());
  const breaches = [...breachesOf(root), ...missing.map((name) => `the initramfs lacks ${name}`)];
  if (breaches.length > 0) throw new Error(`The root is not as it must be:\n${breaches.join("\n")}`);
  // Loaded by the image's own nft, in the image's own root, where no /etc/protocols is.
  await run(["chroot", root, "nft", "--check", "--file", "/etc/nftables.conf"], environment);
}

/** Copies files with the same modes whatever the builder's umask and the checkout left. */
async function copyTree(from: string, to: string): Promise<void> {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      if (!existsSync(target)) {
        mkdirSync(target);
        await chmod(target, 0o755);
      }
      await copyTree(source, target);
      continue;
    }
    rmSync(target, { force: true });
    await copyFile(source, target);
    const isExecutable = ((await lstat(source)).mode & 0o100) !== 0;
    await chmod(target, isExecutable ? 0o755 : 0o644);
  }
}

async function installPrograms(root: string, { programs, version, key }: RootContents): Promise<void> {
  const folder = join(root, PROGRAM_FOLDER);
  mkdirSync(folder, { recursive: true });
  for (const { from, to, mode } of programs) {
    const target = join(folder, to);
    mkdirSync(join(target, ".."), { recursive: true });
    cpSync(from, target);
    await chmod(target, mode);
  }
  writeFileSync(join(folder, "version"), `${version}\n`);
  writeFileSync(join(folder, "update.pub"), key.publicPem);
  if (key.isDevelopment) writeFileSync(join(folder, "development-build"), "");
}

async function chooseUnits(root: string, environment: BuildEnvironment): Promise<void> {
  await run(["chroot", root, "systemctl", "enable", ...enabledUnits], environment);
  await run(["chroot", root, "systemctl", "set-default", "multi-user.target"], environment);
  await run(["chroot", root, "systemctl", "mask", ...maskedUnits], environment);
}

async function makeInitramfs(work: WorkFolder, root: string, environment: BuildEnvironment): Promise<void> {
  const kernels = readdirSync(join(root, "usr/lib/modules"));
  const [kernel] = kernels;
  if (kernel === undefined || kernels.length > 1) throw new Error(`One kernel is wanted, not ${kernels.join(", ")}.`);
  for (const module of unneededModules) {
    rmSync(join(root, "usr/lib/modules", kernel, "kernel", module), { recursive: true, force: true });
  }
  await run(["chroot", root, "depmod", kernel], environment);
  await run(["chroot", root, "update-initramfs", "-c", "-k", kernel], environment);
  mkdirSync(work.path("boot"));
  renameSync(join(root, "boot", `vmlinuz-${kernel}`), work.path("boot/vmlinuz"));
  renameSync(join(root, "boot", `initrd.img-${kernel}`), work.path("boot/initrd.img"));
}

async function installedPackages(root: string, environment: BuildEnvironment): Promise<string> {
  const format = "--showformat=${Package} ${Version} ${Architecture} ${source:Package}\\n";
  return await run(["chroot", root, "dpkg-query", "--show", format], environment);
}
