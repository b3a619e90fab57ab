/** Where lanes come in: beside the sockets of the gateway, whose server carries them. */
import type { Server, ServerWebSocket } from "bun";
import { STANDBY_SOCKET_PATH } from "../../../protocol/standby.ts";
import { addressOf } from "../../address.ts";
import type { Gateway, SocketData } from "../../gateway/gateway-interface.ts";
import { pathOf } from "../../request-path.ts";
import { Lane, type LaneEvents, type LaneSide } from "./lane.ts";

/**
 * Lanes at once, of whoever: a pair needs one, and a second one for the moment in which the first is found dead. Of strangers
 * who fill them the oldest makes room: who belongs here proves it at once.
 */
const MAX_LANES = 8;
/** More than this waiting for a peer that does not read: its window is far smaller. */
const MAX_WAITING_BYTES = 8 << 20;

/** A lane's socket; `lane` once it is open. */
interface LaneSocket extends SocketData {
  readonly kind: "standby";
  readonly address: string;
  lane: Lane | null;
}

export interface LaneHost {
  /** null: nobody is expected here. */
  side(): (LaneSide & { kind: "host" }) | null;
  /** Hears of lanes from an address. */
  events(address: string): LaneEvents;
}

/** The gateway, with the lanes of a failover pair beside it. */
export function withLanes(gateway: Gateway, host: LaneHost): Gateway {
  const open = new Set<LaneSocket>();
  const laneOf = (socket: ServerWebSocket<SocketData>): LaneSocket | null =>
    socket.data.kind === "standby" ? (socket.data as LaneSocket) : null;
  const { websocket } = gateway;
  return {
    upgrade(request: Request, server: Server<SocketData>) {
      if (pathOf(request.url) !== STANDBY_SOCKET_PATH) return gateway.upgrade(request, server);
      if (host.side() === null) return new Response(null, { status: 404 });
      if (request.headers.get("origin") !== null) return new Response(null, { status: 403 });
      if (open.size >= MAX_LANES) makeRoom(open);
      const data: LaneSocket = { kind: "standby", address: addressOf(request, server), lane: null };
      if (server.upgrade(request, { data })) return undefined;
      return new Response("This address speaks WebSocket.", { status: 426, headers: { upgrade: "websocket" } });
    },
    websocket: {
      ...websocket,
      open(socket) {
        const own = laneOf(socket);
        const side = host.side();
        if (own === null) return websocket.open(socket);
        if (side === null) return socket.terminate();
        if (open.size >= MAX_LANES) return socket.terminate();
        open.add(own);
        own.lane = new Lane(wireOf(socket), side, host.events(own.address));
      },
      message(socket, message) {
        const own = laneOf(socket);
        if (own === null) return websocket.message(socket, message);
        if (typeof message === "string") own.lane?.end("the other one speaks another language");
        else own.lane?.received(message);
      },
      drain: (socket) => (laneOf(socket) === null ? websocket.drain(socket) : undefined),
      pong: (socket, payload) => (laneOf(socket) === null ? websocket.pong?.(socket, payload) : undefined),
      close(socket, code, reason) {
        const own = laneOf(socket);
        if (own === null) return websocket.close(socket, code, reason);
        open.delete(own);
        own.lane?.end("the line was lost");
      },
      error(error, socket) {
        const own = laneOf(socket);
        if (own === null) websocket.error?.(error, socket);
        else own.lane?.end(error.message);
      },
    },
  };
}

function makeRoom(open: Set<LaneSocket>): void {
  const oldest = [...open].find(({ lane }) => lane?.isProved !== true);
  if (oldest === undefined) return;
  open.delete(oldest);
  oldest.lane?.end("others wait");
}

function wireOf(socket: ServerWebSocket<SocketData>) {
  return {
    send: (bytes: Uint8Array<ArrayBuffer>): boolean =>
      socket.sendBinary(bytes) !== 0 && socket.getBufferedAmount() <= MAX_WAITING_BYTES,
    close: (): void => socket.close(1000, ""),
  };
}
