import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { MAX_BUNDLE_BYTES } from "../../protocol/appliance/update-manifest.ts";
import { AppError } from "../../protocol/errors.ts";

/** An uploaded bundle, open for reading. */
export interface BundleFile extends Disposable {
  readonly sizeBytes: number;
  /** Exactly these bytes. @throws {AppError} update.invalid where the file ends before */
  read(at: number, length: number): Uint8Array;
}

/**
 * Opens a bundle in the server's folder. The folder belongs to a less trusted user: links are not followed and only plain
 * files are opened.
 * @param name checked by shape already: no separators, no leading dot
 * @throws {AppError} not_found, update.invalid
 */
export function openBundleFile(folder: string, name: string): BundleFile {
  const file = openPlainFile(folder, name);
  const { size } = fstatSync(file);
  if (size > MAX_BUNDLE_BYTES) {
    closeSync(file);
    throw new AppError("update.invalid", `The bundle has ${size} bytes; at most ${MAX_BUNDLE_BYTES} are read.`);
  }
  return {
    sizeBytes: size,
    read: (at, length) => readExactly(file, at, length),
    [Symbol.dispose]: () => closeSync(file),
  };
}

function openPlainFile(folder: string, name: string): number {
  const file = openWithoutLinks(folder, name);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new AppError("update.invalid", `${name} is not a plain file.`);
}

function openWithoutLinks(folder: string, name: string): number {
  try {
    if (realpathSync(folder) !== folder) throw new Error("the folder is reached through a link");
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    return openSync(join(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    throw new AppError("not_found", `There is no uploaded bundle ${name}. Upload it again.`, { cause });
  }
}

function readExactly(file: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const count = readSync(file, bytes, read, length - read, at + read);
    if (count === 0) throw new AppError("update.invalid", "The bundle ends too early. Upload it again.");
    read += count;
  }
  return bytes;
}
