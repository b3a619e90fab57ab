/** Files on their way from the endpoint: looked at, read in ranges, hashed. */
import type { FileHandle } from "node:fs/promises";
import { stat } from "node:fs/promises";
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import type { ToolParams, ToolResult } from "../../protocol/messages.ts";
import type { AgentChannel, ToolRequest } from "../session-tool.ts";
import { endpointPath, shownPath, splitPath } from "./endpoint-path.ts";
import { fileError, withFileError } from "./error-words.ts";
import { notRegular, openToRead, requireVersion, versionOf } from "./file-version.ts";
import { timeText } from "./list.ts";
import { pathText } from "./path-text.ts";
import { CreditedSender, hashRange, type Range, readRange } from "./send-range.ts";

/** Hashes of files sent whole, kept so that asking for one reads nothing again. */
const MAX_KEPT_HASHES = 256;

interface Sending {
  readonly handle: FileHandle;
  readonly path: Buffer;
  readonly version: string;
  readonly range: Range;
  readonly isWhole: boolean;
  readonly channel: AgentChannel;
  readonly sender: CreditedSender;
}

export class Downloads {
  readonly #hashes = new Map<string, string>();

  /** Looks at a file or folder; a link counts as what it leads to. */
  async stat({ path }: ToolParams<"download.stat">): Promise<ToolResult<"download.stat">> {
    const bytes = endpointPath(path);
    return withFileError(shownPath(bytes), async () => {
      const stats = await stat(bytes, { bigint: true });
      const { name } = splitPath(bytes);
      const about = {
        name: name.length === 0 ? "computer" : pathText(name),
        modifiedAt: timeText(Number(stats.mtimeMs)),
        version: versionOf(stats),
      };
      if (stats.isDirectory()) return { ...about, kind: "directory" as const, sizeBytes: 0 };
      if (!stats.isFile()) throw notRegular(bytes, "a device, pipe or socket");
      await (await openToRead(bytes)).close();
      return { ...about, kind: "file" as const, sizeBytes: Number(stats.size) };
    });
  }

  /** Sends a range of one state of a file; the bytes follow the reply. */
  async read({ params, channel, signal }: ToolRequest<"download.read">): Promise<ToolResult<"download.read">> {
    if (channel === null) throw new AppError("channel.unknown", "A download needs a channel.");
    // Before anything is awaited, so that the channel's end is not missed.
    const sender = new CreditedSender(channel, signal);
    const path = endpointPath(params.path);
    const range = { offset: params.offset, length: params.length };
    const handle = await withFileError(shownPath(path), () => openToRead(path));
    try {
      const sha256 = await withFileError(shownPath(path), () => this.#prepare(handle, path, params.version, range));
      const isWhole = range.offset === 0 && range.length === (await handle.stat()).size;
      const sending = { handle, path, version: params.version, range, isWhole, channel, sender };
      // After this handler's reply has gone out.
      setImmediate(() => void this.#send(sending));
      return { sha256 };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #prepare(handle: FileHandle, path: Buffer, version: string, range: Range): Promise<string | null> {
    await requireVersion(handle, path, version);
    if (range.offset + range.length > (await handle.stat()).size)
      throw new AppError("request.invalid", `${shownPath(path)} has no such range. Download it again.`);
    return range.length <= SLICE_BYTES ? hashRange(handle, path, range) : null;
  }

  async #send(sending: Sending): Promise<void> {
    const { handle, path, version, channel } = sending;
    let reason: ErrorCode | "" = "";
    try {
      const sha256 = await sendRange(sending);
      await requireVersion(handle, path, version);
      if (sha256 !== null) this.#keep(path, version, sha256);
    } catch (error) {
      reason = fileError(error, shownPath(path)).code;
    } finally {
      await handle.close();
      channel.close(reason);
    }
  }

  /** The SHA-256 of one state of a whole file. */
  async hash({ params, signal, progress }: ToolRequest<"download.hash">): Promise<ToolResult<"download.hash">> {
    const path = endpointPath(params.path);
    return withFileError(shownPath(path), async () => {
      await using handle = await openToRead(path);
      await requireVersion(handle, path, params.version);
      const kept = this.#hashes.get(keyOf(path, params.version));
      if (kept !== undefined) return { sha256: kept };
      const { size } = await handle.stat();
      const sha256 = await hashRange(handle, path, { offset: 0, length: size }, (done) => {
        if (signal.aborted) throw new AppError("transfer.cancelled", "Checking the file was cancelled.");
        progress(done, size, "bytes", shownPath(path));
      });
      await requireVersion(handle, path, params.version);
      this.#keep(path, params.version, sha256);
      return { sha256 };
    });
  }

  #keep(path: Buffer, version: string, sha256: string): void {
    this.#hashes.set(keyOf(path, version), sha256);
    const [oldest] = this.#hashes.keys();
    if (this.#hashes.size > MAX_KEPT_HASHES && oldest !== undefined) this.#hashes.delete(oldest);
  }
}

function keyOf(path: Buffer, version: string): string {
  return `${version} ${path.toString("latin1")}`;
}

/** Returns the hash of what was sent where that was the whole file. */
async function sendRange({ handle, path, range, isWhole, sender }: Sending): Promise<string | null> {
  const hasher = isWhole ? new Bun.CryptoHasher("sha256") : null;
  for await (const chunk of readRange(handle, path, range)) {
    hasher?.update(chunk);
    if (!(await sender.send(chunk))) throw new AppError("transfer.cancelled", "The download was cancelled.");
  }
  return hasher?.digest("base64url") ?? null;
}
