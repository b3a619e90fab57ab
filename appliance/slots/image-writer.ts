import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { constants, createZstdDecompress } from "node:zlib";
import { AppError } from "../../protocol/errors.ts";
import type { BlockDevice } from "./block-device.ts";
import type { PackedImage } from "./bundle.ts";
import type { BundleFile } from "./bundle-file.ts";

/** What is read of the bundle, and read back of the device, at a time. */
const PIECE_BYTES = 1 << 20;
/** Binary logarithm of the window a stream may ask memory for: 128 MiB. */
const MAX_WINDOW_LOG = 27;

/** What the unpacked image must be. */
export interface ExpectedImage {
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** How it goes on, and whether it should. */
export interface ImageProgress {
  readonly signal: AbortSignal;
  /** So many bytes of the unpacked image were checked, or written. */
  passed(bytes: number): void;
}

/**
 * Unpacks an image into nothing and compares it with what the manifest promises: a bundle that was altered on its way costs
 * nobody the version in the other slot.
 * @throws {AppError} update.invalid, transfer.cancelled
 */
export async function checkImage(
  file: BundleFile,
  packed: PackedImage,
  expected: ExpectedImage,
  progress: ImageProgress,
): Promise<void> {
  const hash = createHash("sha256");
  await unpackInto((piece) => void hash.update(piece), { file, packed, size: expected.size, progress });
  if (hash.digest("hex") !== expected.sha256) throw notAsPromised();
}

/**
 * Unpacks an image onto a device, then reads it back and compares it with what the manifest promises.
 * @throws {AppError} update.invalid when the image is another one or does not unpack, transfer.cancelled, system.failed
 */
export async function writeImage(
  file: BundleFile,
  packed: PackedImage,
  expected: ExpectedImage,
  device: BlockDevice,
  progress: ImageProgress,
): Promise<void> {
  await unpackInto((piece, at) => device.write(piece, at), { file, packed, size: expected.size, progress });
  device.sync();
  device.forgetCache();
  if (hashOf(device, expected.size) !== expected.sha256) throw notAsWritten();
}

interface Unpacking {
  readonly file: BundleFile;
  readonly packed: PackedImage;
  /** Exactly so many bytes must come. */
  readonly size: number;
  readonly progress: ImageProgress;
}

async function unpackInto(
  take: (piece: Uint8Array, at: number) => void,
  { file, packed, size, progress }: Unpacking,
): Promise<void> {
  let taken = 0;
  for await (const piece of unpack(file, packed)) {
    if (taken + piece.length > size) throw notAsPromised();
    take(piece, taken);
    taken += piece.length;
    progress.passed(piece.length);
    if (progress.signal.aborted)
      throw new AppError("transfer.cancelled", "The update was cancelled. The running version is untouched.");
  }
  if (taken !== size) throw notAsPromised();
}

async function* unpack(file: BundleFile, packed: PackedImage): AsyncGenerator<Uint8Array> {
  const decompressor = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG } });
  const source = Readable.from(pieces(file, packed), { objectMode: false });
  source.on("error", (error) => decompressor.destroy(error));
  source.pipe(decompressor);
  try {
    for await (const piece of decompressor) yield piece as Uint8Array;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      "update.invalid",
      "The bundle's image does not unpack. The running version is untouched; upload it again.",
      { cause },
    );
  } finally {
    source.destroy();
    decompressor.destroy();
  }
}

function* pieces(file: BundleFile, { at, length }: PackedImage): Generator<Uint8Array> {
  for (let done = 0; done < length; done += PIECE_BYTES) {
    yield file.read(at + done, Math.min(PIECE_BYTES, length - done));
  }
}

function hashOf(device: BlockDevice, size: number): string {
  const hash = createHash("sha256");
  const piece = new Uint8Array(PIECE_BYTES);
  for (let at = 0; at < size; at += PIECE_BYTES) {
    const read = device.read(piece.subarray(0, Math.min(PIECE_BYTES, size - at)), at);
    hash.update(piece.subarray(0, read));
  }
  return hash.digest("hex");
}

function notAsPromised(): AppError {
  return new AppError(
    "update.invalid",
    "The images in the bundle are not what its manifest promises. The running version is untouched; upload the bundle again.",
  );
}

function notAsWritten(): AppError {
  return new AppError(
    "system.failed",
    "The disk gives back something else than was written to it. The running version is untouched; look after the disk.",
  );
}
