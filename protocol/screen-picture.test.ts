import { expect, test } from "bun:test";
import { applyUpdateBody, emptyPicture } from "./screen-picture.ts";
import { MAX_TABLE_COLOURS } from "./screen.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.fromHex(hex.replaceAll(" ", ""));
/** 0xRRGGBB for each pixel. */
const rgb = (pixels: Uint32Array): number[] =>
  [...pixels].map((pixel) => ((pixel & 255) << 16) | (pixel & 0xff00) | ((pixel >>> 16) & 255));

test("a fill has one colour, and what lies within it is told with it", () => {
  const picture = emptyPicture(3, 2);
  const fill = "02 0000 0000 0003 0002 112233";
  const within = "02 0001 0001 0001 0001 445566";
  expect(applyUpdateBody(picture, bytes(fill + within))).toEqual([{ x: 0, y: 0, width: 3, height: 2 }]);
  expect(rgb(picture.pixels)).toEqual([0x112233, 0x112233, 0x112233, 0x112233, 0x445566, 0x112233]);
});

test("indexes name colours of the table, column after column, and the table stays for the next box", () => {
  const picture = emptyPicture(3, 2);
  const first = "03 0001 0000 0002 0002 0000 0002 aabbcc 000001 00 01 01 00";
  expect(applyUpdateBody(picture, bytes(first))).toEqual([{ x: 1, y: 0, width: 2, height: 2 }]);
  expect(rgb(picture.pixels)).toEqual([0, 0xaabbcc, 0x000001, 0, 0x000001, 0xaabbcc]);
  const next = "03 0000 0000 0001 0002 0002 0001 778899 02 00";
  expect(applyUpdateBody(picture, bytes(next))).toEqual([{ x: 0, y: 0, width: 1, height: 2 }]);
  expect(rgb(picture.pixels)).toEqual([0x778899, 0xaabbcc, 0x000001, 0xaabbcc, 0x000001, 0xaabbcc]);
});

test("raw pixels are taken as they are, and every pixel is opaque", () => {
  const picture = emptyPicture(2, 1);
  applyUpdateBody(picture, bytes("04 0000 0000 0002 0001 ff0080 010203"));
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
    "02 0002 0000 0002 0001 112233", // past the right edge
    "02 0000 0000 0000 0001 112233", // no width
    "02 0000 0000 0002 0001 1122", // a fill cut short
    "03 0000 0000 0002 0001 0000 00", // the table's places cut short
    "03 0000 0000 0002 0001 0000 0002 112233", // colours cut short
    "03 0000 0000 0002 0002 0000 0002 112233 445566 00 01 00", // indexes cut short
    "03 0000 0000 0001 0001 0100 0001 112233 00", // past the end of the table
    "03 0000 0000 0001 0001 ffff 0001 112233 00", // far past it
    "04 0000 0000 0002 0001 ff0080 0102", // raw cut short
    "01 0000 0000 0002 0001 0002", // a copy cut short
    "01 0000 0000 0002 0001 0002 0000", // a copy from outside
    "07 0000 0000 0001 0001", // no such operation
    "02 0000", // a header cut short
  ])
    expect(applyUpdateBody(emptyPicture(3, 2), bytes(hex))).toBeNull();
});

test("a body that paints the same pixels over and over is refused", () => {
  const fill = "02 0000 0000 0003 0002 112233";
  expect(applyUpdateBody(emptyPicture(3, 2), bytes(fill.repeat(4)))).not.toBeNull();
  expect(applyUpdateBody(emptyPicture(3, 2), bytes(fill.repeat(5)))).toBeNull();
});

test("random bodies neither throw nor leave the picture", () => {
  const guard = new Uint32Array(8 * 6 + 2).fill(7);
  const colours = new Uint32Array(MAX_TABLE_COLOURS + 2).fill(7);
  const table = colours.subarray(1, MAX_TABLE_COLOURS + 1);
  const picture = { width: 8, height: 6, pixels: guard.subarray(1, 49), colours: table };
  for (let round = 0; round < 30_000; round++) {
    const body = crypto.getRandomValues(new Uint8Array(Math.floor(Math.random() * 64)));
    // Mostly small numbers, so that many operations are well-formed.
    for (let at = 0; at < body.length; at++) if (body[at]! < 230) body[at] = body[at]! % 5;
    applyUpdateBody(picture, body);
  }
  expect([guard[0], guard.at(-1), colours[0], colours.at(-1)]).toEqual([7, 7, 7, 7]);
});
