/**
 * Whether a request was made by our own pages. Cookies alone do not tell: another port of the same host is "same-site"
 * and does send them. Pure.
 */

/**
 * Sec-Fetch-Site says same-origin, or, where the browser does not send it, Origin is exactly where the request went.
 * `https` is the only scheme we serve.
 */
export function isOwnOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (origin !== null && !isHost(origin, headers.get("host"))) return false;
  return site === null ? origin !== null : site === "same-origin";
}

/** A person opened the address themselves: typed it, or chose a bookmark. Shows nothing to any other page. */
export function isOpenedByHand(headers: Headers): boolean {
  return headers.get("sec-fetch-site") === "none" && headers.get("sec-fetch-mode") === "navigate";
}

const isHost = (origin: string, host: string | null): boolean =>
  host !== null && origin.toLowerCase() === `https://${host.toLowerCase()}`;
