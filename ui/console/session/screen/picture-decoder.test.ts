import { expect, test } from "bun:test";
import { deflateRawSync } from "node:zlib";
import { encodeLayout, encodeUpdate, UpdateFlag } from "../../../../protocol/screen.ts";
import { PictureDecoder } from "./picture-decoder.ts";

const layout = { x: 0, y: 0, width: 4, height: 2, monitor: null, monitors: [] };
const fill = (red: string) => Uint8Array.fromHex(`020000000000040002${red}0000`);
const update = (body: Uint8Array, flags = 0, bodyBytes = body.length, before = new Uint8Array()) =>
  encodeUpdate({ flags, sequence: 1, capturedAtMs: 0, bodyBytes }, deflateRawSync(body, { dictionary: before }));

test("a picture is told once the last packet of its update has come", () => {
  const decoder = new PictureDecoder();
  expect(decoder.decode(encodeLayout(layout)).kind).toBe("layout");
  expect(decoder.decode(update(fill("10"), UpdateFlag.more))).toEqual({ kind: "nothing" });
  const whole = { x: 0, y: 0, width: 4, height: 2 };
  expect(decoder.decode(update(fill("20")))).toEqual({ kind: "picture", changed: [whole, whole] });
  expect(decoder.picture!.pixels[7]).toBe(0xff000020);
});

test("a body may lean on those before it, until a fresh one makes both ends forget them", () => {
  const decoder = new PictureDecoder();
  decoder.decode(encodeLayout(layout));
  const [first, second] = [fill("10"), fill("20")];
  decoder.decode(update(first, UpdateFlag.fresh));
  const leaning = update(second, 0, second.length, first);
  expect(leaning.length).toBeLessThan(update(second).length);
  expect(decoder.decode(leaning).kind).toBe("picture");
  expect(decoder.picture!.pixels[7]).toBe(0xff000020);
  const forgetful = update(second, UpdateFlag.fresh, second.length, first);
  expect(decoder.decode(forgetful)).toEqual({ kind: "malformed" });
});

test("an update before the layout, or whose body has another length than it says, is malformed", () => {
  const decoder = new PictureDecoder();
  expect(decoder.decode(update(fill("10")))).toEqual({ kind: "malformed" });
  decoder.decode(encodeLayout(layout));
  expect(decoder.decode(update(fill("10"), 0, 5))).toEqual({ kind: "malformed" });
  expect(decoder.decode(update(fill("10"), 0, 500))).toEqual({ kind: "malformed" });
});

test("a small packet that inflates to much costs no more than it said", () => {
  const decoder = new PictureDecoder();
  decoder.decode(encodeLayout(layout));
  const bomb = update(new Uint8Array(64 << 20), 0, 1 << 20);
  expect(bomb.length).toBeLessThan(128 << 10);
  expect(decoder.decode(bomb)).toEqual({ kind: "malformed" });
});

test("a packet of a kind from a later release is stepped over", () => {
  expect(new PictureDecoder().decode(Uint8Array.of(5, 1, 2))).toEqual({ kind: "nothing" });
  expect(new PictureDecoder().decode(new Uint8Array())).toEqual({ kind: "nothing" });
});

test("no bytes of a hostile agent make the decoder throw", () => {
  const decoder = new PictureDecoder();
  decoder.decode(encodeLayout(layout));
  const good = update(fill("10"));
  const leaning = update(fill("20"), 0, fill("20").length, fill("10"));
  for (let round = 0; round < 20_000; round++) {
    const packet =
      round % 2 === 0
        ? (round % 4 === 0 ? good : leaning).slice()
        : crypto.getRandomValues(new Uint8Array(Math.floor(Math.random() * 60)));
    const at = Math.floor(Math.random() * packet.length);
    if (packet.length > 0) packet[at] = Math.floor(Math.random() * 256);
    if (packet.length > 0 && round % 2 === 1) packet[0] = packet[0]! % 7;
    decoder.decode(packet);
  }
});
