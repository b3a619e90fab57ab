/** The lossless encoder: what moved is copied, what is left is sent as indexes of colours or raw pixels, deflated. */
import { encodeUpdate, type Rectangle, UpdateFlag } from "../../protocol/screen.ts";
import type { CLibrary } from "../x11/c-library.ts";
import { deflateBody } from "./body-deflater.ts";
import { BodyWriter } from "./body-writer.ts";
import { changedBox, keepChangedTiles } from "./changed-tiles.ts";
import { adopt, forget, moveWithin } from "./picture-memory.ts";
import {
  type ReferencePicture,
  type ScreenEncoder,
  type SeenPicture,
  TILE_EDGE,
  type TileMap,
  type UpdateStamp,
} from "./screen-encoder.ts";
import { detectScroll } from "./scroll-detection.ts";

/** From here on a body is deflated and another one begun, so that a packet always fits MAX_SCREEN_PACKET_BYTES. */
const BODY_BYTES = 128 << 10;
/** Neighbouring tiles that are sent as one box, in tiles. */
const RUN_TILES = 8;

interface Body {
  readonly deflated: Uint8Array;
  readonly bodyBytes: number;
  readonly isFresh: boolean;
}

export class LosslessEncoder implements ScreenEncoder {
  readonly #c: CLibrary;
  readonly #writer = new BodyWriter();
  #bodies: Body[] = [];

  constructor(c: CLibrary) {
    this.#c = c;
  }

  encode(
    picture: SeenPicture,
    changed: TileMap,
    reference: ReferencePicture,
    stamp: UpdateStamp,
  ): Uint8Array<ArrayBuffer>[] {
    const isKeyframe = !reference.isValid;
    this.#bodies = [];
    this.#writer.clear();
    if (isKeyframe) {
      changed.markAll();
      forget(reference);
    } else if (!keepChangedTiles(this.#c, picture, reference, changed)) return [];
    else this.#sendScroll(picture, changed, reference);
    this.#sendTiles(picture, changed, reference);
    reference.isValid = true;
    this.#finishBody(reference);
    return toPackets(this.#bodies, stamp, isKeyframe);
  }

  #sendScroll(picture: SeenPicture, changed: TileMap, reference: ReferencePicture): void {
    const area = boundsOf(changed);
    const scroll = detectScroll(this.#c, picture, reference, area);
    if (scroll === null) return;
    this.#writer.copy(scroll, scroll.x, scroll.fromY);
    moveWithin(this.#c, reference, scroll, { x: scroll.x, y: scroll.fromY });
    changed.mark(scroll);
    keepChangedTiles(this.#c, picture, reference, changed);
  }

  #sendTiles(picture: SeenPicture, changed: TileMap, reference: ReferencePicture): void {
    for (const run of runsOf(changed)) {
      const box = reference.isValid ? changedBox(this.#c, picture, reference, run) : run;
      if (box === null) continue;
      if (!this.#writer.indexed(picture, box, reference.memory.colours)) this.#sendTileByTile(picture, reference, box);
      adopt(this.#c, picture, reference, run);
      if (this.#writer.length >= BODY_BYTES) this.#finishBody(reference);
    }
  }

  /** A run with too many colours for the table: some of its tiles may still have few. */
  #sendTileByTile(picture: SeenPicture, reference: ReferencePicture, run: Rectangle): void {
    for (let x = run.x; x < run.x + run.width; x += TILE_EDGE) {
      const tile = { ...run, x, width: Math.min(TILE_EDGE, run.x + run.width - x) };
      const box = reference.isValid ? changedBox(this.#c, picture, reference, tile) : tile;
      if (box !== null && !this.#writer.indexed(picture, box, reference.memory.colours)) this.#writer.raw(picture, box);
    }
  }

  #finishBody({ memory: { history } }: ReferencePicture): void {
    const body = this.#writer.bytes;
    if (body.length === 0) return;
    this.#bodies.push({ deflated: deflateBody(body, history), bodyBytes: body.length, isFresh: history.isEmpty });
    history.remember(body);
    this.#writer.clear();
  }
}

function toPackets(bodies: readonly Body[], stamp: UpdateStamp, isKeyframe: boolean): Uint8Array<ArrayBuffer>[] {
  return bodies.map(({ deflated, bodyBytes, isFresh }, index) => {
    const more = index < bodies.length - 1 ? UpdateFlag.more : 0;
    const fresh = isFresh ? UpdateFlag.fresh : 0;
    const flags = (isKeyframe ? UpdateFlag.keyframe : 0) | more | fresh;
    return encodeUpdate({ ...stamp, flags, bodyBytes }, deflated);
  });
}

/** The smallest rectangle around all marked tiles, in pixels. */
function boundsOf(tiles: TileMap): Rectangle {
  let [left, top, right, bottom] = [tiles.columns, tiles.rows, 0, 0];
  tiles.tiles.forEach((isMarked, index) => {
    if (isMarked === 0) return;
    const [column, row] = [index % tiles.columns, Math.floor(index / tiles.columns)];
    left = Math.min(left, column);
    right = Math.max(right, column + 1);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row + 1);
  });
  return tileRectangle(tiles, left, top, right, bottom);
}

/** Marked tiles side by side, at most RUN_TILES of them, as rectangles in pixels. */
function* runsOf(tiles: TileMap): Generator<Rectangle> {
  for (let row = 0; row < tiles.rows; row++) {
    for (let column = 0; column < tiles.columns; column++) {
      const first = column;
      const isMarked = () => column < tiles.columns && tiles.tiles[row * tiles.columns + column] === 1;
      while (isMarked() && column - first < RUN_TILES) column++;
      if (column === first) continue;
      yield tileRectangle(tiles, first, row, column, row + 1);
      column--;
    }
  }
}

function tileRectangle(tiles: TileMap, left: number, top: number, right: number, bottom: number): Rectangle {
  const [x, y] = [left * TILE_EDGE, top * TILE_EDGE];
  return {
    x,
    y,
    width: Math.min(tiles.width, right * TILE_EDGE) - x,
    height: Math.min(tiles.height, bottom * TILE_EDGE) - y,
  };
}
