/**
 * One connection of the console to the server, without the connection: it is fed the bytes that came and writes the
 * bytes that go. A lost connection's wire is never used again; its successor starts from nothing.
 */
import { AppError } from "../../protocol/errors.ts";
import {
  CONTROL_CHANNEL,
  decodeCredit,
  decodeFrame,
  encodeClose,
  encodeFrame,
  type Frame,
  FrameError,
  FrameKind,
} from "../../protocol/frame.ts";
import type { ChannelId } from "../../protocol/ids.ts";
import {
  type ConsoleToolType,
  type Handlers,
  type Message,
  type MessageBody,
  type ToolParams,
  type ToolResult,
  tools,
  type ToolType,
} from "../../protocol/messages.ts";
import type { SessionEvent, SessionView } from "../../protocol/messages/session.ts";
import { encodeMessage, type ParsedReply, type ParsedToolEvent, parseMessage } from "../../protocol/parse.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { Channels } from "./channels.ts";
import type { ConsoleChannel, Progress, ToolAnswer } from "./console-connection.ts";
import { PendingRequests, refusalFrom, type Reply } from "./pending-requests.ts";

/**
 * What the server tells beside sessions and Jump Items: a schedule ends soon, requests for access, what is said to everybody,
 * the customer's answers.
 */
export type ConsoleNews = Message<
  "session.notice" | "access-requests.changed" | "announcements.changed" | "consent.waiting" | "consent.settled"
>;

/** What a start brings with it, as StartNeeds asks for it. */
export interface StartWish {
  readonly jumpItem: string;
  readonly ticket?: string;
  readonly overrideSchedule?: boolean;
  readonly endUserCode?: string;
}

/** What a wire tells whoever holds it. */
export interface WireListener {
  /** Send this frame. */
  send(frame: Uint8Array<ArrayBuffer>): void;
  welcomed(welcome: MessageBody<"console.welcome">, sessions: readonly SessionView[]): void;
  signedOut(code: string, message: string): void;
  /** null: too many to name. */
  jumpItemsChanged(jumpItems: readonly string[] | null): void;
  sessionChanged(session: SessionView): void;
  sessionLogged(session: string, event: SessionEvent): void;
  sessionEnded(session: string, message: string): void;
  toolEvent(event: ParsedToolEvent): void;
  news(news: ConsoleNews): void;
  /** A ping came back after so many ms. */
  roundTrip(milliseconds: number): void;
  /** The server broke the wire's rules; the connection is to be closed. */
  broken(reason: string): void;
  /** A listener threw. */
  problem(error: unknown): void;
}

/** Messages that are the server's and an agent's alone; a console that gets one ignores it. */
type AgentsOwn =
  | "agent.challenge"
  | "agent.welcome"
  | "agent.refused"
  | "agent.heartbeat-received"
  | "agent.uninstall"
  | "connected-notice.show"
  | "consent.ask"
  | "consent.withdraw"
  | "trust.changed"
  | "session.begin"
  | "session.finish"
  | "session.attached"
  | "tool.cancel";

/** How a request is asked, beside its type and parameters. */
export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A request that was not answered because its connection is gone. */
export const connectionLost = (): AppError =>
  new AppError("channel.lost", "The connection to the server was lost before the answer came. It is tried again.");

const unreadable = (what: string): AppError =>
  new AppError("internal", `The server's answer does not fit what was asked (${what}). Try again.`);

function answerOf<T extends ConsoleToolType>(reply: Reply): ToolAnswer<T> {
  if (reply.kind !== "tool") throw unreadable(reply.kind);
  return { result: reply.result as ToolResult<T>, channel: reply.channel };
}

export class ConsoleWire {
  readonly #listener: WireListener;
  readonly #now: () => number;
  readonly #requests = new PendingRequests();
  readonly #channels: Channels;
  readonly #asked = new Map<number, { readonly session: string; readonly type: ConsoleToolType }>();
  #ping: { readonly request: number; readonly sentAtMs: number } | null = null;
  #isLost = false;

