/**
 * Takes a bundle from the site's own address, a piece at a time; what is safe on the disk is not asked for again. A line that
 * breaks is waited for, and the download goes on where it stopped.
 */
import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../../protocol/errors.ts";
import type { BundleFolder } from "./bundle-folder.ts";
import { type UpdateRecord, withStep } from "./update.ts";
import { BrokenLine, type FeedPlace, openBundle, readFeed } from "./update-feed.ts";
import type { UpdateJournal } from "./update-journal.ts";

/** So much is written down as safe at a time. */
const PIECE_BYTES = 8 << 20;
/** Before the first new try; each that brings nothing new doubles it. */
const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 300_000;
/** So many tries in a row that bring nothing new, then it is over: about an hour. */
const MAX_TRIES = 20;

export interface DownloadNeeds {
  readonly place: FeedPlace;
  readonly journal: UpdateJournal;
  readonly folder: BundleFolder;
}

export class Download {
  readonly #needs: DownloadNeeds;
  readonly #signal: AbortSignal;
  #record: UpdateRecord;
  #tag: string | null = null;
  /** The most that ever was on the disk: a server without ranges begins from nothing again. */
  #most: number;
  #tries = 0;

  constructor(needs: DownloadNeeds, record: UpdateRecord, signal: AbortSignal) {
    this.#needs = needs;
    this.#record = record;
    this.#signal = signal;
    this.#most = record.receivedBytes;
  }

  /**
   * Until it is whole.
   * @param bundle its name at the address; null: the address is asked
   * @throws {AppError} update.invalid: it is not what was announced, or the line stays broken; storage.full,
   * transfer.cancelled
   */
  async run(bundle: string | null): Promise<UpdateRecord> {
    for (let name = bundle; this.#record.receivedBytes !== this.#record.sizeBytes;) {
      try {
        name ??= await this.#bundleName();
        await this.#takeRest(name);
      } catch (error) {
        await this.#waitAfter(error);
      }
    }
    return this.#record;
  }

  /** What was begun before a restart of the server may no longer be what the address offers. */
  async #bundleName(): Promise<string> {
    const { place } = this.#needs;
    const { version, size, bundle } = await readFeed(place);
    if (version === this.#record.version && size === this.#record.sizeBytes) return bundle;
    const words = `${place.address} offers ${version} now, so ${this.#record.version} cannot be taken whole.`;
    throw new AppError("update.invalid", `${words} Check for updates again.`);
  }

  /** What is still missing, as far as it comes. */
  async #takeRest(bundle: string): Promise<void> {
    const { place, folder } = this.#needs;
    const there = { offset: this.#record.receivedBytes, tag: this.#tag };
    const { offset, tag, body } = await openBundle(place, bundle, there, this.#signal);
    this.#tag = tag;
    this.#record = { ...this.#record, receivedBytes: offset };
    await this.#say("");
    const pieces = body[Symbol.asyncIterator]();
    try {
      for (let isOver = false; !isOver;) {
        const piece = new Piece(pieces);
        const { fileName, receivedBytes, sizeBytes } = this.#record;
        const written = await folder.write(fileName, receivedBytes, piece, sizeBytes - receivedBytes);
        await this.#keep(receivedBytes + written);
        if (piece.broken !== null) throw piece.broken;
        isOver = piece.isLast;
      }
    } finally {
      await pieces.return?.();
    }
    const { receivedBytes, sizeBytes } = this.#record;
    if (receivedBytes === sizeBytes) return;
    const words = `${receivedBytes} of ${sizeBytes} bytes came from ${place.address}.`;
    throw new AppError("update.invalid", `${words} The bundle ended early, or latest.json names another size.`);
  }

  async #keep(receivedBytes: number): Promise<void> {
    if (this.#signal.aborted) throw cancelled();
    this.#record = await this.#needs.journal.received(this.#record, receivedBytes);
    if (receivedBytes <= this.#most) return;
    this.#most = receivedBytes;
    this.#tries = 0;
  }

  /** @throws what it was, unless it is worth another try */
  async #waitAfter(error: unknown): Promise<void> {
    this.#tries += 1;
    if (!(error instanceof BrokenLine) || this.#signal.aborted || this.#tries === MAX_TRIES) throw error;
    const waitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#tries - 1));
    await this.#say(`The connection broke. The download goes on in ${waitMs / 1000} s, where it stopped.`);
    try {
      await pause(waitMs, undefined, { signal: this.#signal });
    } catch (cause) {
      throw this.#signal.aborted ? cancelled() : cause;
    }
  }

  /** For who looks at it; "": there is nothing to say. */
  async #say(detail: string): Promise<void> {
    const { journal } = this.#needs;
    if (this.#signal.aborted) throw cancelled();
    const at = this.#record.steps.find(({ step }) => step === "received")?.at ?? journal.now();
    this.#record = await journal.save(withStep(this.#record, "received", "running", at, detail));
  }
}

const cancelled = (): AppError => new AppError("transfer.cancelled", "The update was cancelled.");

/** About so many bytes of what comes. A line that breaks ends it: what had come by then is kept. */
class Piece implements AsyncIterable<Uint8Array> {
  /** Whether nothing comes after it. */
  isLast = false;
  broken: BrokenLine | null = null;

  constructor(private readonly source: AsyncIterator<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (let taken = 0; taken < PIECE_BYTES;) {
        const { done, value } = await this.source.next();
        if (done === true) return void (this.isLast = true);
        taken += value.length;
        yield value;
      }
    } catch (error) {
      if (!(error instanceof BrokenLine)) throw error;
      this.broken = error;
    }
  }
}
