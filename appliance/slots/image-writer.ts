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

/** How writing goes on, and whether it should. */
export interface WriteProgress {
  readonly signal: AbortSignal;
  wrote(bytes: number): void;
}

/**
 * Unpacks an image onto a device, then reads it back and compares it with what the manifest promises.
 * @throws {AppError} update.invalid when the image is another one or does not unpack, transfer.cancelled
 */
export async function writeImage(
  file: BundleFile,
  packed: PackedImage,
  expected: ExpectedImage,
  device: BlockDevice,
  progress: WriteProgress,
): Promise<void> {
  let written = 0;
  for await (const piece of unpack(file, packed)) {
    if (written + piece.length > expected.size) throw notAsPromised();
    device.write(piece, written);
    written += piece.length;
    progress.wrote(piece.length);
    if (progress.signal.aborted)
      throw new AppError("transfer.cancelled", "The update was cancelled. The running version is untouched.");
  }
  if (written !== expected.size) throw notAsPromised();
  device.sync();
  device.forgetCache();
  if (hashOf(device, expected.size) !== expected.sha256) throw notAsPromised();
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
    "What was written is not what the bundle's manifest promises. The running version is untouched; upload the bundle again.",
  );
}
