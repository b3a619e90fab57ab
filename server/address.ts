import type { Server } from "bun";

/** The address a request came from, as text; an IPv4 address that came over an IPv6 socket as itself. */
export function addressOf(request: Request, server: Pick<Server<unknown>, "requestIP">): string {
  return (server.requestIP(request)?.address ?? "").replace(/^::ffff:/u, "");
}
