import { expect, test } from "bun:test";
import { applyUpdateBody, emptyPicture } from "./screen-picture.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.fromHex(hex.replaceAll(" ", ""));
/** 0xRRGGBB for each pixel. */
const rgb = (pixels: Uint32Array): number[] =>
  [...pixels].map((pixel) => ((pixel & 255) << 16) | (pixel & 0xff00) | ((pixel >>> 16) & 255));

test("a palette of one colour fills, one of several names each pixel's colour", () => {
  const picture = emptyPicture(3, 2);
  const fill = "02 0000 0000 0003 0002 00 112233";
  const two = "02 0001 0001 0002 0001 01 aabbcc 000001 01 00";
  expect(applyUpdateBody(picture, bytes(fill + two))).toEqual([
    { x: 0, y: 0, width: 3, height: 2 },
    { x: 1, y: 1, width: 2, height: 1 },
  ]);
  expect(rgb(picture.pixels)).toEqual([0x112233, 0x112233, 0x112233, 0x112233, 0x000001, 0xaabbcc]);
});

test("raw pixels are taken as they are, and every pixel is opaque", () => {
  const picture = emptyPicture(2, 1);
  applyUpdateBody(picture, bytes("03 0000 0000 0002 0001 ff0080 010203"));
  expect([...picture.pixels]).toEqual([0xff8000ff, 0xff030201]);
});

test("a copy that overlaps itself moves every row once, up and down", () => {
  for (const [toY, fromY, expected] of [
    [1, 0, [1, 1, 2, 3]],
    [0, 1, [2, 3, 4, 4]],
  ] as const) {
    const picture = emptyPicture(1, 4);
    picture.pixels.set([1, 2, 3, 4]);
    const hex = `01 0000 000${toY} 0001 0003 0000 000${fromY}`;
    expect(applyUpdateBody(picture, bytes(hex))).not.toBeNull();
    expect([...picture.pixels]).toEqual([...expected]);
  }
});

test("what reaches outside the picture, is cut short or unknown is refused", () => {
  for (const hex of [
    "02 0002 0000 0002 0001 00 112233", // past the right edge
    "02 0000 0000 0000 0001 00 112233", // no width
    "02 0000 0000 0002 0001 01 112233", // a palette cut short
    "02 0000 0000 0002 0002 01 112233 445566 00 01 00", // indexes cut short
    "03 0000 0000 0002 0001 ff0080 0102", // raw cut short
    "01 0000 0000 0002 0001 0002", // a copy cut short
    "01 0000 0000 0002 0001 0002 0000", // a copy from outside
    "07 0000 0000 0001 0001", // no such operation
    "02 0000", // a header cut short
  ])
    expect(applyUpdateBody(emptyPicture(3, 2), bytes(hex))).toBeNull();
});

test("a body that paints the same pixels over and over is refused", () => {
  const fill = "02 0000 0000 0003 0002 00 112233";
  expect(applyUpdateBody(emptyPicture(3, 2), bytes(fill.repeat(4)))).not.toBeNull();
  expect(applyUpdateBody(emptyPicture(3, 2), bytes(fill.repeat(5)))).toBeNull();
});

test("random bodies neither throw nor leave the picture", () => {
  const guard = new Uint32Array(8 * 6 + 2).fill(7);
  const picture = { width: 8, height: 6, pixels: guard.subarray(1, 49) };
  for (let round = 0; round < 30_000; round++) {
    const body = crypto.getRandomValues(new Uint8Array(Math.floor(Math.random() * 64)));
    // Mostly small numbers, so that many operations are well-formed.
    for (let at = 0; at < body.length; at++) if (body[at]! < 230) body[at] = body[at]! % 4;
    applyUpdateBody(picture, body);
  }
  expect([guard[0], guard.at(-1)]).toEqual([7, 7]);
});
