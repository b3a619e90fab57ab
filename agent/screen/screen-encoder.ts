/** How a changed picture becomes packets. The lossless encoder is one way; a video encoder will be another. */
import type { BodyHistory } from "../../protocol/body-history.ts";
import type { Rectangle } from "../../protocol/screen.ts";
import type { ColourTable } from "./colour-table.ts";
import type { Pixels } from "./screen-source.ts";

/** The part of the screen a group of viewers sees. */
export interface SeenPicture {
  readonly source: Pixels;
  readonly seen: Rectangle;
}

/** What the viewers remember besides the picture; an empty history means that they forget all of it. */
export interface CodingMemory {
  readonly history: BodyHistory;
  readonly colours: ColourTable;
}

/** What the viewers have; an encoder brings it up to what it has sent. The memory stays where it is. */
export interface ReferencePicture extends Pixels {
  /** False until a keyframe has been sent: nothing in it counts. */
  isValid: boolean;
  readonly memory: CodingMemory;
}

export interface UpdateStamp {
  readonly sequence: number;
  readonly capturedAtMs: number;
}

export interface ScreenEncoder {
  /**
   * Encodes what differs between `picture` and `reference` within the changed tiles, and makes the reference equal to
   * the picture there. @returns the packets of one update in their order; none if nothing differs.
   */
  encode(
    picture: SeenPicture,
    changed: TileMap,
    reference: ReferencePicture,
    stamp: UpdateStamp,
  ): Uint8Array<ArrayBuffer>[];
}

export const TILE_EDGE = 64;

/** Which tiles of a picture may have changed. */
export class TileMap {
  readonly columns: number;
  readonly rows: number;
  readonly tiles: Uint8Array;
  #isEmpty = true;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.columns = Math.ceil(width / TILE_EDGE);
    this.rows = Math.ceil(height / TILE_EDGE);
    this.tiles = new Uint8Array(this.columns * this.rows);
  }

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Marks every tile that `area`, in pixels of this picture, touches; what lies outside does not count. */
  mark({ x, y, width, height }: Rectangle): void {
    const [left, top] = [Math.max(0, x), Math.max(0, y)];
    const [right, bottom] = [Math.min(this.width, x + width), Math.min(this.height, y + height)];
    if (right <= left || bottom <= top) return;
    this.#isEmpty = false;
    const lastColumn = Math.floor((right - 1) / TILE_EDGE);
    for (let row = Math.floor(top / TILE_EDGE); row <= Math.floor((bottom - 1) / TILE_EDGE); row++) {
      const start = row * this.columns;
      this.tiles.fill(1, start + Math.floor(left / TILE_EDGE), start + lastColumn + 1);
    }
  }

  markAll(): void {
    this.mark({ x: 0, y: 0, width: this.width, height: this.height });
  }

  /** Unmarks one tile. `isEmpty` is not asked again before `clear`. */
  unmark(index: number): void {
    this.tiles[index] = 0;
  }

  clear(): void {
    this.tiles.fill(0);
    this.#isEmpty = true;
  }

  clone(): TileMap {
    const copy = new TileMap(this.width, this.height);
    copy.tiles.set(this.tiles);
    copy.#isEmpty = this.#isEmpty;
    return copy;
  }
}
