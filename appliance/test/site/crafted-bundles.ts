import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { bundleEntries, type UpdateManifest } from "../../../protocol/appliance/update-manifest.ts";
import { writeUstar } from "../../image/ustar.ts";

/** Images of bundles that are never to be started: small, so that a refusal takes seconds; of chance, so that a changed one packs as small. */
const IMAGE = Uint8Array.from(randomBytes(1 << 20));

/** What is wrong with a bundle. */
interface Fault {
  /** Of its manifest. */
  readonly version?: string;
  readonly product?: string;
  /** Signs it instead of the maker. */
  readonly key?: KeyObject;
  /** Changes the manifest after it was signed. */
  readonly isManifestChanged?: boolean;
  /** Changes an image after its hash was taken. */
  readonly isImageChanged?: boolean;
  /** Cuts the file to this part of its length. */
  readonly keptPart?: number;
  /** Writes the entries under other names. */
  readonly names?: readonly string[];
}

/** Bundles that no appliance may take, by what is wrong with them. The version is newer than what runs unless it says otherwise. */
export const faults: Readonly<Record<string, Fault>> = {
  older: { version: "0.0.9" },
  "signed by somebody else": { key: generateKeyPairSync("ed25519").privateKey },
  "with a manifest changed after it was signed": { isManifestChanged: true },
  "with an image changed after it was signed": { isImageChanged: true },
  "of another product": { product: "elsewhere" },
  truncated: { keptPart: 0.5 },
  "whose entries lead out of its folder": {
    names: ["../../etc/passwd", "manifest.sig", "boot.img.zst", "root.img.zst"],
  },
};

/** Writes a bundle with a fault. @param key of the maker, whom the appliance trusts */
export async function craftBundle(path: string, fault: Fault, key: KeyObject): Promise<void> {
  const packed = await Bun.zstdCompress(IMAGE);
  const image = {
    size: IMAGE.length,
    sha256: new Bun.CryptoHasher("sha256").update(IMAGE).digest("hex"),
    compressedSize: packed.length,
  };
  const manifest: Omit<UpdateManifest, "product"> & { product: string } = {
    format: 1,
    product: fault.product ?? "causeway",
    version: fault.version ?? "9.9.9",
    releasedAt: new Date().toISOString(),
    minimumVersion: "0.0.1",
    securityReleases: [],
    notes: [],
    images: { boot: image, root: image },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const signature = sign(null, bytes, fault.key ?? key);
  const written = fault.isManifestChanged === true ? changed(bytes, "9.9.9", "9.9.8") : bytes;
  const root = fault.isImageChanged === true ? await Bun.zstdCompress(IMAGE.with(5, IMAGE[5]! ^ 1)) : packed;
  const names = fault.names ?? bundleEntries;
  const contents = [written, signature, packed, root];
  await writeUstar(
    path,
    names.map((name, index) => ({ name, content: contents[index]! })),
    0,
  );
  if (fault.keptPart === undefined) return;
  const whole = await Bun.file(path).bytes();
  await Bun.write(path, whole.subarray(0, Math.floor(whole.length * fault.keptPart)));
}

const changed = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
  new TextEncoder().encode(new TextDecoder().decode(bytes).replace(from, to));
