import { expect, test } from "bun:test";
import { encodeClientFrame, FrameReader, MAX_FRAGMENTS, Opcode, WebSocketError } from "./frames.ts";

const MAX_BYTES = 100_000;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const text = (words: string): number[] => [...new TextEncoder().encode(words)];

/** Everything a reader tells, in order; messages are copied, for they are views. */
function read() {
  const told: unknown[] = [];
  const reader = new FrameReader(MAX_BYTES, {
    onMessage: (message) => told.push([...message]),
    onPing: (payload) => told.push({ ping: [...payload] }),
    onClose: (code, reason) => told.push({ code, reason }),
  });
  return { reader, told };
}

/** A server's frame, not masked. */
function serverFrame(opcode: number, payload: Uint8Array, isFinal = true): Uint8Array {
  const { length } = payload;
  const header = new DataView(new ArrayBuffer(length < 126 ? 2 : length < 65_536 ? 4 : 10));
  header.setUint8(0, (isFinal ? 0x80 : 0) | opcode);
  header.setUint8(1, length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.byteLength === 4) header.setUint16(2, length);
  if (header.byteLength === 10) header.setBigUint64(2, BigInt(length));
  return Buffer.concat([new Uint8Array(header.buffer), payload]);
}

const breaks = (...frames: Uint8Array[]) => {
  const { reader } = read();
  try {
    for (const frame of frames) reader.push(frame);
  } catch (error) {
    if (error instanceof WebSocketError) return error.closeCode;
    throw error;
  }
  return null;
};

test("a client's frame is masked as in the example of RFC 6455, section 5.7", () => {
  const key = bytes(0x37, 0xfa, 0x21, 0x3d);
  const hello = bytes(...text("Hello"));
  const masked = [0x7f, 0x9f, 0x4d, 0x51, 0x58];
  expect([...encodeClientFrame(Opcode.binary, hello, key)]).toEqual([0x82, 0x85, 0x37, 0xfa, 0x21, 0x3d, ...masked]);
});

test("a client's frame of any length says its length in the shortest form and can be unmasked", () => {
  const key = bytes(1, 2, 3, 4);
  for (const [length, headerBytes] of [
    [0, 6],
    [125, 6],
    [126, 8],
    [65_535, 8],
    [65_536, 14],
    [70_001, 14],
  ] as const) {
    const payload = crypto.getRandomValues(new Uint8Array(Math.min(length, 65_536)));
    const whole = Buffer.concat([payload], length);
    const frame = encodeClientFrame(Opcode.binary, whole, key);
    expect(frame).toHaveLength(headerBytes + length);
    const unmasked = frame.slice(headerBytes).map((byte, at) => byte ^ key[at % 4]!);
    expect(Buffer.compare(unmasked, whole)).toBe(0);
  }
});

test("a server's frames arrive whole, however the network cuts them", () => {
  const payloads = [0, 1, 125, 126, 1000, 65_535, 65_536, MAX_BYTES].map((length) =>
    new Uint8Array(length).fill(length),
  );
  const stream = Buffer.concat(payloads.map((payload) => serverFrame(Opcode.binary, payload)));
  for (const step of [1, 2, 7, 1000, 65_536, stream.length]) {
    const { reader, told } = read();
    for (let at = 0; at < stream.length; at += step) reader.push(stream.subarray(at, at + step));
    expect(told.length).toBe(payloads.length);
    for (const [at, payload] of payloads.entries())
      expect(Buffer.compare(Buffer.from(told[at] as number[]), payload)).toBe(0);
  }
});

test("a message in pieces is put together, and a ping between them is heard at once", () => {
  const { reader, told } = read();
  reader.push(serverFrame(Opcode.binary, bytes(1, 2), false));
  reader.push(serverFrame(Opcode.ping, bytes(9)));
  reader.push(serverFrame(Opcode.continuation, bytes(), false));
  reader.push(serverFrame(Opcode.continuation, bytes(3), true));
  reader.push(serverFrame(Opcode.pong, bytes(7)));
  reader.push(serverFrame(Opcode.binary, bytes(4)));
  expect(told).toEqual([{ ping: [9] }, [1, 2, 3], [4]]);
});

test("the closing handshake is read with and without a reason, and nothing after it", () => {
  const { reader, told } = read();
  reader.push(serverFrame(Opcode.close, bytes(0x0f, 0xa0, ...text("replaced"))));
  reader.push(serverFrame(Opcode.binary, bytes(1)));
  const bare = read();
  bare.reader.push(serverFrame(Opcode.close, bytes()));
  expect([told, bare.told]).toEqual([[{ code: 4000, reason: "replaced" }], [{ code: null, reason: "" }]]);
});

test("what breaks RFC 6455 or a limit ends the connection with the code that says so", () => {
  const piece = serverFrame(Opcode.binary, bytes(1), false);
  expect(breaks(bytes(0xc2, 0))).toBe(1002);
  expect(breaks(bytes(0x82, 0x80, 0, 0, 0, 0))).toBe(1002);
  expect(breaks(bytes(0x83, 0))).toBe(1002);
  expect(breaks(bytes(0x8b, 0))).toBe(1002);
  expect(breaks(bytes(0x09, 0))).toBe(1002);
  expect(breaks(bytes(0x89, 126, 0, 126))).toBe(1002);
  expect(breaks(bytes(0x88, 1, 3))).toBe(1002);
  expect(breaks(bytes(0x82, 126, 0, 125))).toBe(1002);
  expect(breaks(bytes(0x82, 127, 0, 0, 0, 0, 0, 0, 255, 255))).toBe(1002);
  expect(breaks(serverFrame(Opcode.continuation, bytes(1)))).toBe(1002);
  expect(breaks(piece, piece)).toBe(1002);
  expect(breaks(serverFrame(Opcode.text, bytes(65)))).toBe(1003);
  expect(breaks(bytes(0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255))).toBe(1009);
  expect(breaks(serverFrame(Opcode.binary, new Uint8Array(MAX_BYTES + 1)))).toBe(1009);
  expect(breaks(piece, serverFrame(Opcode.continuation, new Uint8Array(MAX_BYTES)))).toBe(1009);
  const empty = serverFrame(Opcode.continuation, bytes(), false);
  expect(breaks(piece, ...Array.from({ length: MAX_FRAGMENTS }, () => empty))).toBe(1002);
});

test("NA1 whatever bytes come, the reader says so by its one error, and holds no more than a message", () => {
  for (let round = 0; round < 20_000; round += 1) {
    const { reader, told } = read();
    const noise = crypto.getRandomValues(new Uint8Array(round % 64));
    // Half of them begin as a server's frame does, so that they get further.
    if (round % 2 === 0 && noise.length > 1) noise.set([(noise[0]! & 0x8f) as number, noise[1]! & 0x7f]);
    try {
      reader.push(noise);
      reader.push(noise);
    } catch (error) {
      expect(error).toBeInstanceOf(WebSocketError);
    }
    expect(told.length).toBeLessThanOrEqual(2 * noise.length);
  }
});
