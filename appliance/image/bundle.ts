import { statSync } from "node:fs";
import { basename } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { BUNDLE_PRODUCT, bundleEntries, UpdateManifest } from "../../protocol/appliance/update-manifest.ts";
import { fileHash } from "./file-hash.ts";
import type { BuiltImage } from "./image.ts";
import type { SigningKey } from "./keys.ts";
import { type ArchiveEntry, writeUstar } from "./ustar.ts";

/** Releases before this one cannot update directly. */
const MINIMUM_VERSION = "0.1.0";

/** The root is compressed already; packing it harder takes minutes and gains a hundredth. */
const ZSTD_LEVEL = 3;

/** What the manifest says of a release beside its images. */
export interface Release {
  readonly version: string;
  /** Seconds since 1970. */
  readonly sourceDate: number;
  readonly securityReleases: UpdateManifest["securityReleases"];
  readonly notes: UpdateManifest["notes"];
}

/** Writes the signed bundle an appliance updates itself with. */
export async function makeBundle(image: BuiltImage, release: Release, key: SigningKey, path: string): Promise<void> {
  const manifest = {
    format: 1,
    product: BUNDLE_PRODUCT,
    version: release.version,
    releasedAt: new Date(release.sourceDate * 1000).toISOString(),
    minimumVersion: MINIMUM_VERSION,
    securityReleases: release.securityReleases,
    notes: release.notes,
    images: { boot: await packed(image, image.boot), root: await packed(image, image.root) },
  };
  const bytes = new TextEncoder().encode(`${JSON.stringify(Value.Decode(UpdateManifest, manifest), null, 2)}\n`);
  const contents: ArchiveEntry["content"][] = [
    bytes,
    key.sign(bytes),
    { file: `${image.boot}.zst` },
    { file: `${image.root}.zst` },
  ];
  const entries = bundleEntries.map((name, index) => ({ name, content: contents[index]! }));
  await writeUstar(path, entries, release.sourceDate);
}

/** Compresses one image beside itself and describes it. */
async function packed({ tools, work }: BuiltImage, file: string): Promise<UpdateManifest["images"]["boot"]> {
  await tools.run(["zstd", "--quiet", "--force", "-T0", `-${ZSTD_LEVEL}`, work.toolPath(basename(file))]);
  return { size: statSync(file).size, sha256: await fileHash(file), compressedSize: statSync(`${file}.zst`).size };
}
