import { expect, test } from "bun:test";
import { AppError } from "../../protocol/errors.ts";
import { pathBytes, pathText, readableText } from "./path-text.ts";

test("text is UTF-8, byte for byte", () => {
  expect(pathText(Buffer.from([0x2f, 0x61, 0xc3, 0xa9, 0xf0, 0x9f, 0x8c, 0x8a]))).toBe("/aé🌊");
  expect(pathBytes("/aé🌊")).toEqual(Buffer.from([0x2f, 0x61, 0xc3, 0xa9, 0xf0, 0x9f, 0x8c, 0x8a]));
  expect(pathText(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toBe("\ufeffa");
});

test("bytes that are not UTF-8 stand as lone surrogates, survive JSON and come back", () => {
  const bytes = Buffer.from([0x61, 0xff, 0x62, 0xc3, 0xed, 0xa0, 0x80, 0xf0, 0x9f]);
  const text = pathText(bytes);
  expect(text).toBe("a\udcffb\udcc3\udced\udca0\udc80\udcf0\udc9f");
  expect(pathBytes(JSON.parse(JSON.stringify(text)) as string)).toEqual(bytes);
});

test("FILE-01 any bytes come back as they were", () => {
  for (let round = 0; round < 5000; round += 1) {
    const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(Math.floor(Math.random() * 24)))).map((byte) =>
      byte === 0 ? 1 : byte,
    );
    expect(pathBytes(pathText(bytes))).toEqual(Buffer.from(bytes));
    expect(pathText(bytes).includes("\ufffd") && !Buffer.from(bytes).includes(Buffer.from("\ufffd"))).toBe(false);
  }
});

test("a 0 and half a character are no name", () => {
  for (const text of ["a\0b", "\ud800", "\udc7f", "x\udfff"]) expect(() => pathBytes(text)).toThrow(AppError);
});

test("a person reads replacement characters", () => {
  expect(readableText("a\udcff")).toBe("a\ufffd");
});
