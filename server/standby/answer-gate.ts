/** What an appliance answers that does not serve its site: /appliance, the pair's lane, and to all others where the site is. */
import type { Gateway } from "../gateway/gateway-interface.ts";
import { addressOf } from "../address.ts";
import type { Answer } from "../listeners/listening-places.ts";
import { notFound, refusalResponse } from "../refusal-response.ts";
import { pathOf } from "../request-path.ts";
import { addApiHeaders } from "../security-headers.ts";
import { STANDBY_SOCKET_PATH } from "../../protocol/standby.ts";
import type { Pair } from "./pair.ts";

const SERVICE_UNAVAILABLE = 503;
/** When a program may ask again, in seconds. */
const RETRY_AFTER_SECONDS = 15;
const own = ["/appliance", "/assets", "/api/appliance"] as const;

/** Whether a path is this box's and not the site's. */
const isOwn = (path: string): boolean => own.some((start) => path === start || path.startsWith(`${start}/`));

/** The server's answers as a pair has them: the lane besides, and nothing of the site where it is not served. */
export function gated(answer: Answer, gateway: Gateway, pair: Pair): Answer {
  return (request, server, isOpenTo) => {
    const path = pathOf(request.url);
    if (path === STANDBY_SOCKET_PATH) {
      const isOpen = isOpenTo(path, addressOf(request, server));
      const refused = isOpen ? gateway.upgrade(request, server) : refusalResponse(notFound());
      if (refused !== undefined) addApiHeaders(refused.headers);
      return refused;
    }
    if (pair.isServing || isOwn(path)) return answer(request, server, isOpenTo);
    return elsewhere(path, pair);
  };
}

function elsewhere(path: string, { record }: Pair): Response {
  const where = record.peer === null ? "" : ` The other appliance is at ${record.peer.host}.`;
  const what = record.hasYielded
    ? "This appliance gave its role away and waits to hear whether it was taken."
    : "This is the standby of a Causeway site, and does not serve it.";
  const isForPrograms = path.startsWith("/api/") || path.startsWith("/gateway/") || path.startsWith("/scim/");
  const message = `${what}${where}`;
  const body = isForPrograms ? JSON.stringify({ code: "system.unavailable", message }) : page(message);
  const response = new Response(body, {
    status: SERVICE_UNAVAILABLE,
    headers: {
      "content-type": isForPrograms ? "application/json" : "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox allow-top-navigation",
      "cache-control": "no-store",
      "retry-after": String(RETRY_AFTER_SECONDS),
      "x-content-type-options": "nosniff",
    },
  });
  return response;
}

const page = (message: string): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Causeway standby</title>',
    '<meta name="viewport" content="width=device-width"></head><body>',
    `<h1>This is a standby</h1><p>${Bun.escapeHTML(message)}</p>`,
    '<p>Whoever looks after it signs in at <a href="/appliance">/appliance</a>.</p></body></html>',
  ].join("");
