/** Numbers the colours of a box of the screen. */
import { MAX_TABLE_COLOURS, type Rectangle } from "../../protocol/screen.ts";
import { seenIndex } from "./picture-memory.ts";
import type { SeenPicture } from "./screen-encoder.ts";
import type { IndexedBox } from "./text-lines.ts";

/** The largest box that may be asked for, in pixels. */
const MAX_BOX_PIXELS = 64 * 1024;
/** Four times as many slots as colours: two colours seldom meet. */
const SLOTS = MAX_TABLE_COLOURS * 4;

/** A box's pixels by index, with its colours (0xRRGGBB) in the order of their first pixel: views that the next box overwrites. */
export interface ColouredBox extends IndexedBox {
  readonly colours: Uint32Array;
}

/** Keeps its tables from box to box; a slot of the hash table from colour to index counts only for the box it names. */
export class BoxIndexer {
  readonly #slotColour = new Uint32Array(SLOTS);
  readonly #slotIndex = new Uint16Array(SLOTS);
  readonly #slotBox = new Uint32Array(SLOTS);
  readonly #colours = new Uint32Array(MAX_TABLE_COLOURS);
  readonly #indexes = new Uint8Array(MAX_BOX_PIXELS);
  #box = 0;
  #colourCount = 0;

  /** @returns `null` for a box with more than MAX_TABLE_COLOURS colours. */
  index(picture: SeenPicture, { x, y, width, height }: Rectangle): ColouredBox | null {
    const { words } = picture.source;
    this.#box++;
    this.#colourCount = 0;
    let lastColour = -1;
    let lastIndex = 0;
    let to = 0;
    for (let row = y; row < y + height; row++) {
      const start = seenIndex(picture, x, row);
      for (let at = start; at < start + width; at++) {
        const colour = words[at]! & 0xff_ffff;
        if (colour !== lastColour) {
          lastIndex = this.#indexOf(colour);
          if (lastIndex === MAX_TABLE_COLOURS) return null;
          lastColour = colour;
        }
        this.#indexes[to++] = lastIndex;
      }
    }
    return { width, height, indexes: this.#indexes, colours: this.#colours.subarray(0, this.#colourCount) };
  }

  /** The index of a colour, a new one if the box has not had it; MAX_TABLE_COLOURS once there are too many. */
  #indexOf(colour: number): number {
    let slot = (Math.imul(colour, 0x9e37_79b1) >>> 22) & (SLOTS - 1);
    while (this.#slotBox[slot] === this.#box && this.#slotColour[slot] !== colour) slot = (slot + 1) & (SLOTS - 1);
    if (this.#slotBox[slot] === this.#box) return this.#slotIndex[slot]!;
    if (this.#colourCount === MAX_TABLE_COLOURS) return MAX_TABLE_COLOURS;
    this.#slotBox[slot] = this.#box;
    this.#slotColour[slot] = colour;
    this.#slotIndex[slot] = this.#colourCount;
    this.#colours[this.#colourCount] = colour;
    return this.#colourCount++;
  }
}
