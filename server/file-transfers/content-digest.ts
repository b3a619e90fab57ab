/** The header Content-Digest (RFC 9530) with SHA-256, and the base64url form the wire uses. */
import { AppError } from "../../protocol/errors.ts";

const DIGEST = /(?:^|[\s,])sha-256=:([A-Za-z0-9+/]{43}=):/;

/**
 * The SHA-256 in the header, as base64url.
 * @throws {AppError} request.invalid where there is none.
 */
export function readContentDigest(header: string | null): string {
  const base64 = DIGEST.exec(header ?? "")?.[1];
  if (base64 === undefined)
    throw new AppError("request.invalid", "The part came without its SHA-256. Send it with the header content-digest.");
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
}

/** The header's value for a SHA-256 in base64url. */
export function contentDigest(sha256: string): string {
  return `sha-256=:${sha256.replaceAll("-", "+").replaceAll("_", "/")}=:`;
}
