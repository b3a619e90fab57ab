/** Bytes of a file from the agent, whole or not at all. */
import { AppError } from "../../protocol/errors.ts";
import type { AgentLink, ServerChannel } from "../support-sessions/agent-link.ts";
import type { ByteRange } from "./byte-range.ts";

/** A file in one state. */
export interface FileState {
  readonly path: string;
  readonly version: string;
  readonly sizeBytes: number;
}

/** Hashing a large file on a slow disk takes long; no byte moves meanwhile. */
export const HASH_TIMEOUT_MS = 30 * 60_000;

/** Bytes on their way; disposing stops the agent. */
export interface AgentBytes extends Disposable {
  /** Of the range, where it is at most a slice long. */
  readonly sha256: string | null;
  readonly incoming: AsyncIterable<Uint8Array>;
}

/**
 * Asks the agent for a range; it answers before the first byte.
 * @throws {AppError} the agent's refusal: file.changed, file.not_found, …
 */
export async function openBytes(link: AgentLink, file: FileState, range: ByteRange): Promise<AgentBytes> {
  const { path, version } = file;
  let opened: ServerChannel | null = null;
  try {
    const { result, channel } = await link.ask(
      "download.read",
      { path, version, ...range },
      { onChannel: (channel) => void (opened = channel) },
    );
    if (channel === null) throw new AppError("agent.unsupported", "The agent sends no files. Update it.");
    return { sha256: result.sha256, incoming: channel.incoming, [Symbol.dispose]: () => channel[Symbol.dispose]() };
  } catch (error) {
    closeChannel(opened);
    throw error;
  }
}

function closeChannel(channel: ServerChannel | null): void {
  channel?.[Symbol.dispose]();
}

/**
 * Passes bytes on, but keeps the last ones back until the whole is known to be right: a receiver that was told the length
 * never takes a broken transfer for a whole one. Closes `bytes` however it ends.
 * @param check gets the SHA-256 of all (base64url) and throws to refuse it.
 * @throws {AppError} channel.lost where fewer bytes came; what `check` or the agent says.
 */
export async function* wholeOrNothing(
  bytes: AgentBytes,
  { path, length }: { readonly path: string; readonly length: number },
  check: (sha256: string) => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  using _ = bytes;
  const hasher = new Bun.CryptoHasher("sha256");
  let received = 0;
  let last: Uint8Array | null = null;
  for await (const chunk of named(bytes.incoming, path)) {
    if (last !== null) yield last;
    hasher.update(chunk);
    received += chunk.length;
    last = chunk;
  }
  if (received !== length)
    throw new AppError("channel.lost", "The computer stopped sending. Go on with the download when it is back.");
  await check(hasher.digest("base64url"));
  if (last !== null) yield last;
}

/** A channel ends with a mere code; the person is told which file it was. */
async function* named(incoming: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* incoming;
  } catch (error) {
    if (!(error instanceof AppError) || !error.code.startsWith("file.")) throw error;
    const what = error.code === "file.changed" ? "changed while it was sent" : "could not be read to its end";
    throw new AppError(error.code, `${path.toWellFormed()} ${what}. Download it again.`, { cause: error });
  }
}

/**
 * Compares what came with what stands on the endpoint's disk.
 * @throws {AppError} file.hash_mismatch.
 */
export async function requireSameHash(link: AgentLink, file: FileState, sha256: string): Promise<void> {
  const { path, version } = file;
  const { result } = await link.ask("download.hash", { path, version }, { timeoutMs: HASH_TIMEOUT_MS });
  if (result.sha256 === sha256) return;
  throw new AppError("file.hash_mismatch", "What came is not what stands on the computer's disk. Download it again.");
}

/**
 * A generator as a response's body: read only as fast as the browser takes it.
 * @param opened what the generator would close if it ever ran: a browser may be gone before it reads the first byte.
 */
export function toBody(
  bytes: AsyncGenerator<Uint8Array, void>,
  onError: (error: unknown) => void,
  opened: Disposable | null = null,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await bytes.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          onError(error);
          controller.error(error);
        }
      },
      async cancel() {
        await bytes.return();
        opened?.[Symbol.dispose]();
      },
    },
    { highWaterMark: 0 },
  );
}
