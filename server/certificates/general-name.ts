/** Names of hosts as certificates carry them (RFC 5280, section 4.2.1.6). Pure. */
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { AppError } from "../../protocol/errors.ts";
import { contextTag, type Der } from "./der.ts";

const HOST = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/u;

/** dNSName is [2], iPAddress (4 or 16 bytes) is [7]. */
export function generalName(name: string): Der {
  const bytes = addressBytes(name);
  return bytes === null ? contextTag(2, new TextEncoder().encode(name), true) : contextTag(7, bytes, true);
}

/**
 * A host name, a wildcard or an address in the one form certificates have it in: lower case, ASCII.
 * @throws {AppError} request.invalid
 */
export function plainName(name: string): string {
  const trimmed = name.trim().toLowerCase();
  if (isIP(trimmed) !== 0 && !trimmed.includes("%")) return trimmed;
  // The URL parser behind domainToASCII() takes these for the end of a name.
  if (/[/?#\\]/u.test(trimmed)) throw noName(name);
  const ascii = trimmed.startsWith("*.") ? `*.${domainToASCII(trimmed.slice(2))}` : domainToASCII(trimmed);
  if (ascii.length <= 253 && HOST.test(ascii) && !/^[0-9.]+$/u.test(ascii)) return ascii;
  throw noName(name);
}

const noName = (name: string): AppError =>
  new AppError("request.invalid", `${name} is no host name and no address. Write it as browsers show it.`);

/** The bytes of an address in text, or null where it is none. */
function addressBytes(text: string): Uint8Array | null {
  const kind = isIP(text);
  if (kind === 4) return Uint8Array.from(text.split("."), Number);
  return kind === 6 ? ipv6Bytes(text) : null;
}

function ipv6Bytes(text: string): Uint8Array {
  // The URL parser brings every spelling into one; what it leaves out is one run of zeros.
  const [head = "", tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split("::");
  const groups = (part: string): number[] => (part === "" ? [] : part.split(":").map((group) => parseInt(group, 16)));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
