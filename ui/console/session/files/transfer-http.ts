/** The HTTP side of transfers, as a page uses it. No time limit: hashing or flushing a large file may take minutes. */
import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Nothing } from "../../../../protocol/api/common.ts";
import {
  type CreateUpload,
  Download,
  DownloadEntries,
  DownloadHash,
  DownloadStatus,
  Upload,
  UploadFinished,
} from "../../../../protocol/api/console.ts";
import { AppError } from "../../../../protocol/errors.ts";
import { refusalIn } from "./refusal-in.ts";
import { sendSlice } from "./send-slice.ts";
import { headerDigest, sliceDigest } from "./slice-digest.ts";

type Body = Static<typeof CreateUpload>;
type Entries = Static<typeof DownloadEntries>;

/** Called with how many bytes of a slice have moved. */
export type OnBytes = (bytes: number) => void;

export class TransferHttp {
  readonly #base: string;

  constructor(session: string) {
    this.#base = `/api/console/sessions/${session}`;
  }

  /** Looks at a file or folder before it is fetched. */
  createDownload(path: string, signal?: AbortSignal): Promise<Download> {
    return this.#json("POST", "/downloads", Download, { path }, signal);
  }
  /** Where the browser gets the bytes by itself. */
  contentAddress(id: string): string {
    return `${this.#base}/downloads/${id}/content`;
  }
  status(id: string): Promise<Static<typeof DownloadStatus>> {
    return this.#json("GET", `/downloads/${id}`, DownloadStatus);
  }
  entries(id: string, cursor: string | null, signal: AbortSignal): Promise<Entries> {
    const query = cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    return this.#json("GET", `/downloads/${id}/entries${query}`, DownloadEntries, undefined, signal);
  }
  async hash(id: string, signal: AbortSignal): Promise<string> {
    return (await this.#json("GET", `/downloads/${id}/hash`, DownloadHash, undefined, signal)).sha256;
  }
  async endDownload(id: string, outcome: "finished" | "cancelled" | "failed"): Promise<void> {
    await this.#json("DELETE", `/downloads/${id}?outcome=${outcome}`, Nothing);
  }

  /**
   * One slice, checked against its SHA-256.
   * @throws {AppError} file.hash_mismatch; what the server refuses.
   */
  async slice(
    id: string,
    { offset, length }: { readonly offset: number; readonly length: number },
    signal: AbortSignal,
    onBytes: OnBytes,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const response = await fetch(`${this.#base}/downloads/${id}/slices/${offset}`, { signal });
    if (!response.ok || response.body === null) throw await refusalOf(response);
    const bytes = await readAll(response.body, length, onBytes);
    if (headerDigest(await sliceDigest(bytes)) === response.headers.get("content-digest")) return bytes;
    throw new AppError("file.hash_mismatch", "A part arrived damaged. It is fetched again.");
  }

  begin(upload: Body): Promise<Upload> {
    return this.#json("POST", "/uploads", Upload, upload);
  }
  /** Sends one slice; resolves when it is verified and on the remote disk. */
  async putSlice(id: string, offset: number, bytes: ArrayBuffer, signal: AbortSignal, onBytes: OnBytes): Promise<void> {
    const digest = headerDigest(await sliceDigest(bytes));
    await sendSlice(`${this.#base}/uploads/${id}/slices/${offset}`, bytes, digest, signal, onBytes);
  }
  finish(id: string, signal: AbortSignal): Promise<Static<typeof UploadFinished>> {
    return this.#json("POST", `/uploads/${id}/finish`, UploadFinished, undefined, signal);
  }
  async discard(id: string, outcome: "cancelled" | "failed"): Promise<void> {
    await this.#json("DELETE", `/uploads/${id}?outcome=${outcome}`, Nothing);
  }

  async #json<T extends TSchema>(
    method: string,
    path: string,
    shape: T,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Static<T>> {
    const response = await fetch(this.#base + path, {
      method,
      signal: signal ?? null,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw await refusalOf(response);
    const content: unknown = await response.json();
    if (Value.Check(shape, content)) return content;
    throw new AppError("internal", "The appliance answered in a way this page does not know. Load the page again.");
  }
}

async function refusalOf(response: Response): Promise<AppError> {
  return refusalIn(await response.text(), response.status);
}

async function readAll(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  length: number,
  onBytes: OnBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let at = 0;
  const reader = body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    if (at + value.length > length) throw new AppError("channel.lost", "More bytes came than were announced.");
    bytes.set(value, at);
    at += value.length;
    onBytes(at);
  }
  if (at < length) throw new AppError("channel.lost", "The connection broke while a part was fetched.");
  return bytes;
}
