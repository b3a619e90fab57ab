import { STANDBY_SOCKET_PATH } from "../../../protocol/standby.ts";
import { Lane, type LaneEvents, type LaneSide, type Wire } from "./lane.ts";

/** Where an appliance answers. */
export interface LaneAddress {
  readonly host: string;
  readonly port: number;
}

/** "192.0.2.7:443", "[2001:db8::7]:443". */
export const addressText = ({ host, port }: LaneAddress): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** Dials an appliance; how it went, the lane's events say, at once where the address is none. */
export function dialLane(address: LaneAddress, side: LaneSide & { kind: "dialler" }, events: LaneEvents): Lane {
  // INVARIANT: TLS's own certificate does not count here, because the handshake inside asks for more (handshake.ts): the
  // two know each other by their keys, and a certificate that has run out must not part them.
  const socket = open(`wss://${addressText(address)}${STANDBY_SOCKET_PATH}`);
  if (socket === null) {
    const lane = new Lane({ send: () => false, close: () => undefined }, side, events);
    lane.end("this is no address");
    return lane;
  }
  const wire: Wire = {
    send: (bytes) => {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(bytes);
      return true;
    },
    close: () => socket.close(),
  };
  const lane = new Lane(wire, side, events);
  socket.addEventListener("message", ({ data }) => {
    if (data instanceof ArrayBuffer) lane.received(new Uint8Array(data));
    else lane.end("the other one speaks another language");
  });
  socket.addEventListener("close", ({ reason }) => lane.end(reason === "" ? "the line was lost" : reason));
  socket.addEventListener("error", () => lane.end("the line could not be had"));
  return lane;
}

/** null: the other one's host is nothing one can dial, an address with a zone, say. */
function open(url: string): WebSocket | null {
  if (!URL.canParse(url)) return null;
  const socket = new WebSocket(url, {
    tls: { rejectUnauthorized: false },
    perMessageDeflate: false,
  } as unknown as string[]);
  socket.binaryType = "arraybuffer";
  return socket;
}
