import { expect, test } from "bun:test";
import { decodeInput, MAX_INPUT_FRAME_BYTES, type RemoteInput } from "../../../../protocol/input.ts";
import type { ConsoleChannel } from "../../../connection/console-connection.ts";
import { InputSender } from "./input-sender.ts";

/** The console's end of a channel whose other end is the test. */
class Peer implements ConsoleChannel {
  readonly id = 1;
  readonly received: RemoteInput[] = [];
  isClosed = false;
  onData = (): void => undefined;
  onCredit: (byteCount: number) => void = () => undefined;
  onClose = (): void => undefined;

  constructor(public availableBytes: number) {}

  write(bytes: Uint8Array): number {
    const inputs = decodeInput(bytes);
    if (inputs === null || bytes.length > MAX_INPUT_FRAME_BYTES) throw new Error("a frame that cannot be read");
    this.received.push(...inputs);
    this.availableBytes -= bytes.length;
    return bytes.length;
  }
  consumed(): void {}
  close(): void {
    this.isClosed = true;
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

function senderWith(creditBytes: number): { peer: Peer; sender: InputSender; nextFrame: () => void } {
  const peer = new Peer(creditBytes);
  const frames: (() => void)[] = [];
  const sender = new InputSender(peer, (run) => frames.push(run));
  return { peer, sender, nextFrame: () => frames.splice(0).forEach((run) => run()) };
}
const key: RemoteInput = { kind: "key", isDown: true, code: "KeyA", key: "a" };

test("of the pointer's moves only the last before a picture is sent, and keys go at once after it", () => {
  const { peer, sender, nextFrame } = senderWith(10_000);
  sender.move(1, 1);
  sender.move(2, 2);
  expect(peer.received).toEqual([]);
  nextFrame();
  sender.move(3, 3);
  sender.send([key]);
  nextFrame();
  expect(peer.received).toEqual([{ kind: "move", x: 2, y: 2 }, { kind: "move", x: 3, y: 3 }, key]);
});

test("without credit events wait whole and in order", () => {
  const { peer, sender } = senderWith(0);
  sender.send([key, { kind: "release" }]);
  expect(peer.received).toEqual([]);
  peer.availableBytes = 100;
  peer.onCredit(100);
  expect(peer.received).toEqual([key, { kind: "release" }]);
});

test("a remote computer that takes nothing for long is only told to let everything go", () => {
  const { peer, sender } = senderWith(0);
  for (let event = 0; event < 600; event++) sender.send([key]);
  peer.availableBytes = 100_000;
  peer.onCredit(100_000);
  expect(peer.received[0]).toEqual({ kind: "release" });
  expect(peer.received.length).toBeLessThan(512);
});

test("long text is cut between characters into frames that fit", () => {
  const { peer, sender } = senderWith(1_000_000);
  const text = "ä🙂".repeat(5000);
  sender.type(text);
  expect(peer.received.length).toBeGreaterThan(1);
  expect(peer.received.map((input) => (input.kind === "text" ? input.text : "")).join("")).toBe(text);
});

test("letting go of control lets every key go first", () => {
  const { peer, sender } = senderWith(100);
  sender[Symbol.dispose]();
  expect(peer.received).toEqual([{ kind: "release" }]);
  expect(peer.isClosed).toBe(true);
});
