import { type KeyObject, verify } from "node:crypto";
import { Value } from "@sinclair/typebox/value";
import { bundleEntries, MAX_MANIFEST_BYTES, UpdateManifest } from "../../protocol/appliance/update-manifest.ts";
import { AppError } from "../../protocol/errors.ts";
import type { BundleFile } from "./bundle-file.ts";
import { readTarHeader, TAR_BLOCK_BYTES } from "../../protocol/appliance/tar-header.ts";

/** An ed25519 signature's length. */
const SIGNATURE_BYTES = 64;
/** tar fills its last record of twenty blocks with zeroes; nothing may follow that. */
const MAX_TRAILER_BYTES = 2 * 20 * TAR_BLOCK_BYTES;

/** The two images of a bundle, in the order in which they lie there. */
export const imageNames = ["boot", "root"] as const;
/** One of the two images. */
export type ImageName = (typeof imageNames)[number];

/** Where an image lies in the bundle, compressed. */
export interface PackedImage {
  readonly at: number;
  readonly length: number;
}

/** A bundle whose manifest is signed with our key. What its images hold is compared as they are written. */
export interface Bundle {
  readonly manifest: UpdateManifest;
  readonly images: Readonly<Record<ImageName, PackedImage>>;
}

/**
 * Reads the table of a bundle and checks its manifest.
 * @throws {AppError} update.invalid for another form, update.foreign for another key or product
 */
export function readBundle(file: BundleFile, key: KeyObject): Bundle {
  const [manifestAt, signatureAt, boot, root] = readEntries(file);
  const bytes = file.read(manifestAt.at, bounded(manifestAt.length, MAX_MANIFEST_BYTES));
  const signature = file.read(signatureAt.at, bounded(signatureAt.length, SIGNATURE_BYTES));
  if (signature.length !== SIGNATURE_BYTES || !verify(null, bytes, key, signature)) {
    throw new AppError(
      "update.foreign",
      "The bundle is not signed by the maker of this appliance, so nothing was written. Take it from the maker again.",
    );
  }
  const manifest = readManifest(bytes);
  if (manifest.images.boot.compressedSize !== boot.length || manifest.images.root.compressedSize !== root.length) {
    throw invalid("its images do not have the sizes that its manifest names");
  }
  return { manifest, images: { boot, root } };
}

type FourEntries = [PackedImage, PackedImage, PackedImage, PackedImage];

function readEntries(file: BundleFile): FourEntries {
  let at = 0;
  const entries = bundleEntries.map((expected) => {
    const header = readTarHeader(file.read(at, TAR_BLOCK_BYTES));
    if (header?.name !== expected) throw invalid(`${expected} is not where it belongs`);
    const entry = { at: at + TAR_BLOCK_BYTES, length: header.sizeBytes };
    at = entry.at + Math.ceil(header.sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
    if (at > file.sizeBytes) throw invalid(`it ends inside ${expected}`);
    return entry;
  });
  checkTrailer(file, at);
  return entries as FourEntries;
}

function checkTrailer(file: BundleFile, at: number): void {
  const length = file.sizeBytes - at;
  if (length < 2 * TAR_BLOCK_BYTES || length > MAX_TRAILER_BYTES || file.read(at, length).some((byte) => byte !== 0)) {
    throw invalid("something follows its last entry, or its end is missing");
  }
}

function bounded(length: number, most: number): number {
  if (length > most) throw invalid("its manifest or its signature is too long");
  return length;
}

function readManifest(bytes: Uint8Array): UpdateManifest {
  const value = parseJson(bytes);
  if (Value.Check(UpdateManifest, value)) return value;
  const isOurs = typeof value === "object" && value !== null && "product" in value && value.product === "causeway";
  if (isOurs) throw invalid("its manifest has a form that this version does not know");
  throw new AppError("update.foreign", "The bundle is for another product, so nothing was written.");
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Signed, yet no JSON: it has no shape, and the caller says so.
    return null;
  }
}

function invalid(why: string): AppError {
  return new AppError("update.invalid", `The bundle is damaged: ${why}. Nothing was written; upload it again.`);
}
