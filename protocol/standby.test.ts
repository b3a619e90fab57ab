import { describe, expect, test } from "bun:test";
import { decodeLaneMessage, encodeLaneMessage, type LaneMessage, MAX_PIECE_BYTES } from "./standby.ts";

const salts = "00112233445566ff";
const messages: LaneMessage[] = [
  { type: "challenge", ephemeral: "A".repeat(43) },
  {
    ...{ type: "state", role: "standby", term: 3, hasYielded: false, host: "", port: 443, siteName: "Northmoor" },
    position: { salts, bytes: 32, checksum: "" },
  },
  { type: "pulse", at: 1, salts, bytes: 2 },
  { type: "log", salts, offset: 4_294_967_296, bytes: Uint8Array.of(1, 2, 3) },
  { type: "base", salts: "", offset: 0, bytes: new Uint8Array(MAX_PIECE_BYTES) },
];

/** A message as it is sent, in one. */
const encoded = (message: LaneMessage): Uint8Array => Uint8Array.from(Buffer.concat([...encodeLaneMessage(message)]));

describe("what a pair's appliances say to each other", () => {
  test("each message comes back as it was", () => {
    for (const message of messages) expect(decodeLaneMessage(encoded(message))).toEqual(message);
  });

  test("a piece of the log, byte by byte", () => {
    const bytes = encoded({ type: "log", salts, offset: 258, bytes: Uint8Array.of(0xaa) });
    expect(Buffer.from(bytes).toString("hex")).toBe("03" + salts + "0000000000000102" + "aa");
  });

  test("what is not as agreed is no message: empty, too long, words of nobody, offsets beyond all files", () => {
    const word = (text: string) => Uint8Array.from([1, ...new TextEncoder().encode(text)]);
    const beyond = encoded({ type: "log", salts, offset: 1, bytes: Uint8Array.of(1) });
    beyond.fill(0xff, 9, 17);
    const none = [
      ...[new Uint8Array(), Uint8Array.of(0), Uint8Array.of(2), word("{"), word("null"), word('{"type":"root"}')],
      word(JSON.stringify({ type: "take-over", term: -1, position: { salts, bytes: 0, checksum: "" } })),
      ...[word(`"${"x".repeat(9000)}"`), Uint8Array.of(1, 0xff, 0xfe), beyond],
      new Uint8Array(17 + MAX_PIECE_BYTES + 1).fill(2),
      new Uint8Array(17).fill(3),
    ];
    for (const bytes of none) expect(decodeLaneMessage(bytes)).toBeNull();
  });

  test("noise and altered messages are read or refused, and nothing throws", () => {
    const known = messages.slice(0, 4).map(encoded);
    for (let round = 0; round < 20_000; round += 1) {
      const from = known[round % known.length]!;
      const altered = Uint8Array.from(from.subarray(0, 1 + Math.floor(Math.random() * from.length)));
      for (let change = 0; change < 3; change += 1)
        altered[Math.floor(Math.random() * altered.length)] = Math.floor(Math.random() * 256);
      const message = decodeLaneMessage(altered);
      if (message?.type === "log" || message?.type === "base") expect(message.bytes.length).toBeGreaterThan(0);
    }
  });
});
