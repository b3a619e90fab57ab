/**
 * One lane of a support session, without its transport: bytes in, bytes out. It shows its ticket, then hands tool
 * requests to the session's tools and their channels' bytes to whoever holds the channel.
 */
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import { CONTROL_CHANNEL, decodeFrame, encodeFrame, FrameError, FrameKind } from "../../protocol/frame.ts";
import type { Lane as LaneName } from "../../protocol/hello.ts";
import { type ToolEventBody, type ToolEventType, tools, type ToolType } from "../../protocol/messages.ts";
import { encodeMessage, type Parsed, type ParsedTool, type ParseRefusal, parseMessage } from "../../protocol/parse.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { Channels, type LaneChannel } from "../channels.ts";
import type { ToolHandlers, ToolRequest } from "../session-tool.ts";

export interface LaneContext {
  readonly lane: LaneName;
  readonly session: string;
  readonly handlers: ToolHandlers;
  send(frame: Uint8Array<ArrayBuffer>): void;
  /** The server has taken the lane in. */
  onAttached(): void;
  /** The peer broke the protocol: the connection is to be closed. */
  onFailure(reason: string): void;
  /** A tool failed in a way nobody foresaw; for the agent's own log. */
  onUnexpected(error: unknown): void;
  monotonicMs(): number;
}

/** More requests than this at once on one lane are refused. */
export const MAX_REQUESTS_PER_LANE = 256;
const PROGRESS_INTERVAL_MS = 200;
/** How long after the ticket the server may take to answer. */
export const ATTACH_TIMEOUT_MS = 30_000;

type AnyHandler = (request: ToolRequest<ToolType>) => Promise<Record<string, unknown>> | Record<string, unknown>;

export class LaneConnection {
  readonly #channels: Channels;
  readonly #running = new Map<number, AbortController>();
  #stage: "attaching" | "attached" | "over" = "attaching";
  readonly #openedAtMs: number;

  constructor(private readonly context: LaneContext) {
    this.#channels = new Channels((frame) => this.#sendFrame(frame));
    this.#openedAtMs = context.monotonicMs();
  }

  get isAttached(): boolean {
    return this.#stage === "attached";
  }

  /** The first message of a lane. */
  attach(ticket: string): void {
    this.#send({ type: "session.attach", protocol: PROTOCOL_VERSION, ticket });
  }

