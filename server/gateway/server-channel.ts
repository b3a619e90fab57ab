/** The server's own end of a channel on the bulk lane: what carries files between HTTP and the agent. */
import { channelWindows, MAX_CHANNEL_PAYLOAD_BYTES, ReceiveWindow, SendWindow } from "../../protocol/channel.ts";
import { AppError, type ErrorCode, errorCodes } from "../../protocol/errors.ts";
import {
  decodeCredit,
  decodeFrame,
  encodeCredit,
  FRAME_HEADER_BYTES,
  FrameError,
  FrameKind,
  writeFrameHeader,
} from "../../protocol/frame.ts";
import type { Clock } from "../clock.ts";
import type { ServerChannel } from "../support-sessions/agent-link.ts";
import type { LaneEnd } from "./lane-end.ts";
import type { Channel, ChannelEnd, Relay } from "./relay.ts";
import type { Typing } from "./typing.ts";
import { TransferWindow, type WindowBudget } from "./transfer-window.ts";

/** What waits to be taken: the widest window in frames of 4 KiB. The window counts bytes, and frames may be empty. */
const MAX_WAITING_FRAMES = 4096;

const knownCodes: ReadonlySet<string> = new Set(errorCodes);

export class ServerChannelEnd implements ChannelEnd, ServerChannel {
  readonly channels = new Set<Channel>();
  strayFrames = 0;
  readonly #outgoing = new SendWindow(channelWindows.transfer.toAgentBytes);
  readonly #arriving = new ReceiveWindow(channelWindows.transfer.toViewerBytes);
  readonly #window: TransferWindow;
  readonly #received: Uint8Array[] = [];
  /** Each frame is made here, for the socket keeps a copy of what it cannot send at once. Made with the first. */
  #frame: Uint8Array<ArrayBuffer> | null = null;
  #channel: Channel | null = null;
  #over: (() => void) | null = null;
  /** Once it is over: the reason, or "" for an ordinary end. */
  #ended: ErrorCode | "" | null = null;
  /** Whoever waits for credit, bytes or the end. */
  #woken: PromiseWithResolvers<void> | null = null;

  constructor(
    private readonly relay: Relay,
    private readonly lane: LaneEnd,
    private readonly clock: Clock,
    private readonly typing: Pick<Typing, "isAt">,
    budget: WindowBudget,
  ) {
    this.#window = new TransferWindow(lane, budget);
  }

  /** The relay's channel this is the end of; set once, before the agent can send. */
  attach(channel: Channel): void {
    this.#channel = channel;
  }

  async write(bytes: Uint8Array): Promise<void> {
    let sent = 0;
    while (sent < bytes.length) {
      if (this.#ended !== null) throw this.#error();
      const count = this.#outgoing.take(Math.min(bytes.length - sent, MAX_CHANNEL_PAYLOAD_BYTES));
      if (count === 0) {
        await this.#wake();
        continue;
      }
      this.#send(bytes.subarray(sent, sent + count));
      sent += count;
      await this.lane.whenWritable();
    }
    if (this.#ended !== null) throw this.#error();
  }

  get incoming(): AsyncIterable<Uint8Array> {
    return this.#incoming();
  }

  deliver(frame: Uint8Array<ArrayBuffer>): boolean {
    try {
      const { kind, payload } = decodeFrame(frame);
      if (kind === FrameKind.close) this.#end(new TextDecoder().decode(payload));
      else if (kind === FrameKind.credit) return this.#grant(decodeCredit(payload));
      else if (!this.#arriving.receive(payload.length) || this.#received.length >= MAX_WAITING_FRAMES) return false;
      else this.#received.push(payload);
      this.#rouse();
      return true;
    } catch (error) {
      if (error instanceof FrameError) return false;
      throw error;
    }
  }

  channelClosed(): void {
    // The close frame that follows says why.
    this.#over?.();
  }

  /** Called once, when the channel is closed. */
  whenOver(over: () => void): void {
    this.#over = over;
  }

  /** Closes it because it is not allowed any more. */
  revoke(): void {
    if (this.#channel !== null) this.relay.close(this.#channel, "channel.revoked");
  }

  [Symbol.dispose](): void {
    if (this.#channel !== null) this.relay.close(this.#channel);
    this.#end("");
    this.#window[Symbol.dispose]();
  }

  /** Bytes in order. Credit for each goes back when the next is asked for, which is when it was dealt with. */
  async *#incoming(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = this.#received.shift();
      if (bytes !== undefined) {
        yield bytes;
        this.#giveBack(bytes.length);
        continue;
      }
      if (this.#ended === "") return;
      if (this.#ended !== null) throw this.#error();
      await this.#wake();
    }
  }

  #send(payload: Uint8Array): void {
    const channel = this.#channel!;
    const frame = (this.#frame ??= new Uint8Array(FRAME_HEADER_BYTES + MAX_CHANNEL_PAYLOAD_BYTES));
    writeFrameHeader(frame, FrameKind.data, channel.id);
    frame.set(payload, FRAME_HEADER_BYTES);
    if (!this.lane.send(frame.subarray(0, FRAME_HEADER_BYTES + payload.length)))
      this.relay.close(channel, "channel.overflow");
  }

  #giveBack(byteCount: number): void {
    if (this.#ended !== null) return;
    this.lane.measureRoundTrip();
    const nowMs = this.clock.monotonicMs();
    const due = this.#arriving.consume(byteCount);
    const wider = this.#window.took(byteCount, due, nowMs);
    this.#arriving.widen(wider);
    const credit = this.#window.release(due + wider, this.typing.isAt(nowMs));
    // Credit that is lost would leave the transfer standing still for ever.
    if (credit > 0 && !this.lane.send(encodeCredit(this.#channel!.id, credit)))
      this.relay.close(this.#channel!, "channel.overflow");
  }

  #grant(byteCount: number | null): boolean {
    if (byteCount === null) return false;
    this.#outgoing.grant(byteCount);
    this.#rouse();
    return true;
  }

  #end(reason: string): void {
    this.#ended ??= reason === "" ? "" : knownCodes.has(reason) ? (reason as ErrorCode) : "channel.lost";
    this.#rouse();
  }

  #wake(): Promise<void> {
    this.#woken ??= Promise.withResolvers<void>();
    return this.#woken.promise;
  }

  #rouse(): void {
    this.#woken?.resolve();
    this.#woken = null;
  }

  #error(): AppError {
    const code = this.#ended === null || this.#ended === "" ? "channel.lost" : this.#ended;
    return new AppError(code, "The connection to the computer was lost while bytes were on their way.");
  }
}
