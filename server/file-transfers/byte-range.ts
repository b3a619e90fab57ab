/** Which part of a file a request asks for (RFC 9110, section 14): one range, counted from either end. */

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}
/** whole: the header is absent, has several ranges, or is none; unsatisfiable: it lies outside. */
export type RequestedRange = ByteRange | "whole" | "unsatisfiable";

/**
 * Reads Range; If-Range counts only where it is exactly the file's ETag, so that a resumed download never mixes two
 * states of a file.
 */
export function requestedRange(headers: Headers, etag: string, sizeBytes: number): RequestedRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get("range") ?? "");
  const ifRange = headers.get("if-range");
  if (match === null || (ifRange !== null && ifRange !== etag)) return "whole";
  const [, first = "", last = ""] = match;
  if (first === "") return last === "" ? "whole" : fromEnd(Number(last), sizeBytes);
  return fromStart(Number(first), last === "" ? sizeBytes - 1 : Number(last), sizeBytes);
}

function fromEnd(length: number, sizeBytes: number): RequestedRange {
  if (length === 0 || sizeBytes === 0) return "unsatisfiable";
  const taken = Math.min(length, sizeBytes);
  return { offset: sizeBytes - taken, length: taken };
}

function fromStart(first: number, last: number, sizeBytes: number): RequestedRange {
  if (first >= sizeBytes) return "unsatisfiable";
  if (last < first) return "whole";
  return { offset: first, length: Math.min(last, sizeBytes - 1) - first + 1 };
}
