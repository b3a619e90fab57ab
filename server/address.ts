import type { Server } from "bun";

/** Groups of 16 bits in an IPv6 address, and in the half that names a network. */
const IPV6_GROUPS = 8;
const NETWORK_GROUPS = 4;

/** The address a request came from, as text; an IPv4 address that came over an IPv6 socket as itself. */
export function addressOf(request: Request, server: Pick<Server<unknown>, "requestIP">): string {
  return (server.requestIP(request)?.address ?? "").replace(/^::ffff:/u, "");
}

/**
 * Whose address it is, for counting by it: an IPv4 address, or the first 64 bits of an IPv6 one, since a subscriber has all
 * the 2^64 behind them. One subscriber's addresses give one text, however they are shortened (RFC 5952).
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, IPV6_GROUPS - first.length - last.length);
  const groups = [...first, ...Array.from({ length: zeros }, () => "0"), ...last];
  return `${groups.slice(0, NETWORK_GROUPS).join(":")}::/64`;
}
