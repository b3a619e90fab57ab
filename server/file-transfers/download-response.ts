/** The bytes of a download as an HTTP response: whole or a range of a file, or a folder as a zip. */
import { AppError } from "../../protocol/errors.ts";
import type { Log } from "../log.ts";
import { type AgentBytes, openBytes, requireSameHash, toBody, wholeOrNothing } from "./agent-bytes.ts";
import { type ByteRange, requestedRange } from "./byte-range.ts";
import { contentDigest } from "./content-digest.ts";
import { contentHeaders } from "./content-headers.ts";
import { fileOf, type FileTransfers, type OpenTransfer, sliceLength } from "./file-transfers.ts";
import { FolderZip } from "./folder-zip.ts";

/** What the responses need. */
export interface DownloadNeeds {
  readonly transfers: FileTransfers;
  readonly log: Log;
}

/**
 * The content, from where the browser wants it. When its last byte is proved and sent, the download is on record.
 * @throws {AppError} what the agent refuses before the first byte.
 */
export function contentResponse(needs: DownloadNeeds, transfer: OpenTransfer, request: Request): Promise<Response> {
  return transfer.row.kind === "directory" ? zipResponse(needs, transfer) : fileResponse(needs, transfer, request);
}

async function fileResponse(needs: DownloadNeeds, transfer: OpenTransfer, request: Request): Promise<Response> {
  const { row } = transfer;
  const etag = `"${row.version}"`;
  const requested = requestedRange(request.headers, etag, row.size_bytes);
  const headers = contentHeaders(row.name);
  headers.set("accept-ranges", "bytes");
  headers.set("etag", etag);
  if (requested === "unsatisfiable") {
    headers.set("content-range", `bytes */${row.size_bytes}`);
    return new Response(null, { status: 416, headers });
  }
  const range = requested === "whole" ? { offset: 0, length: row.size_bytes } : requested;
  if (requested !== "whole")
    headers.set("content-range", `bytes ${range.offset}-${range.offset + range.length - 1}/${row.size_bytes}`);
  headers.set("content-length", String(range.length));
  const bytes = await openOrFail(needs, transfer, range);
  const body = toBody(recorded(needs, transfer, bytes, range), (error) => void failed(needs, transfer, error), bytes);
  return new Response(body, { status: requested === "whole" ? 200 : 206, headers });
}

async function openOrFail(needs: DownloadNeeds, transfer: OpenTransfer, range: ByteRange): Promise<AgentBytes> {
  try {
    return await openBytes(transfer.link, fileOf(transfer.row), range);
  } catch (error) {
    await failed(needs, transfer, error);
    throw error;
  }
}

async function* recorded(
  { transfers }: DownloadNeeds,
  transfer: OpenTransfer,
  bytes: AgentBytes,
  range: ByteRange,
): AsyncGenerator<Uint8Array, void> {
  const file = fileOf(transfer.row);
  const isWhole = range.length === file.sizeBytes;
  const reachesEnd = range.offset + range.length === file.sizeBytes;
  yield* wholeOrNothing(bytes, { path: file.path, length: range.length }, async (sha256) => {
    if (isWhole) await requireSameHash(transfer.link, file, sha256);
    else if (bytes.sha256 !== null && bytes.sha256 !== sha256)
      throw new AppError("file.hash_mismatch", "What came is not what was read from the computer's disk.");
    if (reachesEnd) await transfers.end(transfer, { state: "finished", ...(isWhole ? { sha256 } : {}) });
  });
}

/** Only what the file itself is guilty of ends a download; a lost connection leaves it open to be gone on with. */
async function failed({ transfers, log }: DownloadNeeds, transfer: OpenTransfer, error: unknown): Promise<void> {
  if (!(error instanceof AppError)) return log.error("a download failed", error);
  if (!error.code.startsWith("file.")) return;
  try {
    await transfers.end(transfer, { state: "failed", error });
  } catch (cause) {
    log.error("a failed download was not recorded", cause);
  }
}

async function zipResponse(needs: DownloadNeeds, transfer: OpenTransfer): Promise<Response> {
  const { row, link } = transfer;
  const zip = new FolderZip(link, row.path, row.name);
  const body = toBody(recordedZip(needs, transfer, zip), (error) => void failed(needs, transfer, error));
  const headers = contentHeaders(`${row.name}.zip`);
  headers.set("content-type", "application/zip");
  return new Response(body, { headers });
}

async function* recordedZip(
  { transfers }: DownloadNeeds,
  transfer: OpenTransfer,
  zip: FolderZip,
): AsyncGenerator<Uint8Array, void> {
  let last: Uint8Array | null = null;
  for await (const chunk of zip.bytes()) {
    if (last !== null) yield last;
    last = chunk;
  }
  const { files, bytes, missing } = zip.result;
  const detail = { files, bytes, missing: missing.length, firstMissing: missing.slice(0, 20) };
  await transfers.end(transfer, { state: "finished", detail });
  if (missing.length > 0)
    transfer.link.log(
      "files",
      `${missing.length} files of ${transfer.row.name} are not in the zip. causeway-missing.txt inside tells why.`,
    );
  if (last !== null) yield last;
}

/** One slice with its SHA-256, which the browser checks. */
export async function sliceResponse(transfer: OpenTransfer, offset: number): Promise<Response> {
  const length = sliceLength(transfer.row, offset);
  const bytes = await openBytes(transfer.link, fileOf(transfer.row), { offset, length });
  const headers = contentHeaders(transfer.row.name);
  headers.set("content-length", String(length));
  if (bytes.sha256 !== null) headers.set("content-digest", contentDigest(bytes.sha256));
  return new Response(
    toBody(
      wholeOrNothing(bytes, { path: transfer.row.path, length }, () => Promise.resolve()),
      () => undefined,
      bytes,
    ),
    { headers },
  );
}
