/** Paths and names as they come from the wire, checked before any of them reaches the file system (NA10). */
import { AppError } from "../../protocol/errors.ts";
import { pathBytes, pathText, readableText } from "./path-text.ts";

const SLASH = 0x2f;
const MAX_NAME_BYTES = 255;

/**
 * An absolute path's bytes, without doubled or trailing slashes.
 * @throws {AppError} file.name_invalid for a relative path, and for one with "." or ".." in it: what a path shows is
 * where it leads.
 */
export function endpointPath(text: string): Buffer {
  const bytes = pathBytes(text);
  const parts = text.split("/");
  if (bytes[0] !== SLASH || parts.includes("..") || parts.includes("."))
    throw new AppError(
      "file.name_invalid",
      `${readableText(text)} is not a whole path. A path begins with "/" and has no "." or ".." in it.`,
    );
  return pathBytes(`/${parts.filter((part) => part !== "").join("/")}`);
}

/**
 * One name's bytes.
 * @throws {AppError} file.name_invalid, file.name_too_long.
 */
export function endpointName(text: string): Buffer {
  if (text === "" || text === "." || text === ".." || text.includes("/"))
    throw new AppError("file.name_invalid", `"${readableText(text)}" cannot be a name. Use one without "/".`);
  const bytes = pathBytes(text);
  if (bytes.length > MAX_NAME_BYTES)
    throw new AppError(
      "file.name_too_long",
      `The name takes ${bytes.length} bytes, and a name here holds at most ${MAX_NAME_BYTES}. Choose a shorter one.`,
    );
  return bytes;
}

/** The directory part and the last name; of "/" the name is empty. */
export function splitPath(path: Buffer): { readonly directory: Buffer; readonly name: Buffer } {
  const at = path.lastIndexOf(SLASH);
  return { directory: at === 0 ? Buffer.from("/") : path.subarray(0, at), name: path.subarray(at + 1) };
}

/** A name below a directory. */
export function joinPath(directory: Buffer, name: Buffer): Buffer {
  return directory.length === 1 ? Buffer.concat([directory, name]) : Buffer.concat([directory, Buffer.from("/"), name]);
}

/** Whether `path` is `directory` or lies below it. */
export function isWithin(path: Buffer, directory: Buffer): boolean {
  if (path.length < directory.length || !path.subarray(0, directory.length).equals(directory)) return false;
  return path.length === directory.length || directory.length === 1 || path[directory.length] === SLASH;
}

/** A path as a person reads it. */
export function shownPath(path: Buffer): string {
  return readableText(pathText(path));
}
