import { createHash, createHmac } from "node:crypto";

/** The token of an installer: 32 bytes as base64url, derived from the site's secret and the id, so it is never kept. */
export function installerToken(secret: Uint8Array, installer: string): string {
  return createHmac("sha256", secret).update(`causeway installer 1\n${installer}`).digest("base64url");
}

/** What is kept of a token: its SHA-256 as base64url. */
export function hashOfToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
