/** Names of files on the representative's own computer, made from names of the remote one. */
import { AppError } from "../../../../protocol/errors.ts";

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name every system takes: what it does not becomes an underscore (NA10). Pure. */
export function localName(name: string): string {
  const plain = name
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f<>:"|?*\\/]/g, "_")
    .replace(/[. ]+$/, (ending) => "_".repeat(ending.length));
  return plain === "" || RESERVED.test(plain) ? `_${plain}` : plain;
}

/** A new file of that name; where it is taken, with a number. */
export async function freshFile(directory: FileSystemDirectoryHandle, name: string): Promise<FileSystemFileHandle> {
  const plain = localName(name);
  const dot = plain.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [plain.slice(0, dot), plain.slice(dot)] : [plain, ""];
  for (let number = 1; number < 10_000; number += 1) {
    const candidate = number === 1 ? plain : `${stem} (${number})${ending}`;
    if (!(await isTaken(directory, candidate))) return directory.getFileHandle(candidate, { create: true });
  }
  throw new AppError("file.exists", `There are too many files named ${plain} in that folder. Choose another one.`);
}

async function isTaken(directory: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await directory.getFileHandle(name);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return false;
    if (error instanceof DOMException && error.name === "TypeMismatchError") return true;
    throw error;
  }
}
