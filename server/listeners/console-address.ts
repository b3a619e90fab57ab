/** From administration's place to the console's, where the two are apart: "Launch web rep console" and sign-ins lead there. */
import type { Listeners } from "../../protocol/api/appliance/access.ts";
import { type MainPlace, placeOf } from "./plan.ts";

const HTTPS_PORT = 443;

/**
 * Where the console's page is, by the name the person reached us by, or by the address that was chosen for consoles; null
 * where `url` is no page of the console. Pure.
 */
export function consoleAddress(url: string, listeners: Listeners, main: MainPlace): string | null {
  const { hostname, pathname } = new URL(url);
  if (pathname !== "/console" && !pathname.startsWith("/console/")) return null;
  const { address } = listeners.consoles;
  const { port } = placeOf(listeners.consoles, main);
  const isEverywhere = address === "" || address === "0.0.0.0" || address === "::";
  const host = isEverywhere ? hostname : address.includes(":") ? `[${address}]` : address;
  return `https://${host}${port === HTTPS_PORT ? "" : `:${port}`}${pathname}`;
}
