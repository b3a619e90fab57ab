/** Codes of authenticator apps: six digits, a new one each thirty seconds (RFC 6238). Pure but for the secret's bytes. */
import { Secret, TOTP } from "otpauth";

const PERIOD_SECONDS = 30;
const SECRET_BYTES = 20;
/** Codes of the step before and after are taken: clocks differ, and people type slowly. */
const WINDOW_STEPS = 1;

/** A new secret, base32, as people type it into an app that cannot scan. */
export const newAppSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** What the QR code says: otpauth://totp/… */
export const appUri = (secret: string, siteName: string, username: string): string =>
  totp(secret, siteName, username).toString();

/** The step a code belongs to, counted from 1970; `null` when it is not right at `now`. */
export function stepOfCode(secret: string, code: string, now: Date): number | null {
  const timestamp = now.getTime();
  const delta = totp(secret).validate({ token: code, timestamp, window: WINDOW_STEPS });
  return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta;
}

const totp = (secret: string, issuer = "", label = ""): TOTP =>
  new TOTP({ secret: Secret.fromBase32(secret), issuer, label, period: PERIOD_SECONDS, digits: 6, algorithm: "SHA1" });