  receive(bytes: Uint8Array): void {
    if (this.#stage === "over") return;
    try {
      const frame = decodeFrame(bytes);
      if (frame.kind !== FrameKind.control) this.#channels.receive(frame);
      else if (frame.channel === CONTROL_CHANNEL) this.#control(parseMessage(frame.payload, "server"));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#fail(error.message);
    }
  }

  tick(nowMs: number): void {
    if (this.#stage === "attaching" && nowMs - this.#openedAtMs > ATTACH_TIMEOUT_MS)
      this.#fail("the server did not take the lane in");
  }

  emit<T extends ToolEventType>(type: T, body: ToolEventBody<T>): void {
    if (this.#stage === "attached") this.#send({ type, session: this.context.session, ...body });
  }

  /** The transport is gone: every channel is lost and every request is stopped. */
  close(): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    this.#channels.loseAll();
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
  }

  #control(parsed: Parsed): void {
    if (!parsed.ok) this.#refuseUnread(parsed);
    else if (parsed.kind === "tool") this.#request(parsed);
    else if (parsed.kind === "message") {
      const { message } = parsed;
      if (message.type === "session.attached" && this.#stage === "attaching") this.#attached(message.session);
      else if (message.type === "tool.cancel") this.#running.get(message.request)?.abort();
      else if (this.#stage === "attaching") this.#fail(`${message.type} before the lane was attached`);
    }
  }

  #attached(session: string): void {
    if (session !== this.context.session) {
      this.#fail("the server attached the lane to another support session");
      return;
    }
    this.#stage = "attached";
    this.context.onAttached();
  }

  #refuseUnread(refusal: ParseRefusal): void {
    if (refusal.code === "message.malformed" || this.#stage === "attaching")
      this.#fail(`${refusal.code}: ${refusal.detail}`);
    else this.#sendError(refusal.request, refusal.code, `The agent cannot read this message: ${refusal.detail}.`);
  }

  #request(asked: ParsedTool): void {
    if (this.#stage !== "attached") {
      this.#fail(`${asked.type} before the lane was attached`);
      return;
    }
    const refusal = this.#refusalOf(asked);
    if (refusal !== null) {
      this.#sendError(asked.request, refusal.code, refusal.message);
      return;
    }
    const { opens } = tools[asked.type];
    const channel = opens === null ? null : this.#channels.open(asked.channel!, opens);
    if (opens !== null && channel === null)
      this.#sendError(asked.request, "request.too_many", "The agent has no room for a further channel. Close one.");
    else void this.#run(asked, channel);
  }

  /** Why a request cannot be begun; null when it can. */
  #refusalOf(asked: ParsedTool): AppError | null {
    const spec = tools[asked.type];
    if (this.context.handlers[asked.type] === undefined)
      return new AppError("agent.unsupported", "The agent on this computer cannot do this. Update the agent.");
    if (spec.lane !== this.context.lane || (spec.opens !== null) !== (asked.channel !== null))
      return new AppError("protocol.out_of_order", `The agent got ${asked.type} in a form it does not expect.`);
    if (this.#running.has(asked.request))
      return new AppError("request.conflict", `The agent is still busy with request ${asked.request}.`);
    if (this.#running.size >= MAX_REQUESTS_PER_LANE)
      return new AppError("request.too_many", "The agent has too many requests to deal with. Try again in a moment.");
    return null;
  }

  async #run(asked: ParsedTool, channel: LaneChannel | null): Promise<void> {
    const controller = new AbortController();
    this.#running.set(asked.request, controller);
    try {
      const handler = this.context.handlers[asked.type] as AnyHandler;
      const progress = this.#progressOf(asked.request);
      const answer = handler({
        params: asked.params as ToolRequest<ToolType>["params"],
        channel,
        signal: controller.signal,
        progress,
      });
      // A tool that answers at once is answered for at once: a keystroke's shell does not wait a turn.
      const result = answer instanceof Promise ? await answer : answer;
      this.#reply(asked, channel, result);
    } catch (error) {
      this.#failed(asked, channel, error);
    } finally {
      this.#running.delete(asked.request);
    }
  }

  #reply(asked: ParsedTool, channel: LaneChannel | null, result: Record<string, unknown>): void {
    const beside = channel === null ? {} : { channel: channel.id };
    this.#send({ type: tools[asked.type].reply, request: asked.request, ...beside, ...result });
    channel?.release();
  }

  #failed(asked: ParsedTool, channel: LaneChannel | null, error: unknown): void {
    const known = error instanceof AppError ? error : unexpected(error);
    if (known !== error) this.context.onUnexpected(error);
    this.#sendError(asked.request, known.code, known.message);
    channel?.close();
  }

  #progressOf(request: number): ToolRequest<ToolType>["progress"] {
    let sentAtMs = Number.NEGATIVE_INFINITY;
    return (done, total, unit, current) => {
      const nowMs = this.context.monotonicMs();
      if (nowMs - sentAtMs < PROGRESS_INTERVAL_MS) return;
      sentAtMs = nowMs;
      this.#send({ type: "tool.progress", request, done, total, unit, current: current.slice(0, 4096) });
    };
  }

  #sendError(request: number | null, code: ErrorCode, message: string): void {
    const beside = request === null ? {} : { request };
    this.#send({ type: "error", ...beside, code, message: message.slice(0, 1000) });
  }

  #fail(reason: string): void {
    if (this.#stage === "over") return;
    this.close();
    this.context.onFailure(reason);
  }

  #send(message: { readonly type: string } & Record<string, unknown>): void {
    this.#sendFrame(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message)));
  }

  #sendFrame(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#stage !== "over") this.context.send(frame);
  }
}

/** What a person reads when the agent itself went wrong; the cause stays in the agent's log. */
function unexpected(cause: unknown): AppError {
  return new AppError("internal", "The agent on this computer failed at this. Its log says why.", { cause });
}
