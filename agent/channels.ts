/** The agent's end of the channels of one lane: credit both ways, early bytes kept for a tool that is not listening yet. */
import {
  channelWindows,
  type ChannelKind,
  MAX_CHANNEL_PAYLOAD_BYTES,
  ReceiveWindow,
  SendWindow,
} from "../protocol/channel.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import { decodeCredit, encodeClose, encodeCredit, encodeFrame, type Frame, FrameKind } from "../protocol/frame.ts";
import type { ChannelId } from "../protocol/ids.ts";
import type { AgentChannel } from "./session-tool.ts";

/** Sends one whole frame on the lane; what it cannot send is lost with the lane. */
export type SendFrame = (frame: Uint8Array<ArrayBuffer>) => void;

/** More channels than any support session has; a server that opens more gets a refusal. */
export const MAX_CHANNELS_PER_LANE = 256;

const ignore = (): void => undefined;

/**
 * One channel. Until the tool's reply has gone (`release`) nothing can be written, so that the peer knows the channel
 * before its first byte comes.
 */
class Channel implements AgentChannel {
  readonly #outgoing: SendWindow;
  readonly #incoming: ReceiveWindow;
  #early: Uint8Array[] = [];
  #listener: ((bytes: Uint8Array) => void) | null = null;
  #isReleased = false;
  #isClosed = false;
  onCredit: (byteCount: number) => void = ignore;
  onClose: () => void = ignore;

  constructor(
    readonly id: ChannelId,
    kind: ChannelKind,
    private readonly send: SendFrame,
    private readonly forget: () => void,
  ) {
    this.#outgoing = new SendWindow(channelWindows[kind].toViewerBytes);
    this.#incoming = new ReceiveWindow(channelWindows[kind].toAgentBytes);
  }

  get availableBytes(): number {
    return this.#isReleased && !this.#isClosed ? this.#outgoing.availableBytes : 0;
  }

  get onData(): (bytes: Uint8Array) => void {
    return this.#listener ?? ignore;
  }

  /** Bytes that came before there was a listener are given to the first one. */
  set onData(listener: (bytes: Uint8Array) => void) {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const bytes of early) listener(bytes);
  }

  write(bytes: Uint8Array): boolean {
    if (this.availableBytes <= 0) return false;
    this.#outgoing.spend(bytes.length);
    this.send(encodeFrame(FrameKind.data, this.id, bytes));
    return true;
  }

  consumed(byteCount: number): void {
    const credit = this.#incoming.consume(byteCount);
    if (credit > 0 && !this.#isClosed) this.send(encodeCredit(this.id, credit));
  }

  close(reason: ErrorCode | "" = ""): void {
    if (this.#isClosed) return;
    this.send(encodeClose(this.id, reason));
    this.lose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The reply has gone: writing may begin. */
  release(): void {
    if (this.#isReleased || this.#isClosed) return;
    this.#isReleased = true;
    this.onCredit(0);
  }

  /** Bytes from the peer; more than it was granted ends the channel. */
  receive(payload: Uint8Array): void {
    if (!this.#incoming.receive(payload.length) || payload.length > MAX_CHANNEL_PAYLOAD_BYTES) {
      this.close("channel.overflow");
      return;
    }
    if (this.#listener === null) this.#early.push(payload.slice());
    else this.#listener(payload);
  }

  grant(byteCount: number): void {
    this.#outgoing.grant(byteCount);
    this.onCredit(byteCount);
  }

  /** The channel is gone; tells its tool once. */
  lose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#early = [];
    this.forget();
    this.onClose();
  }
}

/** A channel as its lane sees it. */
export type LaneChannel = AgentChannel & { release(): void };

/** The open channels of one lane. */
export class Channels {
  readonly #open = new Map<number, Channel>();

  constructor(private readonly send: SendFrame) {}

  /** Opens the channel the server numbered `id`; null when that number is in use or there are too many. */
  open(id: number, kind: ChannelKind): LaneChannel | null {
    if (this.#open.has(id) || this.#open.size >= MAX_CHANNELS_PER_LANE) return null;
    const channel = new Channel(id as ChannelId, kind, this.send, () => this.#open.delete(id));
    this.#open.set(id, channel);
    return channel;
  }

  /** Takes a data, credit or close frame. One for a channel that is already gone is no error: the two crossed. */
  receive(frame: Frame): void {
    const channel = this.#open.get(frame.channel);
    if (channel === undefined) return;
    if (frame.kind === FrameKind.data) channel.receive(frame.payload);
    else if (frame.kind === FrameKind.close) channel.lose();
    else if (frame.kind === FrameKind.credit) {
      const byteCount = decodeCredit(frame.payload);
      if (byteCount !== null) channel.grant(byteCount);
    }
  }

  /** The lane is gone, and every channel with it. */
  loseAll(): void {
    for (const channel of [...this.#open.values()]) channel.lose();
  }
}
