/** The opening handshake of a WebSocket client (RFC 6455, section 4.1): what it asks and what it takes for an answer. */
import { createHash } from "node:crypto";

/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** An answer whose head is longer is none. */
export const MAX_UPGRADE_ANSWER_BYTES = 16 << 10;

/** The request's bytes. @param key 16 random bytes, base64. */
export function upgradeRequest(url: URL, key: string): Uint8Array<ArrayBuffer> {
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

export type UpgradeAnswer =
  | { readonly kind: "incomplete" }
  /** `headBytes`: where the first frame begins. */
  | { readonly kind: "accepted"; readonly headBytes: number }
  | { readonly kind: "refused"; readonly reason: string };

/** Reads the answer to `upgradeRequest(…, key)`, as far as it has come. */
export function readUpgradeAnswer(bytes: Uint8Array, key: string): UpgradeAnswer {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf("\r\n\r\n");
  if (end > MAX_UPGRADE_ANSWER_BYTES || (end < 0 && bytes.length > MAX_UPGRADE_ANSWER_BYTES))
    return { kind: "refused", reason: "the server's answer has no end" };
  if (end < 0) return { kind: "incomplete" };
  const [statusLine = "", ...fields] = Buffer.from(bytes.subarray(0, end)).toString("latin1").split("\r\n");
  const reason = refusalOf(statusLine, headersOf(fields), key);
  return reason === null ? { kind: "accepted", headBytes: end + 4 } : { kind: "refused", reason };
}

function headersOf(fields: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(":");
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  return headers;
}

function refusalOf(statusLine: string, headers: ReadonlyMap<string, string>, key: string): string | null {
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) return "the server does not speak HTTP";
  if (status !== "101") return `the server answered ${status} instead of opening the connection`;
  const accept = createHash("sha1").update(`${key}${ACCEPT_SUFFIX}`).digest("base64");
  const isUpgraded =
    headers.get("upgrade")?.toLowerCase() === "websocket" &&
    /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers.get("connection") ?? "") &&
    headers.get("sec-websocket-accept") === accept;
  if (!isUpgraded) return "the server's answer does not open a WebSocket";
  // Nothing of the kind was asked for (section 4.1, points 5 and 6).
  if (headers.has("sec-websocket-extensions") || headers.has("sec-websocket-protocol"))
    return "the server chose an extension nobody offered";
  return null;
}
