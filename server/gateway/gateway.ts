/** Owns every WebSocket of the server: who may open one, and to whom its events go. */
import type { Server } from "bun";
import { AGENT_SESSION_SOCKET_PATH, AGENT_SOCKET_PATH, CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import { addressOf } from "../address.ts";
import type { Revocation } from "../sign-in/sign-ins.ts";
import { AgentSocket } from "./agent-socket.ts";
import { ConsoleSocket } from "./console-socket.ts";
import type { Gateway, SocketData } from "./gateway-interface.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { LaneSocket } from "./lane-socket.ts";
import type { GatewaySocket } from "./socket-sender.ts";

/** How often the gateway looks for peers that have gone silent. */
const SWEEP_MS = 1000;
/** An agent from which nothing came for so many heartbeats is gone. */
const SILENT_HEARTBEATS = 2.5;

type AnySocket = AgentSocket | LaneSocket | ConsoleSocket;

export class SocketGateway implements Gateway, AsyncDisposable {
  readonly #parts: GatewayParts;
  readonly #heartbeatIntervalMs: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #isClosing = false;

  constructor(parts: GatewayParts, heartbeatIntervalMs: number) {
    this.#parts = parts;
    this.#heartbeatIntervalMs = heartbeatIntervalMs;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  upgrade(request: Request, server: Server<SocketData>): Response | undefined {
    const path = new URL(request.url).pathname;
    const address = addressOf(request, server);
    if (this.#isClosing || !this.#parts.unproved.hasRoomFor(address))
      return new Response("Too many connections wait here. Try again soon.", {
        status: 503,
        headers: { "retry-after": "5" },
      });
    if (!isOriginRight(path, request.headers)) return new Response("This origin may not connect.", { status: 403 });
    const socket = this.#socketFor(path, address);
    if (socket === null) return new Response(null, { status: 404 });
    if (server.upgrade(request, { data: socket })) return undefined;
    return new Response("This address speaks WebSocket.", { status: 426, headers: { upgrade: "websocket" } });
  }

  readonly websocket: Gateway["websocket"] = {
    open: (socket) => {
      const ours = ownSocket(socket);
      this.#parts.unproved.add(ours, this.#parts.clock.monotonicMs());
      ours.opened(socket);
    },
    message: (socket, message) => {
      if (typeof message === "string") socket.close(1003, "message.malformed");
      else ownSocket(socket).received(message);
    },
    drain: (socket) => {
      const ours = ownSocket(socket);
      if (ours.kind === "agent-session") ours.drained();
    },
    pong: (socket, payload) => {
      const ours = ownSocket(socket);
      if (ours.kind === "agent-session") ours.ponged(payload.toString("latin1"));
    },
    close: (socket) => ownSocket(socket).closed(),
    error: (error, socket) => {
      this.#parts.log.error("A socket's event could not be handled; the socket is closed", error);
      socket.close(1011, "internal");
    },
  };

  /** A sign-in is over: its consoles are told and shut at once (NA38). */
  revoked(revocation: Revocation): void {
    for (const console of [...this.#parts.consoles.of(revocation.representative)])
      if (console.actor?.signIn === revocation.signIn) console.signOut(revocation.why);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
  }

  #socketFor(path: string, address: string): AnySocket | null {
    if (path === AGENT_SOCKET_PATH) return new AgentSocket(address, this.#parts);
    if (path === AGENT_SESSION_SOCKET_PATH) return new LaneSocket(address, this.#parts);
    return path === CONSOLE_SOCKET_PATH ? new ConsoleSocket(address, this.#parts) : null;
  }

  #sweep(): void {
    const { clock, unproved, toolRequests, consents, agents } = this.#parts;
    const now = clock.monotonicMs();
    unproved.sweep(now);
    toolRequests.sweep();
    consents.sweep();
    const silentSince = now - SILENT_HEARTBEATS * this.#heartbeatIntervalMs;
    for (const agent of agents.all()) if (agent.heardMs < silentSince) agent.terminate();
  }
}

/** INVARIANT: every socket's data is one of ours; upgrade() is the only place that makes one. */
function ownSocket(socket: GatewaySocket): AnySocket {
  return socket.data as AnySocket;
}

/**
 * A browser says where a page came from: consoles must come from this very site, and nothing that has an origin is an
 * agent (NA13).
 */
function isOriginRight(path: string, headers: Headers): boolean {
  const origin = headers.get("origin");
  if (path !== CONSOLE_SOCKET_PATH) return origin === null;
  return origin !== null && origin.toLowerCase() === `https://${headers.get("host")?.toLowerCase()}`;
}
