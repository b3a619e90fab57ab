import { statSync } from "node:fs";
import type { Release } from "./bundle.ts";
import { fileHash } from "./file-hash.ts";
import { ovfDescriptor } from "./ovf.ts";
import { writeUstar } from "./ustar.ts";

/** Packs a streamOptimized VMDK as an OVA: descriptor, manifest and disk in this order, as importers read them in one pass. */
export async function makeOva(vmdk: string, release: Release, path: string): Promise<void> {
  const name = `causeway-${release.version}`;
  const disk = `${name}-disk1.vmdk`;
  const size = statSync(vmdk).size;
  const descriptor = ovfDescriptor(release.version, { file: disk, fileSize: size, populatedSize: size });
  const descriptorHash = new Bun.CryptoHasher("sha256").update(descriptor).digest("hex");
  const manifest = `SHA256(${name}.ovf)= ${descriptorHash}\nSHA256(${disk})= ${await fileHash(vmdk)}\n`;
  const entries = [
    { name: `${name}.ovf`, content: new TextEncoder().encode(descriptor) },
    { name: `${name}.mf`, content: new TextEncoder().encode(manifest) },
    { name: disk, content: { file: vmdk } },
  ];
  await writeUstar(path, entries, release.sourceDate);
}
