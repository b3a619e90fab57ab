import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import type { UpdateManifest } from "../../protocol/appliance/update-manifest.ts";

/** A pair of keys of the tests. */
export const testKeys = (): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync("ed25519");

/** What of a good bundle a test makes otherwise. */
export interface BundleChanges {
  readonly version?: string;
  readonly securityReleases?: UpdateManifest["securityReleases"];
  readonly manifest?: (manifest: UpdateManifest) => object;
  /** Instead of the compressed images. */
  readonly packed?: { readonly boot?: Uint8Array; readonly root?: Uint8Array };
  readonly entries?: (entries: TarEntry[]) => TarEntry[];
}

/** One entry of an archive. */
export interface TarEntry {
  readonly name: string;
  readonly content: Uint8Array;
  /** "0" for a plain file. */
  readonly type?: string;
}

/** Makes a bundle as the image's build does, except for the changes. */
export function makeBundle(
  key: KeyObject,
  images: { boot: Uint8Array; root: Uint8Array },
  changes: BundleChanges = {},
): Uint8Array {
  const boot = changes.packed?.boot ?? zstdCompressSync(images.boot);
  const root = changes.packed?.root ?? zstdCompressSync(images.root);
  const image = (raw: Uint8Array, packed: Uint8Array) => ({
    size: raw.length,
    sha256: createHash("sha256").update(raw).digest("hex"),
    compressedSize: packed.length,
  });
  const manifest: UpdateManifest = {
    format: 1,
    product: "causeway",
    version: changes.version ?? "1.3.0",
    releasedAt: "2026-11-20T00:00:00Z",
    minimumVersion: "1.0.0",
    securityReleases: changes.securityReleases ?? [],
    notes: [{ kind: "new", text: "A better appliance." }],
    images: { boot: image(images.boot, boot), root: image(images.root, root) },
  };
  const text = new TextEncoder().encode(JSON.stringify(changes.manifest?.(manifest) ?? manifest));
  const entries: TarEntry[] = [
    { name: "manifest.json", content: text },
    { name: "manifest.sig", content: sign(null, text, key) },
    { name: "boot.img.zst", content: boot },
    { name: "root.img.zst", content: root },
  ];
  return tar(changes.entries?.(entries) ?? entries);
}

/** A ustar archive of these entries. */
export function tar(entries: readonly TarEntry[]): Uint8Array {
  return Buffer.concat([...entries.flatMap(tarEntry), Buffer.alloc(1024)]);
}

function tarEntry({ name, content, type = "0" }: TarEntry): Uint8Array[] {
  const header = Buffer.alloc(512);
  header.write(name, 0, "latin1");
  header.write("0000644\0" + "0000000\0" + "0000000\0", 100, "latin1");
  header.write(`${content.length.toString(8).padStart(11, "0")}\0${"0".repeat(11)}\0        ${type}`, 124, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
