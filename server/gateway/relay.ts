/**
 * Hands frames between the two ends of a channel.
 *
 * INVARIANT: of a frame the relay reads its 8 header bytes and nothing else, and it hands the very same bytes on. A frame
 * reaches only the other end of the sender's own channel. Nothing is asked on the way: permission was decided when the
 * channel was made, and taking it away closes the channel.
 */
import type { ChannelKind } from "../../protocol/channel.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { channelOf, encodeClose, FRAME_HEADER_BYTES, FrameKind } from "../../protocol/frame.ts";
import type { ChannelId, SupportSessionId } from "../../protocol/ids.ts";

/** So many frames for channels that are not the sender's end its connection. */
export const MAX_STRAY_FRAMES = 64;
/** Closed channels remembered, so that what was still on its way to one is not held against its sender. */
const REMEMBERED_CLOSED_CHANNELS = 4096;

/** One end of channels: a console's socket, an agent's lane, or the server itself. */
export interface ChannelEnd {
  /** The open channels it is an end of; kept by the relay. */
  readonly channels: Set<Channel>;
  /** Frames it sent to channels that are not its own; kept by the relay. */
  strayFrames: number;
  /** Takes one frame over. `false`: it was dropped, or too much waits already; the channel ends with channel.overflow. */
  deliver(frame: Uint8Array<ArrayBuffer>, channel: Channel): boolean;
  /** A channel of its is gone, whoever closed it. */
  channelClosed(channel: Channel): void;
}

export interface Channel {
  readonly id: ChannelId;
  readonly kind: ChannelKind;
  readonly session: SupportSessionId;
  /** The console's socket, or the server's own end. */
  readonly viewer: ChannelEnd;
  /** The agent's lane. */
  readonly lane: ChannelEnd;
}

/** What became of a frame: `misbehaving` asks the caller to close the sender's connection. */
export type Forwarded = "handed-on" | "dropped" | "misbehaving";

export class Relay {
  readonly #channels = new Map<number, Channel>();
  readonly #closed = new Set<number>();
  #lastId: number;

  /** `firstId` is a random u32, so that channel numbers of an earlier process mean nothing in this one. */
  constructor(firstId: number) {
    this.#lastId = firstId >>> 0;
  }

  /** Makes a channel between two ends; its number is unique in this process. */
  open(kind: ChannelKind, session: SupportSessionId, viewer: ChannelEnd, lane: ChannelEnd): Channel {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#lastId === 0 || this.#channels.has(this.#lastId) || this.#closed.has(this.#lastId));
    const channel: Channel = { id: this.#lastId as ChannelId, kind, session, viewer, lane };
    this.#channels.set(channel.id, channel);
    viewer.channels.add(channel);
    lane.channels.add(channel);
    return channel;
  }

  /** Hands a data, credit or close frame to the other end. */
  forward(from: ChannelEnd, frame: Uint8Array<ArrayBuffer>): Forwarded {
    if (frame.length < FRAME_HEADER_BYTES) return "misbehaving";
    const channel = this.#channels.get(channelOf(frame));
    if (channel === undefined) return this.#stray(from, channelOf(frame));
    const to = channel.viewer === from ? channel.lane : channel.lane === from ? channel.viewer : null;
    if (to === null) return this.#stray(from, channel.id);
    const kind = frame[0];
    if (kind === FrameKind.close) {
      this.#forget(channel);
      to.deliver(frame, channel);
      return "handed-on";
    }
    if (kind !== FrameKind.data && kind !== FrameKind.credit) return "dropped";
    if (to.deliver(frame, channel)) return "handed-on";
    this.close(channel, "channel.overflow");
    return "dropped";
  }

  /** Ends a channel and tells both ends why; an ordinary end has no reason. Closing twice is nothing. */
  close(channel: Channel, reason: ErrorCode | "" = ""): void {
    if (!this.#forget(channel)) return;
    const frame = encodeClose(channel.id, reason);
    channel.viewer.deliver(frame, channel);
    channel.lane.deliver(frame, channel);
  }

  /** Ends every channel of an end whose connection is gone or may no longer have them. */
  closeAllOf(end: ChannelEnd, reason: ErrorCode | ""): void {
    for (const channel of [...end.channels]) this.close(channel, reason);
  }

  /** The channel of that number if `end` is one of its two ends. */
  channelAt(end: ChannelEnd, id: number): Channel | undefined {
    const channel = this.#channels.get(id);
    return channel !== undefined && (channel.viewer === end || channel.lane === end) ? channel : undefined;
  }

  get openChannels(): number {
    return this.#channels.size;
  }

  #forget(channel: Channel): boolean {
    if (!this.#channels.delete(channel.id)) return false;
    channel.viewer.channels.delete(channel);
    channel.lane.channels.delete(channel);
    this.#closed.add(channel.id);
    if (this.#closed.size > REMEMBERED_CLOSED_CHANNELS) this.#closed.delete(this.#closed.values().next().value!);
    channel.viewer.channelClosed(channel);
    channel.lane.channelClosed(channel);
    return true;
  }

  #stray(from: ChannelEnd, id: number): Forwarded {
    if (this.#closed.has(id)) return "dropped";
    from.strayFrames += 1;
    return from.strayFrames > MAX_STRAY_FRAMES ? "misbehaving" : "dropped";
  }
}
