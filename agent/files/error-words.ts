/** What the operating system's error numbers mean to a person: one table. */
import { AppError, type ErrorCode } from "../../protocol/errors.ts";

interface Words {
  readonly code: ErrorCode;
  /** Follows the file's path: what is so, and what to do. */
  readonly words: string;
}

const table: Readonly<Record<string, Words>> = {
  EACCES: {
    code: "file.denied",
    words: "may not be used so by the account the agent runs as. Choose another place, or run the agent as root.",
  },
  EPERM: {
    code: "file.denied",
    words: "is protected: the system allows this to nobody, or only to its owner. Choose another place.",
  },
  ENOENT: { code: "file.not_found", words: "is not there any more. Refresh the list." },
  EEXIST: { code: "file.exists", words: "is already there. Overwrite it, keep both, or choose another name." },
  ENOSPC: { code: "file.no_space", words: "does not fit: the remote disk is full. Free some space and try again." },
  EDQUOT: {
    code: "file.no_space",
    words: "does not fit: the disk quota of the account is used up. Free some space and try again.",
  },
  EFBIG: { code: "file.no_space", words: "is larger than this file system or account allows. Choose another disk." },
  EROFS: { code: "file.read_only", words: "lies on a disk that is mounted read-only. Choose another place." },
  ENAMETOOLONG: {
    code: "file.name_too_long",
    words: "has too long a name for this file system. Choose a shorter one.",
  },
  EISDIR: { code: "file.is_directory", words: "is a folder, not a file. Choose another name." },
  ENOTDIR: { code: "file.not_directory", words: "is not a folder. Refresh the list and choose a folder." },
  ENOTEMPTY: { code: "file.not_empty", words: "is a folder that is not empty. Empty it or choose another name." },
  EBUSY: {
    code: "file.in_use",
    words: "is in use by the system (a mount, for example). Close what uses it and try again.",
  },
  ETXTBSY: { code: "file.in_use", words: "is a program that runs right now. End it and try again." },
  ELOOP: {
    code: "file.link_refused",
    words: "leads through a link, which is not followed here. Open the place it leads to and try again.",
  },
  EMLINK: { code: "file.io", words: "has too many links already for this file system. Choose another place." },
  EXDEV: { code: "file.io", words: "lies on another disk. Copy it instead." },
  EMFILE: { code: "file.io", words: "could not be opened: the agent has too many files open. Try again in a minute." },
  ENFILE: { code: "file.io", words: "could not be opened: the computer has too many files open. Try again later." },
  EINVAL: { code: "file.name_invalid", words: "is not a name this file system takes. Choose another name." },
  EILSEQ: { code: "file.name_invalid", words: "has characters this file system does not take. Choose another name." },
  ENXIO: {
    code: "file.not_regular",
    words: "is a device or pipe with nothing behind it, so it has no content to send.",
  },
  ENODEV: { code: "file.not_regular", words: "is a device that is not there, so it has no content to send." },
  ENODATA: { code: "file.io", words: "could not be read: the disk has lost this part. Check the disk." },
  ESTALE: { code: "file.io", words: "is gone from its network disk. Refresh the list." },
  ENOTCONN: { code: "file.io", words: "lies on a network disk that is not connected. Reconnect it and try again." },
  ETIMEDOUT: { code: "file.io", words: "lies on a disk that does not answer. Try again later." },
  ENOMEM: {
    code: "file.io",
    words: "could not be handled: the computer is out of memory. Close something and try again.",
  },
  EIO: { code: "file.io", words: "could not be read or written: the disk reports a fault. Check the disk." },
};

/** The error numbers the table knows. */
export const knownErrorNumbers: readonly string[] = Object.keys(table);

/** The name of the operating system's error number, if `error` is one of its errors. */
export function errorNumber(error: unknown): string | null {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : null;
}

/** Whether `error` is the operating system's error of one of these numbers. */
export function isErrorNumber(error: unknown, ...numbers: readonly string[]): boolean {
  const number = errorNumber(error);
  return number !== null && numbers.includes(number);
}

/** The error a person reads: which file, why, what to do. An AppError passes as it is. */
export function fileError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const number = errorNumber(error);
  if (number === null)
    return new AppError("internal", `${path} could not be handled: the agent failed.`, { cause: error });
  const { code, words } = table[number] ?? {
    code: "file.io" as const,
    words: `could not be handled: the system says ${number}. Try again, or choose another place.`,
  };
  return new AppError(code, `${path.slice(0, 700)} ${words}`, { cause: error });
}

/** Runs `work`; what the operating system refuses is thrown as the error a person reads. */
export async function withFileError<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, path);
  }
}
