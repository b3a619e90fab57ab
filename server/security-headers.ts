/** What every answer tells the browser not to do. */

/** For pages: nothing inline, nothing from elsewhere, no framing, no string ever becomes a script (NA5). */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types svelte-trusted-html causeway-screen-worker",
].join("; ");

/** For everything else: it is data, and a browser that opens it as a page runs nothing of it. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

const always = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "strict-transport-security": "max-age=31536000",
} as const;

/** Headers of a page or one of its files. */
export const pageHeaders: Readonly<Record<string, string>> = {
  ...always,
  "content-security-policy": CONTENT_SECURITY_POLICY,
};

/** Puts the headers of an API answer on it; what a handler has set stays. */
export function addApiHeaders(headers: Headers): void {
  for (const [name, value] of Object.entries(always)) headers.set(name, value);
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", DATA_POLICY);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}
