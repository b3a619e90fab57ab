/** The nouns that live on top of the core: the gateway with its Jump Clients and support sessions, and file transfers. */
import type { Core } from "./core.ts";
import type { Gateway } from "./gateway/gateway-interface.ts";
import type { Rooms } from "./server.ts";

/** Wires them for a serving process. */
export function openRooms(_core: Core): Rooms {
  return { routes: [], gateway: notYet, [Symbol.asyncDispose]: async () => undefined };
}

const ignore = (): void => undefined;
const notYet: Gateway = {
  upgrade: () => new Response(null, { status: 503 }),
  websocket: { open: ignore, message: ignore, drain: ignore, close: ignore },
};
