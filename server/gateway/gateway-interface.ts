/** What the listener needs of the gateway: it owns every WebSocket of the server. */
import type { Server, ServerWebSocket } from "bun";

/** What a socket of ours carries; each kind adds its own. */
export interface SocketData {
  readonly kind: "agent" | "agent-session" | "console" | "standby";
}

export interface Gateway {
  /**
   * A request to one of the three socket paths of protocol/hello.ts. Returns nothing once it is upgraded, else the
   * refusal. `server` is the one the request came to: after a certificate change there are two for a while.
   */
  upgrade(request: Request, server: Server<SocketData>): Response | undefined;
  readonly websocket: {
    open(socket: ServerWebSocket<SocketData>): void;
    message(socket: ServerWebSocket<SocketData>, message: string | Buffer<ArrayBuffer>): void;
    drain(socket: ServerWebSocket<SocketData>): void;
    pong?(socket: ServerWebSocket<SocketData>, payload: Buffer): void;
    close(socket: ServerWebSocket<SocketData>, code: number, reason: string): void;
    /** One of the others threw: our own mistake, which ends that socket and nothing else. */
    error?(error: Error, socket: ServerWebSocket<SocketData>): void;
  };
}
