/**
 * An update bundle: a ustar archive of exactly `bundleEntries`, in that order. The signature is ed25519 over the bytes of
 * manifest.json as they stand; the manifest names size and SHA-256 of each image, so that nothing else needs signing.
 */
import { type Static, Type } from "@sinclair/typebox";

export const bundleEntries = ["manifest.json", "manifest.sig", "boot.img.zst", "root.img.zst"] as const;
export const BUNDLE_PRODUCT = "causeway";
/** The most a manifest may hold. */
export const MAX_MANIFEST_BYTES = 64 << 10;
/** The most a bundle may hold; the root slot is the bound of what it unpacks to. */
export const MAX_BUNDLE_BYTES = 2 ** 31;

/** "1.4.2" or "1.4.2-rc.1". */
export const Release = Type.String({
  maxLength: 64,
  pattern: "^[0-9]{1,5}\\.[0-9]{1,5}\\.[0-9]{1,5}(?:-[0-9A-Za-z.-]{1,40})?$",
});

const Image = Type.Object({
  /** In bytes, unpacked. */
  size: Type.Integer({ minimum: 1 }),
  /** Lower-case hex, of the unpacked bytes. */
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  /** In bytes, as it lies in the bundle. */
  compressedSize: Type.Integer({ minimum: 1 }),
});

/** The most characters of one note. */
export const MAX_NOTE_LENGTH = 500;
/** The most notes of one release. */
export const MAX_NOTES = 100;

export const UpdateNote = Type.Object({
  kind: Type.Union([Type.Literal("security"), Type.Literal("new"), Type.Literal("change")]),
  text: Type.String({ maxLength: MAX_NOTE_LENGTH }),
});

export const UpdateManifest = Type.Object({
  format: Type.Literal(1),
  product: Type.Literal(BUNDLE_PRODUCT),
  version: Release,
  releasedAt: Type.String({ maxLength: 40 }),
  /** Older releases cannot update to this one directly. */
  minimumVersion: Release,
  /** The newest releases that mended a weakness, this one included: whoever passed one over still hears of it. */
  securityReleases: Type.Array(Release, { maxItems: 100 }),
  notes: Type.Array(UpdateNote, { maxItems: MAX_NOTES }),
  images: Type.Object({ boot: Image, root: Image }),
});
export type UpdateManifest = Static<typeof UpdateManifest>;

/**
 * What an update address answers at `<address>/latest.json`: which bundle is the newest. Not signed itself: the bundle is,
 * and an older one than what runs is refused.
 */
export const UpdateFeed = Type.Object({
  version: Release,
  /** A name beside latest.json, no path. */
  bundle: Type.String({ maxLength: 128, pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" }),
  size: Type.Integer({ minimum: 1, maximum: MAX_BUNDLE_BYTES }),
});
export type UpdateFeed = Static<typeof UpdateFeed>;
