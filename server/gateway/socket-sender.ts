import type { ServerWebSocket } from "bun";
import type { SocketData } from "./gateway-interface.ts";

export type GatewaySocket = ServerWebSocket<SocketData>;

/**
 * Sends one frame. `false`: it was not taken, because the socket is closed, or more than `maxBufferedBytes` now wait for a
 * peer that does not read. Bun answers 0 for a frame it dropped and -1 for one it queued (measured, see notes in docs).
 */
export function sendFrame(socket: GatewaySocket, frame: Uint8Array<ArrayBuffer>, maxBufferedBytes: number): boolean {
  const status = socket.sendBinary(frame);
  if (status > 0) return true;
  if (status === 0) return false;
  return socket.getBufferedAmount() <= maxBufferedBytes;
}
