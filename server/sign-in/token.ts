/** Opaque tokens: 32 random bytes for the holder, their SHA-256 for us, so that our database signs nobody in. */
import { createHash, randomBytes } from "node:crypto";

/** A new token, 43 characters of base64url. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** What is kept of a token: SHA-256 over its text, base64url. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("base64url");
