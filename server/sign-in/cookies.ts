/**
 * The cookies of the areas. `__Host-`, Secure, HttpOnly and SameSite=Strict (NA20): the pages are public files, everything they
 * ask for is same-origin fetch, so Strict costs nobody a sign-in when they follow a link from a mail.
 */
import type { Area } from "../../protocol/api/sign-in.ts";

/** Where a cookie counts. */
export type CookieArea = Area | "appliance";
const names = {
  login: "__Host-causeway-login",
  console: "__Host-causeway-console",
  appliance: "__Host-causeway-appliance",
} as const;
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict";
/** A token is 43 characters of base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/u;

/** The Set-Cookie that signs a browser in; it lives as long as the browser. */
export const signInCookie = (area: CookieArea, token: string): string => `${names[area]}=${token}; ${ATTRIBUTES}`;

/** The Set-Cookie that forgets it. */
export const signOutCookie = (area: CookieArea): string => `${names[area]}=; ${ATTRIBUTES}; Max-Age=0`;

/** The token of an area in a Cookie header, or `null`. Two cookies of the name count as none. */
export function readToken(header: string | null, area: CookieArea): string | null {
  const prefix = `${names[area]}=`;
  const found = (header ?? "")
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix));
  const token = found.length === 1 ? found[0]!.slice(prefix.length) : "";
  return TOKEN.test(token) ? token : null;
}
