import { statSync } from "node:fs";
import { utimes } from "node:fs/promises";
import type { Release } from "./bundle.ts";
import { partitionSize } from "./layout.ts";
import type { ToolSystem, WorkFolder } from "./tool-system.ts";

/** Block size of the verified root and of its hash tree. */
const BLOCK = 4096;

/**
 * How the root is packed. Measured on the two programs of 246 MB, on a shared machine: lz4hc 128 MB; with "dedupe", which
 * finds the Bun both bring, 74 MB in 8 s; zstd with it 62 MB in 46 s, and each start of a program would unpack slower.
 */
const COMPRESSION = ["-zlz4hc,level=9", "-C65536", "-Ededupe"] as const;

/** Cluster size 0: not packed again. */
const PACKED_ALREADY = "0 ^usr/lib/causeway/agents/.*\n";

/** The verified root: an erofs file system with its dm-verity hash tree behind it, in one file. */
export interface RootImage {
  readonly file: string;
  /** The one hash everything in the root is verified against, 64 hexadecimal digits. */
  readonly rootHash: string;
  /** Where the hash tree begins, in bytes. */
  readonly hashOffset: number;
}

/** Packs the tree at work/root. Everything in it belongs to root; every time is the source's. */
export async function makeRootImage(tools: ToolSystem, work: WorkFolder, release: Release): Promise<RootImage> {
  const image = work.toolPath("root.img");
  const id = idOf(`root ${release.version}`);
  await Bun.write(work.path("hints"), PACKED_ALREADY);
  const hints = `--compress-hints=${work.toolPath("hints")}`;
  const sameEachTime = [`-T${release.sourceDate}`, `-U${id}`, "--all-root", "--quiet"];
  await tools.run(["mkfs.erofs", ...COMPRESSION, hints, ...sameEachTime, image, work.toolPath("root")]);
  const hashOffset = Math.ceil(statSync(work.path("root.img")).size / BLOCK) * BLOCK;
  await tools.run(["truncate", "--size", String(hashOffset), image]);
  const salt = new Bun.CryptoHasher("sha256").update(id).digest("hex");
  const options = [`--uuid=${id}`, `--salt=${salt}`, `--hash-offset=${hashOffset}`];
  const words = await tools.run(["veritysetup", "format", ...options, image, image]);
  const rootHash = /^Root hash:\s*([0-9a-f]{64})$/mu.exec(words)?.[1];
  if (rootHash === undefined) throw new Error(`veritysetup named no root hash:\n${words}`);
  return { file: work.path("root.img"), rootHash, hashOffset };
}

/** The boot slot: kernel, initramfs, and slot.cfg with the kernel's words for exactly this root. Without a journal. */
export async function makeBootImage(
  tools: ToolSystem,
  work: WorkFolder,
  root: RootImage,
  release: Release,
): Promise<string> {
  await Bun.write(work.path("boot/slot.cfg"), slotMenu(root, release.version));
  for (const name of ["", "slot.cfg", "vmlinuz", "initrd.img"]) {
    await utimes(work.path("boot", name), release.sourceDate, release.sourceDate);
  }
  const id = idOf(`boot ${release.version}`);
  const image = work.toolPath("boot.img");
  const extended = `hash_seed=${id},root_owner=0:0`;
  const options = ["-q", "-t", "ext2", "-b", "4096", "-m", "0", "-O", "^resize_inode,^dir_index", "-L", "boot"];
  const size = `${partitionSize("boot-a") / 1024}k`;
  await tools.run(["mke2fs", ...options, "-U", id, "-E", extended, "-d", work.toolPath("boot"), image, size]);
  return work.path("boot.img");
}

/** What GRUB's menu reads from the slot it boots. */
export function slotMenu({ rootHash, hashOffset }: RootImage, version: string): string {
  const words = `causeway.roothash=${rootHash} causeway.hashoff=${hashOffset} causeway.version=${version}`;
  return `set slot_words="${words}"\n`;
}

/** A UUID that follows from a text, so that equal builds have equal ids. */
export function idOf(text: string): string {
  const hex = new Bun.CryptoHasher("sha256").update(text).digest("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/u, "$1-$2-4$3-8$4-$5");
}
