/** Which tiles of the screen really differ from what viewers have: memcmp by row, then by tile. */
import type { Rectangle } from "../../protocol/screen.ts";
import { type CLibrary, offset } from "../x11/c-library.ts";
import { referenceAddress, seenAddress, seenIndex } from "./picture-memory.ts";
import { type ReferencePicture, type SeenPicture, TILE_EDGE, type TileMap } from "./screen-encoder.ts";

/** Unmarks every tile that is equal on both sides; returns whether any is left. */
export function keepChangedTiles(
  c: CLibrary,
  picture: SeenPicture,
  reference: ReferencePicture,
  tiles: TileMap,
): boolean {
  let isAnyChanged = false;
  for (let row = 0; row < tiles.rows; row++) {
    const start = row * tiles.columns;
    const first = tiles.tiles.indexOf(1, start);
    if (first < 0) break;
    if (first >= start + tiles.columns) continue;
    const last = tiles.tiles.lastIndexOf(1, start + tiles.columns - 1);
    if (compareTileRow(c, picture, reference, tiles, row, first - start, last - start)) isAnyChanged = true;
  }
  return isAnyChanged;
}

function compareTileRow(
  c: CLibrary,
  picture: SeenPicture,
  reference: ReferencePicture,
  tiles: TileMap,
  row: number,
  first: number,
  last: number,
): boolean {
  const left = first * TILE_EDGE;
  const spanBytes = (Math.min(tiles.width, (last + 1) * TILE_EDGE) - left) * 4;
  const waiting = tiles.tiles.slice(row * tiles.columns + first, row * tiles.columns + last + 1);
  let isAnyChanged = false;
  for (let y = row * TILE_EDGE; y < Math.min(tiles.height, (row + 1) * TILE_EDGE); y++) {
    const now = seenAddress(picture, left, y);
    const before = referenceAddress(reference, left, y);
    if (c.memcmp(now, before, spanBytes) === 0) continue;
    for (let at = 0; at < waiting.length; at++) {
      if (waiting[at] === 0) continue;
      const skipped = at * TILE_EDGE * 4;
      const bytes = Math.min(TILE_EDGE * 4, spanBytes - skipped);
      if (c.memcmp(offset(now, skipped), offset(before, skipped), bytes) === 0) continue;
      waiting[at] = 0;
      isAnyChanged = true;
    }
  }
  waiting.forEach((isEqual, at) => {
    if (isEqual === 1) tiles.unmark(row * tiles.columns + first + at);
  });
  return isAnyChanged;
}

/** The smallest rectangle within `area` that holds every pixel that differs in colour; `null` if none does. */
export function changedBox(
  c: CLibrary,
  picture: SeenPicture,
  reference: ReferencePicture,
  area: Rectangle,
): Rectangle | null {
  const isRowChanged = (y: number) =>
    c.memcmp(seenAddress(picture, area.x, y), referenceAddress(reference, area.x, y), area.width * 4) !== 0;
  let top = area.y;
  let bottom = area.y + area.height - 1;
  while (top <= bottom && !isRowChanged(top)) top++;
  while (bottom > top && !isRowChanged(bottom)) bottom--;
  if (top > bottom) return null;
  let left = area.x + area.width;
  let right = area.x - 1;
  const now = picture.source.words;
  const before = reference.words;
  for (let y = top; y <= bottom; y++) {
    const a = seenIndex(picture, 0, y);
    const b = y * reference.width;
    for (let x = area.x; x < left; x++) if ((now[a + x]! ^ before[b + x]!) & 0xff_ffff) left = x;
    for (let x = area.x + area.width - 1; x > right; x--) if ((now[a + x]! ^ before[b + x]!) & 0xff_ffff) right = x;
  }
  return left > right ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
