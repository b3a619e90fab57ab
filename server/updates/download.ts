/** Takes a bundle from the site's own address, a piece at a time; what is safe on the disk is not asked for again. */
import { AppError } from "../../protocol/errors.ts";
import type { BundleFolder } from "./bundle-folder.ts";
import type { UpdateRecord } from "./update.ts";
import { type FeedPlace, openBundle } from "./update-feed.ts";
import type { UpdateJournal } from "./update-journal.ts";

/** So much is written down as safe at a time. */
const PIECE_BYTES = 8 << 20;

export interface DownloadNeeds {
  readonly place: FeedPlace;
  readonly journal: UpdateJournal;
  readonly folder: BundleFolder;
}

/**
 * Until it is whole. An answer that ends early leaves what came; one that is longer than was said is refused.
 * @throws {AppError} update.invalid, storage.full, transfer.cancelled
 */
export async function download(
  { place, journal, folder }: DownloadNeeds,
  record: UpdateRecord,
  bundle: string,
  signal: AbortSignal,
): Promise<UpdateRecord> {
  if (record.receivedBytes === record.sizeBytes) return record;
  const { offset, body } = await openBundle(place, bundle, record.receivedBytes, signal);
  let current = { ...record, receivedBytes: offset };
  const pieces = body[Symbol.asyncIterator]();
  for (let isOver = false; !isOver;) {
    const piece = new Piece(pieces, PIECE_BYTES);
    const room = current.sizeBytes - current.receivedBytes;
    const written = await folder.write(current.fileName, current.receivedBytes, piece, room);
    if (signal.aborted) throw new AppError("transfer.cancelled", "The update was cancelled.");
    current = await journal.received(current, current.receivedBytes + written);
    isOver = piece.isLast;
  }
  if (current.receivedBytes === current.sizeBytes) return current;
  const words = `${current.receivedBytes} of ${current.sizeBytes} bytes came from ${place.address}.`;
  throw new AppError("update.invalid", `${words} The connection ended early, or latest.json names another size.`);
}

/** About so many bytes of what comes. */
class Piece implements AsyncIterable<Uint8Array> {
  /** Whether nothing comes after it. */
  isLast = false;

  constructor(
    private readonly source: AsyncIterator<Uint8Array>,
    private readonly bytes: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let taken = 0; taken < this.bytes;) {
      const { done, value } = await this.source.next();
      if (done === true) {
        this.isLast = true;
        return;
      }
      taken += value.length;
      yield value;
    }
  }
}
