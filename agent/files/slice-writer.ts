/** One slice as it comes on its channel: written at its place and hashed; it counts only if the hash is the one announced. */
import type { FileHandle } from "node:fs/promises";
import { AppError } from "../../protocol/errors.ts";
import type { AgentChannel, ToolRequest } from "../session-tool.ts";
import type { ByteRing } from "./byte-ring.ts";
import { writeWhole } from "./copy-file.ts";
import type { VerifiedSlice } from "./upload-journal.ts";

/** Written to the disk at once. */
const WRITE_BYTES = 1 << 20;

/**
 * Takes a slice's bytes from its channel from the moment it is made, so that none is missed while the upload is looked
 * up. What waits is bounded by the channel's credit: more is granted only for bytes that are written.
 */
export class SliceWriter {
  #received = 0;
  #wake: () => void = () => undefined;
  #failure: AppError | null = null;

  constructor(
    private readonly channel: AgentChannel,
    private readonly slice: VerifiedSlice,
    /** Holds at least what the channel's credit lets come. */
    private readonly ring: ByteRing,
    private readonly request: Pick<ToolRequest<"upload.slice">, "signal" | "progress">,
  ) {
    const { signal } = request;
    channel.onData = (bytes) => this.#take(bytes);
    channel.onClose = () => this.stop(new AppError("channel.lost", "The connection broke while a part was sent."));
    const cancel = () => this.stop(new AppError("transfer.cancelled", "The upload was cancelled."));
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
  }

  #take(bytes: Uint8Array): void {
    this.#received += bytes.length;
    if (this.#received > this.slice.length)
      return this.stop(new AppError("request.invalid", "More bytes came than the part was announced with."));
    if (!this.ring.put(bytes))
      return this.stop(new AppError("request.invalid", "More bytes came than there was credit for."));
    this.#wake();
  }

  /** Ends the writing with this error, unless all has come. */
  stop(failure: AppError): void {
    if (this.#received !== this.slice.length || failure.code === "request.invalid") this.#failure ??= failure;
    this.#wake();
  }

  /**
   * Writes what comes until the slice is whole.
   * @throws {AppError} channel.lost, transfer.cancelled, file.hash_mismatch; else the operating system's error.
   */
  async writeTo(file: FileHandle): Promise<void> {
    const hasher = new Bun.CryptoHasher("sha256");
    for (let done = 0; done < this.slice.length;) {
      const bytes = await this.#next();
      hasher.update(bytes);
      await writeWhole(file, bytes, this.slice.offset + done);
      done += bytes.length;
      this.ring.drop(bytes.length);
      this.channel.consumed(bytes.length);
      // Over a poor line a slice takes minutes; whoever waits for it hears that it goes on.
      this.request.progress(done, this.slice.length, "bytes", "");
    }
    if (this.#failure !== null) throw this.#failure;
    if (hasher.digest("base64url") === this.slice.sha256) return;
    throw new AppError("file.hash_mismatch", "A part arrived damaged and was not taken. It is to be sent again.");
  }

  async #next(): Promise<Uint8Array> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      if (this.ring.length > 0) return this.ring.peek(WRITE_BYTES);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }
}
