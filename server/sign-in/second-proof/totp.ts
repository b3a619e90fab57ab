/**
 * Codes of authenticator apps: six digits, a new one each thirty seconds (RFC 6238). Pure but for the secret's bytes. The
 * library, with hash functions of its own, is loaded with the first code.
 */
import type { TOTP } from "otpauth";

const PERIOD_SECONDS = 30;
const SECRET_BYTES = 20;
/** Codes of the step before and after are taken: clocks differ, and people type slowly. */
const WINDOW_STEPS = 1;

/** A new secret, base32, as people type it into an app that cannot scan. */
export async function newAppSecret(): Promise<string> {
  const { Secret } = await import("otpauth");
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** What the QR code says: otpauth://totp/… */
export async function appUri(secret: string, siteName: string, username: string): Promise<string> {
  return (await totp(secret, siteName, username)).toString();
}

/** The step a code belongs to, counted from 1970; `null` when it is not right at `now`. */
export async function stepOfCode(secret: string, code: string, now: Date): Promise<number | null> {
  const timestamp = now.getTime();
  const delta = (await totp(secret)).validate({ token: code, timestamp, window: WINDOW_STEPS });
  return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta;
}

async function totp(secret: string, issuer = "", label = ""): Promise<TOTP> {
  const { Secret, TOTP } = await import("otpauth");
  const about = { issuer, label, period: PERIOD_SECONDS, digits: 6, algorithm: "SHA1" };
  return new TOTP({ secret: Secret.fromBase32(secret), ...about });
}
