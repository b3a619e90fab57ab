import { expect, test } from "bun:test";
import {
  channelOf,
  CONTROL_CHANNEL,
  decodeCredit,
  decodeFrame,
  encodeClose,
  encodeCredit,
  encodeFrame,
  FrameError,
  FrameKind,
  MAX_FRAME_BYTES,
} from "./frame.ts";
import type { ChannelId } from "./ids.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const channel = 7 as ChannelId;

function refusalOf(bytes: Uint8Array): string {
  try {
    decodeFrame(bytes);
    return "read";
  } catch (error) {
    return error instanceof FrameError ? error.code : String(error);
  }
}

test("a data frame has these exact bytes", () => {
  expect(hex(encodeFrame(FrameKind.data, channel, new Uint8Array([0x1b, 0x5b, 0x41])))).toBe("01000000000000071b5b41");
});

test("a credit frame has these exact bytes and reads back", () => {
  const bytes = encodeCredit(0xfffffffe as ChannelId, 65536);
  expect(hex(bytes)).toBe("02000000fffffffe00010000");
  expect(decodeCredit(decodeFrame(bytes).payload)).toBe(65536);
  expect(channelOf(bytes)).toBe(0xfffffffe as ChannelId);
});

test("a close frame carries its reason", () => {
  expect(hex(encodeClose(channel, "channel.revoked"))).toBe("0300000000000007" + hex(Buffer.from("channel.revoked")));
});

test("an older peer steps over header fields that a newer one added", () => {
  const frame = decodeFrame(Buffer.from("0100000400000007deadbeef41", "hex"));
  expect([frame.kind, frame.channel, [...frame.payload]]).toEqual([FrameKind.data, channel, [0x41]]);
});

test.each([
  ["nothing", "", "frame.too_short"],
  ["seven bytes", "01000000000000", "frame.too_short"],
  ["an extra header past the end", "0100ffff00000007", "frame.bad_extra"],
])("%s is refused", (_name, bytes, code) => {
  expect(refusalOf(Buffer.from(bytes, "hex"))).toBe(code);
});

test("a frame over the limit is refused, one at the limit is not", () => {
  expect(() => decodeFrame(new Uint8Array(MAX_FRAME_BYTES + 1))).toThrow(FrameError);
  expect(decodeFrame(new Uint8Array(MAX_FRAME_BYTES)).channel).toBe(CONTROL_CHANNEL);
});

test("credit that is not exactly a positive u32 is no credit", () => {
  for (const payload of ["", "00", "00000000", "0000000001"])
    expect(decodeCredit(Buffer.from(payload, "hex"))).toBeNull();
});

test("20,000 random frames are read or refused, never anything else", () => {
  for (let round = 0; round < 20_000; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(round % 64));
    try {
      const frame = decodeFrame(bytes);
      expect(frame.payload.length).toBeLessThanOrEqual(bytes.length - 8);
    } catch (error) {
      expect(error).toBeInstanceOf(FrameError);
    }
  }
});
