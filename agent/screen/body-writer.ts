/** Writes the operations of a screen update, as protocol/screen.ts lays them out. */
import { MAX_TABLE_COLOURS, MAX_UPDATE_BODY_BYTES, type Rectangle, UpdateOperation } from "../../protocol/screen.ts";
import type { ColourTable } from "./colour-table.ts";
import { seenIndex } from "./picture-memory.ts";
import type { SeenPicture } from "./screen-encoder.ts";
import { cutIntoLines } from "./text-lines.ts";

const TABLE_SIZE = 1024;

/** The largest single operation that may be asked for, in pixels. */
export const MAX_BOX_PIXELS = 64 * 1024;

export class BodyWriter {
  readonly #bytes = new Uint8Array(MAX_UPDATE_BODY_BYTES);
  #length = 0;
  /** Colours found so far in a box: a hash table from colour to index whose slots count only for the present box. */
  readonly #slotColour = new Uint32Array(TABLE_SIZE);
  readonly #slotIndex = new Uint16Array(TABLE_SIZE);
  readonly #slotBox = new Uint32Array(TABLE_SIZE);
  readonly #colours = new Uint32Array(MAX_TABLE_COLOURS);
  readonly #indexes = new Uint8Array(MAX_BOX_PIXELS);
  #box = 0;

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
    const colourCount = this.#index(picture, box);
    if (colourCount === null) return false;
    const { width, height } = box;
    const { blank, lines } = cutIntoLines({ width, height, indexes: this.#indexes });
    if (blank !== null) {
      this.#header(UpdateOperation.fill, box);
      this.#rgb(this.#colours[blank]!);
    }
    if (lines.length === 0) return true;
    let { places, first, added } = table.placesFor(this.#colours.subarray(0, colourCount));
    for (const line of lines) {
      this.#header(UpdateOperation.indexed, { ...line, x: box.x + line.x, y: box.y + line.y });
      this.#u16(first);
      this.#u16(added.length);
      for (const colour of added) this.#rgb(colour);
      this.#columns(line, width, places);
      // The first line has told them.
      [first, added] = [first + added.length, []];
    }
    return true;
  }

  #columns({ x, y, width, height }: Rectangle, boxWidth: number, places: Uint8Array): void {
    let to = this.#length;
    for (let column = x; column < x + width; column++) {
      const bottom = (y + height) * boxWidth;
      for (let at = y * boxWidth + column; at < bottom; at += boxWidth) this.#bytes[to++] = places[this.#indexes[at]!]!;
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

  /** Numbers the box's colours in the order of their first pixel; `null` if there are too many. */
  #index(picture: SeenPicture, box: Rectangle): number | null {
    const { words } = picture.source;
    this.#box++;
    let colourCount = 0;
    let lastColour = -1;
    let lastIndex = 0;
    let to = 0;
    for (let y = box.y; y < box.y + box.height; y++) {
      const start = seenIndex(picture, box.x, y);
      for (let at = start; at < start + box.width; at++) {
        const colour = words[at]! & 0xff_ffff;
        if (colour !== lastColour) {
          const slot = this.#slotFor(colour);
          if (this.#slotBox[slot] !== this.#box) {
            if (colourCount === MAX_TABLE_COLOURS) return null;
            this.#slotBox[slot] = this.#box;
            this.#slotColour[slot] = colour;
            this.#slotIndex[slot] = colourCount;
            this.#colours[colourCount++] = colour;
          }
          lastColour = colour;
          lastIndex = this.#slotIndex[slot]!;
        }
        this.#indexes[to++] = lastIndex;
      }
    }
    return colourCount;
  }

  /** The slot that holds the colour, or the free one where it belongs. */
  #slotFor(colour: number): number {
    let slot = (Math.imul(colour, 0x9e37_79b1) >>> 22) & (TABLE_SIZE - 1);
    while (this.#slotBox[slot] === this.#box && this.#slotColour[slot] !== colour) slot = (slot + 1) & (TABLE_SIZE - 1);
    return slot;
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
