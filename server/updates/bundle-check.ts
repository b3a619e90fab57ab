/**
 * Reads an update's own words and checks who signed them, before anything else is done with it. The helper, which writes it,
 * checks everything again, and the images byte by byte.
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Value } from "@sinclair/typebox/value";
import { readTarHeader, TAR_BLOCK_BYTES } from "../../protocol/appliance/tar-header.ts";
import {
  BUNDLE_PRODUCT,
  bundleEntries,
  MAX_MANIFEST_BYTES,
  UpdateManifest,
} from "../../protocol/appliance/update-manifest.ts";
import { AppError } from "../../protocol/errors.ts";

const SIGNATURE_BYTES = 64;

/** The key of whoever makes this appliance's updates. @throws {AppError} system.unavailable where there is none */
export async function readUpdateKey(file: string): Promise<KeyObject> {
  try {
    return createPublicKey(await readFile(file));
  } catch (cause) {
    throw new AppError("system.unavailable", "This appliance has no key to check updates with, so it takes none.", {
      cause,
    });
  }
}

/**
 * The manifest of a bundle that our maker signed and that holds its images whole, by their sizes.
 * @throws {AppError} update.invalid, update.foreign
 */
export async function checkBundle(path: string, key: KeyObject): Promise<UpdateManifest> {
  const file = Bun.file(path);
  const read = async (at: number, length: number): Promise<Uint8Array> =>
    new Uint8Array(await file.slice(at, at + length).arrayBuffer());
  const entries = await readEntries(file.size, read);
  const [manifestAt, signatureAt, boot, root] = entries;
  if (manifestAt.length > MAX_MANIFEST_BYTES) throw invalid("its manifest is too long");
  const bytes = await read(manifestAt.at, manifestAt.length);
  const signature = await read(signatureAt.at, Math.min(signatureAt.length, SIGNATURE_BYTES + 1));
  if (signature.length !== SIGNATURE_BYTES || !verify(null, bytes, key, signature)) throw foreign();
  const manifest = readManifest(bytes);
  const { images } = manifest;
  if (images.boot.compressedSize !== boot.length || images.root.compressedSize !== root.length)
    throw invalid("its images do not have the sizes that its manifest names");
  return manifest;
}

interface Entry {
  readonly at: number;
  readonly length: number;
}

async function readEntries(
  sizeBytes: number,
  read: (at: number, length: number) => Promise<Uint8Array>,
): Promise<[Entry, Entry, Entry, Entry]> {
  const entries: Entry[] = [];
  let at = 0;
  for (const expected of bundleEntries) {
    const header = readTarHeader(await read(at, TAR_BLOCK_BYTES));
    if (header?.name !== expected) throw invalid(`${expected} is not where it belongs`);
    entries.push({ at: at + TAR_BLOCK_BYTES, length: header.sizeBytes });
    at += TAR_BLOCK_BYTES + Math.ceil(header.sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
    if (at > sizeBytes) throw invalid(`it ends inside ${expected}`);
  }
  return entries as [Entry, Entry, Entry, Entry];
}

function readManifest(bytes: Uint8Array): UpdateManifest {
  const value = parse(bytes);
  if (Value.Check(UpdateManifest, value)) return value;
  const isOurs = typeof value === "object" && value !== null && "product" in value && value.product === BUNDLE_PRODUCT;
  if (isOurs) throw invalid("its manifest has a form that this version does not know");
  throw new AppError("update.foreign", "This update is for another product. Nothing was changed.");
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Signed, yet no JSON: it has no shape, and the caller says so.
    return null;
  }
}

const invalid = (why: string): AppError =>
  new AppError("update.invalid", `This is no whole update: ${why}. Nothing was changed; take the file again.`);

const foreign = (): AppError =>
  new AppError(
    "update.foreign",
    "This update is not signed by the maker of this appliance. Nothing was changed; take the file from the maker.",
  );

/**
 * Whether the release may follow the one that runs.
 * @throws {AppError} update.older, update.invalid
 */
export function requireFollows({ version, minimumVersion }: UpdateManifest, running: string): void {
  if (Bun.semver.order(version, running) < 0) {
    const words = `This update holds ${version}; ${running} runs. An older version is not installed.`;
    throw new AppError("update.older", `${words} Start the version in the other slot instead, if that is the one.`);
  }
  if (Bun.semver.order(running, minimumVersion) < 0) {
    const words = `${version} can only follow ${minimumVersion} or newer; ${running} runs.`;
    throw new AppError("update.invalid", `${words} Install ${minimumVersion} first.`);
  }
}
