/** The encoder's side of the table that indexed boxes name their colours by (protocol/screen.ts). */
import { MAX_TABLE_COLOURS } from "../../protocol/screen.ts";

/** Where the colours of a box stand in the table. */
export interface TablePlaces {
  /** The table's place of each colour, in the order they were asked for. */
  readonly places: Uint8Array;
  /** From this place on, these colours are new to the viewer. */
  readonly first: number;
  readonly added: readonly number[];
}

/** A colour keeps its place as long as there is room, so that the same letter is the same bytes in every box. */
export class ColourTable {
  readonly #placeOf = new Map<number, number>();

  /** Finds places for the colours of a box, at most MAX_TABLE_COLOURS; a full table starts over with them. */
  placesFor(colours: Uint32Array): TablePlaces {
    const missing = colours.filter((colour) => !this.#placeOf.has(colour));
    const isFull = this.#placeOf.size + missing.length > MAX_TABLE_COLOURS;
    if (isFull) this.#placeOf.clear();
    const added = [...(isFull ? colours : missing)];
    const first = this.#placeOf.size;
    added.forEach((colour, index) => this.#placeOf.set(colour, first + index));
    return { places: Uint8Array.from(colours, (colour) => this.#placeOf.get(colour) ?? 0), first, added };
  }

  clear(): void {
    this.#placeOf.clear();
  }

  clone(): ColourTable {
    const copy = new ColourTable();
    for (const [colour, place] of this.#placeOf) copy.#placeOf.set(colour, place);
    return copy;
  }
}
