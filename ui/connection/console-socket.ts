/**
 * The console's standing connection: signs on, keeps what the server says of support sessions, measures the way, notices
 * when it is cut and comes back. The bytes are ConsoleWire's; this is the thin shell round the browser's WebSocket.
 */
import { AppError } from "../../protocol/errors.ts";
import { FrameKind } from "../../protocol/frame.ts";
import type { MessageBody } from "../../protocol/messages.ts";
import type { SessionEvent, SessionView } from "../../protocol/messages/session.ts";
import type { ParsedToolEvent } from "../../protocol/parse.ts";
import { reconnectDelayMs } from "./backoff.ts";
import type { ConnectionState, SessionConnection } from "./console-connection.ts";
import { connectionLost, type ConsoleNews, ConsoleWire, type StartWish, type WireListener } from "./console-wire.ts";
import { Listeners } from "./listeners.ts";
import { LiveSessions } from "./live-sessions.ts";
import { createSessionConnection } from "./session-connection.ts";

/** How often the way to the server is measured, in ms. */
export const PING_INTERVAL_MS = 10_000;
/** A ping without an answer for so long means the connection is half open, in ms. */
export const PONG_TIMEOUT_MS = 8_000;
/** How long signing on may take before it is tried again, in ms. */
export const SIGN_ON_TIMEOUT_MS = 15_000;

/** Codes that make further attempts useless: the sign-in is over or may not use the console. */
const finalCodes: ReadonlySet<string> = new Set([
  "sign_in.required",
  "console.disabled",
  "permission.denied",
  "set_up.required",
]);

export interface ConsoleSocketOptions {
  /** The ws or wss URL of CONSOLE_SOCKET_PATH. */
  readonly url: string;
  /** A fresh ticket for console.hello. @throws {AppError} */
  readonly ticket: () => Promise<string>;
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  /** At least 0 and below 1. */
  readonly random: () => number;
  /** Called when a channel is written to or read from, also by who only watches: the server counts it as use. */
  readonly used?: () => void;
  readonly pingIntervalMs?: number;
  readonly pongTimeoutMs?: number;
}

/** Why the console is signed out, in words for the person. */
export interface SignedOut {
  readonly code: string;
  readonly message: string;
}

export class ConsoleSocket implements Disposable {
  readonly sessions = new LiveSessions();
  readonly changes = new Listeners<void>();
  readonly jumpItemChanges = new Listeners<readonly string[] | null>();
  readonly toolEvents = new Listeners<ParsedToolEvent>();
  readonly news = new Listeners<ConsoleNews>();
  readonly #options: ConsoleSocketOptions;
  #state: ConnectionState = "connecting";
  #signedOut: SignedOut | null = null;
  #welcome: MessageBody<"console.welcome"> | null = null;
  #attempt = 0;
  #retryAtMs: number | null = null;
  #roundTripMs: number | null = null;
  #socket: WebSocket | null = null;
  #wire: ConsoleWire | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Signing on has begun and no socket is there yet. */
  #isOpening = false;
  #isDisposed = false;

