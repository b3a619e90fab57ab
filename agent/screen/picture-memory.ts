/** Comparing and moving pixels between the screen and what viewers have, a row at a time through the C library. */
import { type Pointer, ptr } from "bun:ffi";
import { BodyHistory } from "../../protocol/body-history.ts";
import type { Rectangle } from "../../protocol/screen.ts";
import { type CLibrary, offset, toPointer } from "../x11/c-library.ts";
import { fixedBytes } from "../x11/connection.ts";
import { ColourTable } from "./colour-table.ts";
import type { ReferencePicture, SeenPicture } from "./screen-encoder.ts";

/** An empty reference of this size. */
export function createReference(width: number, height: number): ReferencePicture {
  const bytes = fixedBytes(width * height * 4);
  const address = toPointer(ptr(bytes));
  if (address === null) throw new RangeError("a picture of no pixels");
  const memory = { history: new BodyHistory(), colours: new ColourTable() };
  return { width, height, words: new Uint32Array(bytes.buffer), address, isValid: false, memory };
}

/** A reference with the same contents. */
export function copyReference(c: CLibrary, from: ReferencePicture): ReferencePicture {
  const copy = createReference(from.width, from.height);
  c.memcpy(copy.address, from.address, from.width * from.height * 4);
  const memory = { history: from.memory.history.clone(), colours: from.memory.colours.clone() };
  return { ...copy, isValid: from.isValid, memory };
}

/** Where a pixel of the seen part lies in the screen's memory. */
export function seenAddress({ source, seen }: SeenPicture, x: number, y: number): Pointer {
  return offset(source.address, ((seen.y + y) * source.width + seen.x + x) * 4);
}

/** The same as an index into the screen's words. */
export function seenIndex({ source, seen }: SeenPicture, x: number, y: number): number {
  return (seen.y + y) * source.width + seen.x + x;
}

export function referenceAddress(reference: ReferencePicture, x: number, y: number): Pointer {
  return offset(reference.address, (y * reference.width + x) * 4);
}

/** Takes a rectangle of the screen over into the reference. */
export function adopt(c: CLibrary, picture: SeenPicture, reference: ReferencePicture, area: Rectangle): void {
  for (let y = area.y; y < area.y + area.height; y++)
    c.memcpy(referenceAddress(reference, area.x, y), seenAddress(picture, area.x, y), area.width * 4);
}

/** Moves a rectangle within the reference, as the viewer will. */
export function moveWithin(
  c: CLibrary,
  reference: ReferencePicture,
  to: Rectangle,
  from: { readonly x: number; readonly y: number },
): void {
  for (let row = 0; row < to.height; row++) {
    const line = to.y > from.y ? to.height - 1 - row : row;
    const target = referenceAddress(reference, to.x, to.y + line);
    c.memmove(target, referenceAddress(reference, from.x, from.y + line), to.width * 4);
  }
}

/** Viewers with different memories are to be sent the same from now on: they forget what they remember. */
export function forget({ memory }: ReferencePicture): void {
  memory.history.clear();
  memory.colours.clear();
}