  /** `now` is a clock in ms that never goes back. */
  constructor(listener: WireListener, now: () => number) {
    this.#listener = listener;
    this.#now = now;
    this.#channels = new Channels((frame) => this.#write(frame));
  }

  /** Whether a ping is out and not yet back. */
  get isAwaitingPong(): boolean {
    return this.#ping !== null;
  }

  get channelCount(): number {
    return this.#channels.count;
  }

  hello(ticket: string): void {
    this.#tell({ type: "console.hello", protocol: PROTOCOL_VERSION, ticket });
  }

  /** Measures the way there and back; the answer goes to `roundTrip`. */
  ping(): void {
    const request = this.#requests.nextNumber();
    this.#ping = { request, sentAtMs: this.#now() };
    this.#tell({ type: "console.ping", request });
  }

  /** @throws {AppError} the refusal, or channel.lost */
  async request(
    type: "session.start" | "session.join" | "session.leave" | "session.end" | "consent.cancel",
    body: StartWish | { readonly session: string } | { readonly session: string; readonly permission: string },
  ): Promise<SessionView | null> {
    const { number, reply } = this.#open(null);
    this.#tell({ type, request: number, ...body });
    const answer = await reply;
    return answer.kind === "session" ? answer.session : null;
  }

  /**
   * Asks a tool of a support session. Aborting asks the tool to stop; what it did until then still comes as its reply.
   * @throws {AppError} the refusal, or channel.lost
   */
  async ask<T extends ConsoleToolType>(
    session: string,
    type: T,
    params: ToolParams<T>,
    { signal, onProgress }: AskOptions = {},
  ): Promise<ToolAnswer<T>> {
    if (signal?.aborted === true) throw new AppError("transfer.cancelled", "It was cancelled before it began.");
    const { number, reply } = this.#open(onProgress ?? null);
    this.#asked.set(number, { session, type });
    this.#tell({ ...(params as Record<string, unknown>), type, request: number, session });
    const cancel = (): void => this.#cancel(number);
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return answerOf<T>(await reply);
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#asked.delete(number);
    }
  }

  /** One WebSocket message has come. Never throws. */
  receive(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isLost) return;
    try {
      this.#dispatch(decodeFrame(bytes));
    } catch (error) {
      if (error instanceof FrameError) this.#listener.broken(error.message);
      else this.#listener.problem(error);
    }
  }

  /** Ends the channels of a session whose agent is gone; they are opened again when it is back. */
  endChannelsOf(session: string): void {
    this.#channels.endAll("channel.lost", session);
  }

  /** The connection is gone: every channel closes and every request fails with channel.lost. */
  lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#ping = null;
    try {
      this.#channels.endAll("channel.lost");
    } catch (error) {
      this.#listener.problem(error);
    }
    this.#requests.failAll(connectionLost);
  }

  #open(onProgress: ((progress: Progress) => void) | null) {
    if (this.#isLost) throw connectionLost();
    return this.#requests.open(onProgress);
  }

  #cancel(number: number): void {
    if (this.#requests.has(number)) this.#tell({ type: "tool.cancel", request: number });
  }

  #tell(message: { readonly type: string } & Record<string, unknown>): void {
    this.#write(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message)));
  }

  #write(frame: Uint8Array<ArrayBuffer>): void {
    if (!this.#isLost) this.#listener.send(frame);
  }

  #dispatch({ kind, channel, payload }: Frame): void {
    if (kind === FrameKind.data) this.#channels.receive(channel, payload as Uint8Array<ArrayBuffer>);
    else if (kind === FrameKind.credit) this.#credit(channel, payload);
    else if (kind === FrameKind.close) this.#channels.end(channel, new TextDecoder().decode(payload.subarray(0, 64)));
    else if (kind === FrameKind.control) this.#control(payload);
  }

  #credit(channel: number, payload: Uint8Array): void {
    const byteCount = decodeCredit(payload);
    if (byteCount === null) this.#listener.broken("a credit frame that is not a count");
    else this.#channels.grant(channel, byteCount);
  }

  #control(payload: Uint8Array): void {
    const parsed = parseMessage(payload, "server");
    if (!parsed.ok) {
      // Something newer than this page: whoever waits for it is told, the connection lives.
      if (parsed.request !== null)
        this.#requests.fail(
          parsed.request,
          new AppError(parsed.code, "The answer could not be read. Reload this page."),
        );
    } else if (parsed.kind === "message") this.#message(parsed.message);
    else if (parsed.kind === "reply") this.#reply(parsed);
    else if (parsed.kind === "tool-event") this.#listener.toolEvent(parsed);
  }

  #message(message: Message): void {
    const handle = (this.#handlers as Record<string, ((body: never) => void) | undefined>)[message.type];
    handle?.(message as never);
  }

  #reply({ tool, request, channel, result }: ParsedReply): void {
    const asked = this.#requests.has(request) ? this.#asked.get(request) : undefined;
    // The channel is made at once: its first bytes may be in the very next frame.
    const opened = asked?.type === tool ? this.#openChannel(tool, asked.session, channel) : null;
    if (channel !== null && opened === null) this.#write(encodeClose(channel as ChannelId, "channel.unknown"));
    if (asked !== undefined && asked.type !== tool) this.#requests.fail(request, unreadable(tool));
    else if (asked !== undefined && tools[tool].opens !== null && opened === null)
      this.#requests.fail(
        request,
        new AppError("request.too_many", "Too many tools are open. Close one and try again."),
      );
    else this.#requests.settle(request, { kind: "tool", result, channel: opened });
  }

  #openChannel(tool: ToolType, session: string, channel: number | null): ConsoleChannel | null {
    const kind = tools[tool].opens;
    return kind === null || channel === null ? null : this.#channels.open(channel, session, kind);
  }

  readonly #handlers: Handlers<"server", void, AgentsOwn> = {
    "console.welcome": (body) => this.#listener.welcomed(body, body.sessions as SessionView[]),
    "console.signed-out": ({ code, message }) => this.#listener.signedOut(code, message),
    "console.pong": ({ request }) => this.#pong(request),
    "jump-items.changed": ({ jumpItems }) => this.#listener.jumpItemsChanged(jumpItems),
    "session.started": ({ request, session }) => this.#started(request, session as SessionView),
    "session.changed": ({ session }) => this.#listener.sessionChanged(session as SessionView),
    "session.logged": ({ session, event }) => this.#listener.sessionLogged(session, event as SessionEvent),
    "session.notice": (body) => this.#listener.news({ type: "session.notice", ...body }),
    "access-requests.changed": () => this.#listener.news({ type: "access-requests.changed" }),
    "announcements.changed": () => this.#listener.news({ type: "announcements.changed" }),
    "consent.waiting": (body) => this.#listener.news({ type: "consent.waiting", ...body }),
    "consent.settled": (body) => this.#listener.news({ type: "consent.settled", ...body }),
    "session.ended": ({ session, message }) => this.#listener.sessionEnded(session, message),
    done: ({ request }) => this.#requests.settle(request, { kind: "done" }),
    error: ({ request, code, message }) => {
      if (request !== undefined) this.#requests.fail(request, refusalFrom(code, message));
    },
    "tool.progress": ({ request, done, total, unit, current }) =>
      this.#requests.progress(request, { done, total, unit, current }),
  };

  #started(request: number, session: SessionView): void {
    this.#listener.sessionChanged(session);
    this.#requests.settle(request, { kind: "session", session });
  }

  #pong(request: number): void {
    if (this.#ping?.request !== request) return;
    const { sentAtMs } = this.#ping;
    this.#ping = null;
    this.#listener.roundTrip(this.#now() - sentAtMs);
  }
}