  constructor(options: ConsoleSocketOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }
  get signedOut(): SignedOut | null {
    return this.#signedOut;
  }
  /** Attempts since the connection was last open; the one that runs or is waited for included. */
  get attempt(): number {
    return this.#attempt;
  }
  /** When the next attempt begins, on the clock of `now`; null while one runs. */
  get retryAtMs(): number | null {
    return this.#retryAtMs;
  }
  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }
  /** Who the server says we are; null before the first welcome. */
  get representative(): string | null {
    return this.#welcome?.representative ?? null;
  }
  get wire(): ConsoleWire | null {
    return this.#state === "open" ? this.#wire : null;
  }

  /** Begins to connect, or tries again at once instead of waiting on. */
  connect(): void {
    if (this.#isDisposed || this.#isOpening || this.#socket !== null || this.#state === "signed-out") return;
    clearTimeout(this.#timer);
    this.#retryAtMs = null;
    this.#attempt += 1;
    this.changes.tell();
    void this.#open();
  }

  /** Starts a support session with a Jump Item, or joins the one that runs. @throws {AppError} */
  async startSession(jumpItem: string, given: Omit<StartWish, "jumpItem"> = {}): Promise<SessionView> {
    const session = await this.#openWire().request("session.start", { ...given, jumpItem });
    if (session === null) throw new AppError("internal", "The server did not say which session it started. Try again.");
    return session;
  }

  /** @throws {AppError} */
  async leaveSession(session: string): Promise<void> {
    await this.#openWire().request("session.leave", { session });
  }

  /** Ends it for everybody. @throws {AppError} */
  async endSession(session: string): Promise<void> {
    await this.#openWire().request("session.end", { session });
  }

  /** Waits no longer for the customer's answer. @throws {AppError} */
  async cancelConsent(session: string, permission: string): Promise<void> {
    await this.#openWire().request("consent.cancel", { session, permission });
  }

  /** What the tool tabs of a session get. It outlives lost connections. */
  connectionFor(session: string): SessionConnection {
    return createSessionConnection(this, session);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#drop("connecting");
    this.#socket = null;
  }

  #openWire(): ConsoleWire {
    if (this.wire === null) throw connectionLost();
    return this.wire;
  }

  async #open(): Promise<void> {
    this.#isOpening = true;
    try {
      const ticket = await this.#options.ticket();
      this.#isOpening = false;
      if (!this.#isDisposed) this.#dial(ticket);
    } catch (error) {
      this.#isOpening = false;
      if (error instanceof AppError && finalCodes.has(error.code)) this.#signOut(error.code, error.message);
      else this.#lost();
    }
  }

  #dial(ticket: string): void {
    const socket = new WebSocket(this.#options.url);
    socket.binaryType = "arraybuffer";
    const wire = new ConsoleWire(this.#listenerFor(socket), this.#options.now);
    this.#socket = socket;
    this.#wire = wire;
    socket.onopen = () => wire.hello(ticket);
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) wire.receive(new Uint8Array(data));
      else this.#closed(socket);
    };
    socket.onclose = () => this.#closed(socket);
    this.#timer = setTimeout(() => this.#closed(socket), SIGN_ON_TIMEOUT_MS);
  }

  #listenerFor(socket: WebSocket): WireListener {
    return {
      send: (frame) => {
        if (socket.readyState !== WebSocket.OPEN) return;
        if (frame[0] !== FrameKind.control) this.#options.used?.();
        socket.send(frame);
      },
      welcomed: (welcome, sessions) => this.#welcomed(welcome, sessions),
      signedOut: (code, message) => this.#signOut(code, message),
      jumpItemsChanged: (jumpItems) => this.jumpItemChanges.tell(jumpItems),
      sessionChanged: (session) => this.#sessionChanged(session),
      sessionLogged: (session, event) => this.#sessionLogged(session, event),
      sessionEnded: (session, message) => this.#sessionEnded(session, message),
      toolEvent: (event) => this.toolEvents.tell(event),
      news: (news) => this.news.tell(news),
      roundTrip: (milliseconds) => this.#measured(milliseconds),
      broken: () => this.#closed(socket),
      problem: (error) => reportError(error),
    };
  }

  #welcomed(welcome: MessageBody<"console.welcome">, sessions: readonly SessionView[]): void {
    this.#welcome = welcome;
    this.#attempt = 0;
    this.#state = "open";
    this.sessions.replaceAll(sessions);
    this.changes.tell();
    this.#ping();
  }

  #sessionChanged(session: SessionView): void {
    // The lanes are gone and with them every channel; the tools open them again when the session is active again.
    if (session.state !== "active") this.#wire?.endChannelsOf(session.session);
    this.sessions.put(session);
    this.changes.tell();
  }

  #sessionLogged(session: string, event: SessionEvent): void {
    this.sessions.log(session, event);
    this.changes.tell();
  }

  #sessionEnded(session: string, message: string): void {
    this.#wire?.endChannelsOf(session);
    this.sessions.end(session, message);
    this.changes.tell();
  }

  #ping(): void {
    this.#wire?.ping();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expectPong(), this.#options.pongTimeoutMs ?? PONG_TIMEOUT_MS);
  }

  #expectPong(): void {
    if (this.#wire?.isAwaitingPong === true && this.#socket !== null) this.#closed(this.#socket);
  }

  #measured(milliseconds: number): void {
    this.#roundTripMs = milliseconds;
    this.changes.tell();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ping(), this.#options.pingIntervalMs ?? PING_INTERVAL_MS);
  }

  /** A socket is closed or taken for dead. A socket that was given up long ago says nothing new. */
  #closed(socket: WebSocket): void {
    if (socket !== this.#socket || this.#isDisposed) return;
    this.#lost();
  }

  #lost(): void {
    if (this.#isDisposed || this.#state === "signed-out") return;
    this.#drop(this.#state === "connecting" ? "connecting" : "lost");
    const delayMs = reconnectDelayMs(Math.max(1, this.#attempt), this.#options.random());
    this.#retryAtMs = this.#options.now() + delayMs;
    this.#timer = setTimeout(() => this.connect(), delayMs);
    this.changes.tell();
  }

  #signOut(code: string, message: string): void {
    this.#signedOut = { code, message };
    this.#drop("signed-out");
    this.sessions.replaceAll([]);
    this.changes.tell();
  }

  #drop(state: ConnectionState): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    const wire = this.#wire;
    this.#socket = null;
    this.#wire = null;
    this.#state = state;
    this.#roundTripMs = null;
    wire?.lose();
    if (socket !== null && socket.readyState <= WebSocket.OPEN) socket.close();
  }
}
