/**
 * The operations in the body of a screen update, carried out on a picture. Pure: the body is already inflated, and the
 * painting is somebody else's. A hostile body can neither draw outside the picture nor keep us busy for long.
 */
import { MAX_BODY_AREA_FACTOR, MAX_TABLE_COLOURS, type Rectangle, UpdateOperation } from "./screen.ts";

/** A picture as a canvas has it: one u32 a pixel whose bytes in memory are R, G, B, 255 (little-endian). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
  /** The colours that indexes name, as pixels are. */
  readonly colours: Uint32Array;
}

const BOX_HEADER_BYTES = 9;
const COPY_BYTES = BOX_HEADER_BYTES + 4;
const FILL_BYTES = BOX_HEADER_BYTES + 3;
const INDEXED_HEADER_BYTES = BOX_HEADER_BYTES + 4;
const OPAQUE = 0xff00_0000;

export function emptyPicture(width: number, height: number): Picture {
  const colours = new Uint32Array(MAX_TABLE_COLOURS).fill(OPAQUE);
  return { width, height, pixels: new Uint32Array(width * height).fill(OPAQUE), colours };
}

/**
 * Carries out a body's operations in order.
 * @returns the rectangles that changed, or `null` if the body is not as protocol/screen.ts describes it; the picture is
 * then only to be thrown away, and whatever came before the fault stands in it.
 */
export function applyUpdateBody(picture: Picture, body: Uint8Array): Rectangle[] | null {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const changed: Rectangle[] = [];
  let areaLeft = picture.width * picture.height * MAX_BODY_AREA_FACTOR;
  let at = 0;
  while (at < body.length) {
    if (at + BOX_HEADER_BYTES > body.length) return null;
    const box = readBox(view, at);
    areaLeft -= box.width * box.height;
    if (areaLeft < 0 || !fits(picture, box)) return null;
    const next = carryOut(picture, body, view, at, box);
    if (next === null) return null;
    if (!contains(changed.at(-1), box)) changed.push(box);
    at = next;
  }
  return changed;
}

function readBox(view: DataView, at: number): Rectangle {
  return {
    x: view.getUint16(at + 1),
    y: view.getUint16(at + 3),
    width: view.getUint16(at + 5),
    height: view.getUint16(at + 7),
  };
}

const fits = (picture: Picture, { x, y, width, height }: Rectangle): boolean =>
  width > 0 && height > 0 && x + width <= picture.width && y + height <= picture.height;

const contains = (outer: Rectangle | undefined, inner: Rectangle): boolean =>
  outer !== undefined &&
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

/** Carries one operation out; returns where the next begins, or `null` if this one is not whole. */
function carryOut(picture: Picture, body: Uint8Array, view: DataView, at: number, box: Rectangle): number | null {
  switch (body[at]) {
    case UpdateOperation.copy:
      return copy(picture, body, view, at, box);
    case UpdateOperation.fill:
      return fill(picture, body, at, box);
    case UpdateOperation.indexed:
      return indexed(picture, body, view, at, box);
    case UpdateOperation.raw:
      return raw(picture, body, at + BOX_HEADER_BYTES, box);
    default:
      return null;
  }
}

function copy(picture: Picture, body: Uint8Array, view: DataView, at: number, box: Rectangle): number | null {
  if (at + COPY_BYTES > body.length) return null;
  const from = { ...box, x: view.getUint16(at + 9), y: view.getUint16(at + 11) };
  if (!fits(picture, from)) return null;
  const { pixels, width } = picture;
  for (let row = 0; row < box.height; row++) {
    // Rows that move down are carried from the last to the first, lest a row is overwritten before it has moved.
    const line = box.y > from.y ? box.height - 1 - row : row;
    const source = (from.y + line) * width + from.x;
    pixels.copyWithin((box.y + line) * width + box.x, source, source + box.width);
  }
  return at + COPY_BYTES;
}

function fill(picture: Picture, body: Uint8Array, at: number, box: Rectangle): number | null {
  if (at + FILL_BYTES > body.length) return null;
  const colour = rgbAt(body, at + BOX_HEADER_BYTES);
  for (let line = box.y; line < box.y + box.height; line++) {
    const start = line * picture.width + box.x;
    picture.pixels.fill(colour, start, start + box.width);
  }
  return at + FILL_BYTES;
}

function indexed(picture: Picture, body: Uint8Array, view: DataView, at: number, box: Rectangle): number | null {
  if (at + INDEXED_HEADER_BYTES > body.length) return null;
  const [first, count] = [view.getUint16(at + 9), view.getUint16(at + 11)];
  const coloursAt = at + INDEXED_HEADER_BYTES;
  const indexesAt = coloursAt + count * 3;
  const end = indexesAt + box.width * box.height;
  if (first + count > MAX_TABLE_COLOURS || end > body.length) return null;
  const { pixels, width, colours } = picture;
  for (let index = 0; index < count; index++) colours[first + index] = rgbAt(body, coloursAt + index * 3);
  let from = indexesAt;
  for (let column = box.x; column < box.x + box.width; column++) {
    const bottom = (box.y + box.height) * width;
    for (let to = box.y * width + column; to < bottom; to += width) pixels[to] = colours[body[from++]!]!;
  }
  return end;
}

function raw(picture: Picture, body: Uint8Array, at: number, box: Rectangle): number | null {
  const end = at + box.width * box.height * 3;
  if (end > body.length) return null;
  const { pixels, width } = picture;
  let from = at;
  for (let line = box.y; line < box.y + box.height; line++) {
    const start = line * width + box.x;
    for (let to = start; to < start + box.width; to++, from += 3) pixels[to] = rgbAt(body, from);
  }
  return end;
}

const rgbAt = (bytes: Uint8Array, at: number): number =>
  (OPAQUE | (bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!) >>> 0;
