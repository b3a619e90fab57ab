import { expect, test } from "bun:test";
import {
  decodeBlocked,
  decodeCursor,
  decodeLayout,
  decodePointer,
  decodeUpdateHeader,
  encodeBlocked,
  encodeCursor,
  encodeLayout,
  encodePointer,
  encodeUpdate,
  MAX_UPDATE_BODY_BYTES,
  type ScreenLayout,
} from "./screen.ts";

const layout: ScreenLayout = {
  x: 1920,
  y: 0,
  width: 1280,
  height: 1024,
  monitor: 1,
  monitors: [
    { x: 0, y: 0, width: 1920, height: 1080, isPrimary: true },
    { x: 1920, y: 0, width: 1280, height: 1024, isPrimary: false },
  ],
};

test("a layout has these bytes", () => {
  const bytes = encodeLayout(layout);
  expect(bytes.toHex()).toBe(
    "01" +
      "0780" +
      "0000" +
      "0500" +
      "0400" +
      "01" +
      "02" +
      "00000000" +
      "07800438" +
      "01" +
      "07800000" +
      "05000400" +
      "00",
  );
  expect(decodeLayout(bytes)).toEqual(layout);
  const whole = { ...layout, monitor: null };
  expect(decodeLayout(encodeLayout(whole))).toEqual(whole);
});

test("a layout that lies about its monitors or has no size is none", () => {
  const bytes = encodeLayout(layout);
  expect(decodeLayout(bytes.subarray(0, -1))).toBeNull();
  expect(decodeLayout(encodeLayout({ ...layout, monitor: 2 }))).toBeNull();
  expect(decodeLayout(encodeLayout({ ...layout, width: 0 }))).toBeNull();
  expect(decodeLayout(encodeLayout({ ...layout, height: 16_385 }))).toBeNull();
});

test("an update's header has these bytes", () => {
  const header = { flags: 3, sequence: 0x01020304, capturedAtMs: 0xfffffffe, bodyBytes: 1000 };
  const packet = encodeUpdate(header, Uint8Array.of(9, 8));
  expect(packet.toHex()).toBe("02" + "03" + "01020304" + "fffffffe" + "000003e8" + "0908");
  expect(decodeUpdateHeader(packet)).toEqual(header);
});

test("an update that says it inflates to nothing or to too much is none", () => {
  const header = { flags: 0, sequence: 1, capturedAtMs: 1, bodyBytes: 0 };
  expect(decodeUpdateHeader(encodeUpdate(header, Uint8Array.of(1)))).toBeNull();
  expect(
    decodeUpdateHeader(encodeUpdate({ ...header, bodyBytes: MAX_UPDATE_BODY_BYTES + 1 }, Uint8Array.of(1))),
  ).toBeNull();
  expect(decodeUpdateHeader(encodeUpdate({ ...header, bodyBytes: 5 }, new Uint8Array()))).toBeNull();
});

test("cursor, pointer and reason come out as they went in, and nothing shorter or longer does", () => {
  const cursor = { width: 2, height: 1, hotX: 1, hotY: 0, rgba: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  const packet = encodeCursor(cursor);
  expect(packet.toHex()).toBe("03" + "0002" + "0001" + "0001" + "0000" + "0102030405060708");
  expect(decodeCursor(packet)).toEqual(cursor);
  expect(decodeCursor(packet.subarray(0, -1))).toBeNull();
  expect(encodePointer(0x1234, 5).toHex()).toBe("04" + "1234" + "0005");
  expect(decodePointer(encodePointer(700, 5))).toEqual({ x: 700, y: 5 });
  expect(decodeBlocked(encodeBlocked("The display has gone."))).toBe("The display has gone.");
  expect(decodeBlocked(encodeBlocked(""))).toBe("");
  expect(decodeBlocked(encodeBlocked("ä".repeat(300)))).toBe("ä".repeat(127));
});

test("no bytes make a decoder throw", () => {
  for (let round = 0; round < 20_000; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(Math.floor(Math.random() * 40)));
    if (bytes.length > 0) bytes[0] = bytes[0]! % 8;
    for (const decode of [decodeLayout, decodeUpdateHeader, decodeCursor, decodePointer, decodeBlocked]) decode(bytes);
  }
});
