import { describe, expect, test } from "bun:test";
import { encodeClose, encodeCredit, encodeFrame, FrameKind } from "../../protocol/frame.ts";
import type { ChannelId, SupportSessionId } from "../../protocol/ids.ts";
import { type Channel, type ChannelEnd, MAX_STRAY_FRAMES, Relay } from "./relay.ts";

const session = "S".repeat(22) as SupportSessionId;

/** An end that keeps what it is given. */
class Ending implements ChannelEnd {
  readonly channels = new Set<Channel>();
  readonly frames: Uint8Array[] = [];
  readonly closed: Channel[] = [];
  strayFrames = 0;
  isFull = false;
  deliver(frame: Uint8Array<ArrayBuffer>): boolean {
    if (this.isFull && frame[0] === FrameKind.data) return false;
    this.frames.push(frame);
    return true;
  }
  channelClosed(channel: Channel): void {
    this.closed.push(channel);
  }
}
const ends = () => ({ console: new Ending(), other: new Ending(), lane: new Ending() });
const bytes = new Uint8Array([1, 2, 3]);

describe("the relay", () => {
  test("hands the very same bytes to the other end, both ways, without reading the payload", () => {
    const { console, lane } = ends();
    const relay = new Relay(7);
    const channel = relay.open("shell", session, console, lane);
    const down = encodeFrame(FrameKind.data, channel.id, bytes);
    const up = encodeCredit(channel.id, 9);
    expect(relay.forward(console, down)).toBe("handed-on");
    expect(relay.forward(lane, up)).toBe("handed-on");
    expect(lane.frames[0]).toBe(down);
    expect(console.frames[0]).toBe(up);
  });

  test("hands on a header with extra bytes as it is", () => {
    const { console, lane } = ends();
    const relay = new Relay(7);
    const { id } = relay.open("shell", session, console, lane);
    const frame = new Uint8Array([FrameKind.data, 0, 0, 2, id >>> 24, id >>> 16, id >>> 8, id, 9, 9, 1]);
    relay.forward(console, frame);
    expect(lane.frames[0]).toBe(frame);
  });

  test("NA18 a frame for somebody else's channel reaches nobody, and too many end the connection", () => {
    const { console, other, lane } = ends();
    const relay = new Relay(7);
    const channel = relay.open("shell", session, console, lane);
    const frame = encodeFrame(FrameKind.data, channel.id, bytes);
    for (let count = 0; count < MAX_STRAY_FRAMES; count += 1) expect(relay.forward(other, frame)).toBe("dropped");
    expect(relay.forward(other, frame)).toBe("misbehaving");
    expect([console.frames, lane.frames]).toEqual([[], []]);
    expect(relay.forward(other, encodeClose(channel.id))).toBe("misbehaving");
    expect(relay.openChannels).toBe(1);
  });

  test("a closed channel is gone at both ends, and what was on its way is not held against anybody", () => {
    const { console, lane } = ends();
    const relay = new Relay(7);
    const channel = relay.open("shell", session, console, lane);
    relay.forward(console, encodeClose(channel.id));
    expect(lane.frames.length).toBe(1);
    expect([console.channels.size, lane.channels.size, console.closed.length, lane.closed.length]).toEqual([
      0, 0, 1, 1,
    ]);
    for (let count = 0; count < 1000; count += 1)
      expect(relay.forward(lane, encodeFrame(FrameKind.data, channel.id, bytes))).toBe("dropped");
    expect(lane.strayFrames).toBe(0);
  });

  test("an end that takes no more loses that channel, with the reason, and no other", () => {
    const { console, other, lane } = ends();
    const relay = new Relay(7);
    const slow = relay.open("screen", session, console, lane);
    const quick = relay.open("screen", session, other, lane);
    console.isFull = true;
    expect(relay.forward(lane, encodeFrame(FrameKind.data, slow.id, bytes))).toBe("dropped");
    expect(relay.forward(lane, encodeFrame(FrameKind.data, quick.id, bytes))).toBe("handed-on");
    expect(new TextDecoder().decode(console.frames.at(-1)!.subarray(8))).toBe("channel.overflow");
    expect(relay.openChannels).toBe(1);
  });

  test("numbers start where they are told, are never 0 and never used twice", () => {
    const { console, lane } = ends();
    const relay = new Relay(0xffff_fffe);
    const ids = Array.from({ length: 3 }, () => relay.open("shell", session, console, lane).id);
    expect(ids).toEqual([0xffff_ffff, 1, 2] as ChannelId[]);
  });

  test("NA2 random bytes are dropped or end the sender's connection, and reach nobody", () => {
    const { console, other, lane } = ends();
    const relay = new Relay(0x1000_0000);
    relay.open("shell", session, console, lane);
    for (let round = 0; round < 5000; round += 1) {
      const noise = crypto.getRandomValues(new Uint8Array(round % 40));
      expect(["dropped", "misbehaving"]).toContain(relay.forward(other, noise));
    }
    expect([console.frames.length, lane.frames.length, relay.openChannels]).toEqual([0, 0, 1]);
  });
});
