/** Writes the operations of a screen update, as protocol/screen.ts lays them out. */
import { MAX_UPDATE_BODY_BYTES, type Rectangle, UpdateOperation } from "../../protocol/screen.ts";
import { BoxIndexer, type ColouredBox } from "./box-indexer.ts";
import type { ColourTable, TablePlaces } from "./colour-table.ts";
import { seenIndex } from "./picture-memory.ts";
import type { SeenPicture } from "./screen-encoder.ts";
import { cutIntoLines } from "./text-lines.ts";

/** One body at a time; it may grow to MAX_UPDATE_BODY_BYTES, and the encoder ends it far below. */
export class BodyWriter {
  readonly #bytes = new Uint8Array(MAX_UPDATE_BODY_BYTES);
  #length = 0;
  readonly #indexer = new BoxIndexer();

  get length(): number {
    return this.#length;
  }

  /** What has been written; a view that the next write after `clear` overwrites. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  copy(to: Rectangle, fromX: number, fromY: number): void {
    this.#header(UpdateOperation.copy, to);
    this.#u16(fromX);
    this.#u16(fromY);
  }

  /** Writes a box by the colour table; returns false, having written nothing, if it has too many colours for it. */
  indexed(picture: SeenPicture, box: Rectangle, table: ColourTable): boolean {
    const coloured = this.#indexer.index(picture, box);
    if (coloured === null) return false;
    const { blank, lines } = cutIntoLines(coloured);
    if (blank !== null) {
      this.#header(UpdateOperation.fill, box);
      this.#rgb(coloured.colours[blank]!);
    }
    if (lines.length > 0) this.#lines(coloured, box, lines, table.placesFor(coloured.colours));
    return true;
  }

  /** The first line tells the colours that are new to the table. */
  #lines(
    coloured: ColouredBox,
    box: Rectangle,
    lines: readonly Rectangle[],
    { places, first, added }: TablePlaces,
  ): void {
    for (const [index, line] of lines.entries()) {
      this.#header(UpdateOperation.indexed, { ...line, x: box.x + line.x, y: box.y + line.y });
      this.#u16(index === 0 ? first : first + added.length);
      this.#u16(index === 0 ? added.length : 0);
      if (index === 0) for (const colour of added) this.#rgb(colour);
      this.#columns(coloured, line, places);
    }
  }

  #columns({ width: boxWidth, indexes }: ColouredBox, { x, y, width, height }: Rectangle, places: Uint8Array): void {
    let to = this.#length;
    for (let column = x; column < x + width; column++) {
      const bottom = (y + height) * boxWidth;
      for (let at = y * boxWidth + column; at < bottom; at += boxWidth) this.#bytes[to++] = places[indexes[at]!]!;
    }
    this.#length = to;
  }

  raw(picture: SeenPicture, box: Rectangle): void {
    this.#header(UpdateOperation.raw, box);
    const { words } = picture.source;
    const bytes = this.#bytes;
    let to = this.#length;
    for (let y = box.y; y < box.y + box.height; y++) {
      const start = seenIndex(picture, box.x, y);
      for (let at = start; at < start + box.width; at++, to += 3) {
        const bgrx = words[at]!;
        bytes[to] = bgrx >> 16;
        bytes[to + 1] = bgrx >> 8;
        bytes[to + 2] = bgrx;
      }
    }
    this.#length = to;
  }

  #header(operation: number, { x, y, width, height }: Rectangle): void {
    this.#bytes[this.#length++] = operation;
    this.#u16(x);
    this.#u16(y);
    this.#u16(width);
    this.#u16(height);
  }

  #u16(value: number): void {
    this.#bytes[this.#length++] = value >> 8;
    this.#bytes[this.#length++] = value;
  }

  #rgb(bgrx: number): void {
    this.#bytes[this.#length++] = bgrx >> 16;
    this.#bytes[this.#length++] = bgrx >> 8;
    this.#bytes[this.#length++] = bgrx;
  }
}
