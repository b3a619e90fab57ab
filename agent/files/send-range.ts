/** A range of an open file onto a channel, as fast as its credit allows, and its hash. */
import type { FileHandle } from "node:fs/promises";
import { MAX_CHANNEL_PAYLOAD_BYTES } from "../../protocol/channel.ts";
import { AppError } from "../../protocol/errors.ts";
import type { AgentChannel } from "../session-tool.ts";
import { shownPath } from "./endpoint-path.ts";

/** Read from the disk at once; sent in frames of at most MAX_CHANNEL_PAYLOAD_BYTES. */
const READ_BYTES = 64 << 10;

/** Lets the event loop turn once. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Memory for one reading at a time; whoever reads often keeps it. */
export type ReadBuffers = readonly [Buffer, Buffer];

export function readBuffers(): ReadBuffers {
  return [Buffer.allocUnsafe(READ_BYTES), Buffer.allocUnsafe(READ_BYTES)];
}

/**
 * Reads a range in order, a chunk at a time; the chunk is only valid until the next one is asked for.
 * @throws {AppError} file.changed when the file ends before the range does.
 */
export async function* readRange(
  handle: FileHandle,
  path: Buffer,
  { offset, length }: Range,
  buffers: ReadBuffers = readBuffers(),
): AsyncGenerator<Uint8Array> {
  const end = offset + length;
  const readAt = (position: number, buffer: Buffer) =>
    handle.read(buffer, 0, Math.min(READ_BYTES, end - position), position);
  let turn: 0 | 1 = 0;
  let reading = length === 0 ? null : readAt(offset, buffers[turn]);
  try {
    for (let position = offset; reading !== null;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) throw changed(path);
      const chunk = buffers[turn].subarray(0, bytesRead);
      position += bytesRead;
      turn = turn === 0 ? 1 : 0;
      // The next read runs while this chunk is sent.
      reading = position < end ? readAt(position, buffers[turn]) : null;
      yield chunk;
    }
  } finally {
    // A read still under way would write into a descriptor's worth of memory after the file is closed.
    await reading?.catch(() => undefined);
  }
}

function changed(path: Buffer): AppError {
  return new AppError("file.changed", `${shownPath(path)} became shorter while it was read. Download it again.`);
}

/** The SHA-256 of a range, base64url. `onChunk` tells how far it is and may throw to stop. */
export async function hashRange(
  handle: FileHandle,
  path: Buffer,
  range: Range,
  onChunk: (doneBytes: number) => void = () => undefined,
): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  let done = 0;
  for await (const chunk of readRange(handle, path, range)) {
    hasher.update(chunk);
    done += chunk.length;
    onChunk(done);
  }
  return hasher.digest("base64url");
}

/** Sends bytes while there is credit and waits while there is none. Returns false when the channel is gone. */
export class CreditedSender {
  #wake: () => void = () => undefined;
  #isClosed = false;

  constructor(
    private readonly channel: AgentChannel,
    signal: AbortSignal,
  ) {
    channel.onCredit = () => this.#wake();
    channel.onClose = () => this.#close();
    signal.addEventListener("abort", () => this.#close(), { once: true });
    if (signal.aborted) this.#close();
  }

  #close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async send(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length;) {
      if (this.#isClosed) return false;
      const room = Math.min(this.channel.availableBytes, MAX_CHANNEL_PAYLOAD_BYTES, bytes.length - at);
      if (room > 0 && this.channel.write(bytes.subarray(at, at + room))) at += room;
      else await this.#credit();
    }
    // A key of the same session is looked at between two pieces: promises alone would not let the loop turn.
    await nextTurn();
    return !this.#isClosed;
  }

  #credit(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    return promise;
  }
}
