/** The other end of one lane, in memory: asks tools, reads channels, and grants credit as slowly as a test wants. */
import { channelWindows, type ChannelKind } from "../../protocol/channel.ts";
import {
  CONTROL_CHANNEL,
  decodeCredit,
  decodeFrame,
  encodeClose,
  encodeCredit,
  encodeFrame,
  FrameKind,
} from "../../protocol/frame.ts";
import type { ChannelId, SupportSessionId } from "../../protocol/ids.ts";
import { tools, type ToolParams, type ToolResult, type ToolType } from "../../protocol/messages.ts";
import { encodeMessage, parseMessage } from "../../protocol/parse.ts";
import { LaneConnection } from "../connection/lane.ts";
import type { CreateTool, SessionTool } from "../session-tool.ts";
import { makeId } from "./test-site.ts";

/** A channel as the viewer has it. */
export class ViewerChannel {
  readonly received: Buffer[] = [];
  receivedBytes = 0;
  /** What the agent has granted and we have not used. */
  credit: number;
  closeReason: string | null = null;
  /** Called for each data frame; by default the bytes are dealt with at once. */
  onData: (bytes: Uint8Array) => void = (bytes) => this.grant(bytes.length);
  onChange: () => void = () => undefined;

  constructor(
    readonly id: ChannelId,
    kind: ChannelKind,
    private readonly toAgent: (frame: Uint8Array) => void,
  ) {
    this.credit = channelWindows[kind].toAgentBytes;
  }

  get text(): string {
    return Buffer.concat(this.received).toString();
  }

  grant(byteCount: number): void {
    this.toAgent(encodeCredit(this.id, byteCount));
  }

  /** Sends as much as credit allows; returns how many bytes went. */
  write(bytes: Uint8Array): number {
    const byteCount = Math.min(bytes.length, this.credit, 64 << 10);
    this.credit -= byteCount;
    if (byteCount > 0) this.toAgent(encodeFrame(FrameKind.data, this.id, bytes.subarray(0, byteCount)));
    return byteCount;
  }

  /** Sends everything, waiting for credit. */
  async writeAll(text: string): Promise<void> {
    let bytes: Uint8Array = Buffer.from(text);
    while (bytes.length > 0) {
      bytes = bytes.subarray(this.write(bytes));
      if (bytes.length > 0) await Bun.sleep(1);
    }
  }

  close(): void {
    this.toAgent(encodeClose(this.id));
  }

  /** Waits until what came so far fits. */
  async until(isEnough: (channel: this) => boolean): Promise<void> {
    while (!isEnough(this)) await new Promise<void>((resolve) => (this.onChange = resolve));
  }
}

/** One support session's tool on one lane, as often cut and attached again as a test likes. */
export class LaneViewer implements Disposable {
  readonly session = makeId();
  readonly channels = new Map<number, ViewerChannel>();
  readonly events: Record<string, unknown>[] = [];
  readonly #tool: SessionTool;
  readonly #replies = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #lane: LaneConnection;
  #counter = 0;

  constructor(
    create: CreateTool,
    private readonly name: "interactive" | "bulk" = "interactive",
  ) {
    this.#tool = create({
      session: this.session as SupportSessionId,
      stateDirectory: "/nonexistent",
      emit: (type, body) => this.#lane.emit(type, body),
    });
    this.#lane = this.#attach();
  }

  /** The connection breaks: what was on its way is lost, and with it every channel. */
  cut(): void {
    this.#lane.close();
    this.channels.clear();
    this.#lane = this.#attach();
  }

  async ask<T extends ToolType>(
    type: T,
    params: ToolParams<T>,
  ): Promise<ToolResult<T> & { readonly channel: ViewerChannel }> {
    const request = (this.#counter += 1);
    const kind = tools[type].opens;
    const channel =
      kind === null ? null : new ViewerChannel(request as ChannelId, kind, (frame) => this.toAgent(frame));
    if (channel !== null) this.channels.set(channel.id, channel);
    const reply = Promise.withResolvers<Record<string, unknown>>();
    this.#replies.set(request, reply);
    const beside = channel === null ? {} : { channel: channel.id };
    this.sendControl({ type, request, ...beside, ...params });
    return { ...(await reply.promise), channel } as ToolResult<T> & { readonly channel: ViewerChannel };
  }

  sendControl(message: { readonly type: string } & Record<string, unknown>): void {
    this.toAgent(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message)));
  }

  toAgent(frame: Uint8Array): void {
    this.#lane.receive(frame);
  }

  [Symbol.dispose](): void {
    this.#lane.close();
    this.#tool[Symbol.dispose]();
  }

  #attach(): LaneConnection {
    const lane = new LaneConnection({
      lane: this.name,
      session: this.session,
      handlers: this.#tool.handlers,
      send: (frame) => this.#take(frame),
      onAttached: () => undefined,
      onFailure: (reason) => {
        throw new Error(reason);
      },
      onUnexpected: (error) => {
        throw error;
      },
      monotonicMs: () => performance.now(),
    });
    const attached = encodeMessage({ type: "session.attached", session: this.session });
    lane.receive(encodeFrame(FrameKind.control, CONTROL_CHANNEL, attached));
    return lane;
  }

  #take(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame.kind === FrameKind.control) this.#takeControl(frame.payload);
    const channel = this.channels.get(frame.channel);
    if (channel === undefined) return;
    if (frame.kind === FrameKind.credit) channel.credit += decodeCredit(frame.payload)!;
    if (frame.kind === FrameKind.close) channel.closeReason = new TextDecoder().decode(frame.payload);
    if (frame.kind === FrameKind.data) {
      channel.received.push(Buffer.from(frame.payload));
      channel.receivedBytes += frame.payload.length;
      channel.onData(frame.payload);
    }
    channel.onChange();
  }

  #takeControl(payload: Uint8Array): void {
    const parsed = parseMessage(payload, "agent");
    if (!parsed.ok) throw new Error(`the agent sent ${parsed.code}: ${parsed.detail}`);
    if (parsed.kind === "reply") this.#replies.get(parsed.request)?.resolve(parsed.result);
    if (parsed.kind === "tool-event") this.events.push({ type: parsed.type, ...parsed.body });
    if (parsed.kind === "message" && parsed.message.type === "error")
      this.#replies.get(parsed.message.request ?? 0)?.reject(new Error(parsed.message.code));
  }
}
