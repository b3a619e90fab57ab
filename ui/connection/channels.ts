/** The console's ends of the channels of one connection. */
import { type ChannelKind, channelWindows, MAX_CHANNEL_PAYLOAD_BYTES, SendWindow } from "../../protocol/channel.ts";
import { encodeClose, encodeCredit, encodeFrame, FrameKind, MAX_FRAME_BYTES } from "../../protocol/frame.ts";
import type { ChannelId } from "../../protocol/ids.ts";
import type { ConsoleChannel } from "./console-connection.ts";

/** How many channels one console holds at most; the reply that would open one more is refused. */
export const MAX_CHANNELS = 256;

type Send = (frame: Uint8Array<ArrayBuffer>) => void;

/** How a channel of this kind hands credit back: at once where the agent times its pictures by it, else in quarters. */
const creditStepBytes = (kind: ChannelKind): number =>
  kind === "screen" ? 1 : Math.max(1, channelWindows[kind].toViewerBytes >> 2);

class Channel implements ConsoleChannel {
  readonly #send: Send;
  readonly #forget: () => void;
  readonly #window: SendWindow;
  readonly #kind: ChannelKind;
  #isOpen = true;
  /** Received and not yet dealt with. */
  #unconsumedBytes = 0;
  /** Dealt with and not yet granted back. */
  #owedBytes = 0;
  #onData: ((bytes: Uint8Array<ArrayBuffer>) => void) | null = null;
  #onClose: ((reason: string) => void) | null = null;
  /** What came before anybody listened; the window bounds it. */
  #early: Uint8Array<ArrayBuffer>[] = [];
  #earlyReason: string | null = null;

  onCredit: (byteCount: number) => void = () => undefined;

  constructor(
    readonly id: ChannelId,
    readonly session: string,
    kind: ChannelKind,
    send: Send,
    forget: () => void,
  ) {
    this.#kind = kind;
    this.#send = send;
    this.#forget = forget;
    this.#window = new SendWindow(channelWindows[kind].toAgentBytes);
  }

  get onData(): (bytes: Uint8Array<ArrayBuffer>) => void {
    return this.#onData ?? (() => undefined);
  }
  set onData(listener: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.#onData = listener;
    for (const bytes of this.#early.splice(0)) listener(bytes);
  }

  get onClose(): (reason: string) => void {
    return this.#onClose ?? (() => undefined);
  }
  set onClose(listener: (reason: string) => void) {
    this.#onClose = listener;
    const reason = this.#earlyReason;
    this.#earlyReason = null;
    if (reason !== null) listener(reason);
  }

  get availableBytes(): number {
    return this.#isOpen ? this.#window.availableBytes : 0;
  }

  write(bytes: Uint8Array): number {
    if (!this.#isOpen) return 0;
    const granted = this.#window.take(bytes.length);
    for (let at = 0; at < granted; at += MAX_CHANNEL_PAYLOAD_BYTES) {
      const part = bytes.subarray(at, Math.min(granted, at + MAX_CHANNEL_PAYLOAD_BYTES));
      this.#send(encodeFrame(FrameKind.data, this.id, part));
    }
    return granted;
  }

  consumed(byteCount: number): void {
    if (!this.#isOpen || byteCount <= 0) return;
    this.#unconsumedBytes -= byteCount;
    this.#owedBytes += byteCount;
    if (this.#owedBytes < creditStepBytes(this.#kind)) return;
    this.#send(encodeCredit(this.id, this.#owedBytes));
    this.#owedBytes = 0;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#early = [];
    this.#forget();
    this.#send(encodeClose(this.id));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A data frame has come; `false` when the agent sent far more than it may. */
  receive(bytes: Uint8Array<ArrayBuffer>): boolean {
    this.#unconsumedBytes += bytes.length;
    // The agent's last packet may take its credit below zero, so one frame more than the window is in order.
    if (this.#unconsumedBytes > channelWindows[this.#kind].toViewerBytes + MAX_FRAME_BYTES) return false;
    if (this.#onData === null) this.#early.push(bytes);
    else this.#onData(bytes);
    return true;
  }

  grant(byteCount: number): void {
    this.#window.grant(byteCount);
    this.onCredit(byteCount);
  }

  /** Gone by somebody else's doing. */
  end(reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#forget();
    if (this.#onClose === null) this.#earlyReason = reason;
    else this.#onClose(reason);
  }
}

export class Channels {
  readonly #channels = new Map<number, Channel>();
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  get count(): number {
    return this.#channels.size;
  }

  /** The console's end of a channel the server has just made; `null` when there are too many or the number is taken. */
  open(id: number, session: string, kind: ChannelKind): ConsoleChannel | null {
    if (this.#channels.size >= MAX_CHANNELS || this.#channels.has(id)) return null;
    const channel = new Channel(id as ChannelId, session, kind, this.#send, () => this.#channels.delete(id));
    this.#channels.set(id, channel);
    return channel;
  }

  /** Bytes for a channel that is gone are dropped: they crossed our close on the way. */
  receive(id: number, bytes: Uint8Array<ArrayBuffer>): void {
    const channel = this.#channels.get(id);
    if (channel === undefined || channel.receive(bytes)) return;
    this.#send(encodeClose(channel.id, "channel.overflow"));
    channel.end("channel.overflow");
  }

  grant(id: number, byteCount: number): void {
    this.#channels.get(id)?.grant(byteCount);
  }

  end(id: number, reason: string): void {
    this.#channels.get(id)?.end(reason);
  }

  /** Ends every channel, or every channel of one support session. */
  endAll(reason: string, session: string | null = null): void {
    for (const channel of [...this.#channels.values()])
      if (session === null || channel.session === session) channel.end(reason);
  }
}
