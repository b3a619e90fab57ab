/** Which paths are whose: computers and customers, representatives, administrators. Pure. */
import type { ListenerUse } from "../../protocol/api/appliance/access.ts";
import {
  AGENT_SESSION_SOCKET_PATH,
  AGENT_SOCKET_PATH,
  CONSOLE_SOCKET_PATH,
  TRUST_BUNDLE_PATH,
} from "../../protocol/hello.ts";

type Uses = readonly ListenerUse[];

/** Signing in, at /login or at /console; identity providers answer to both. */
const people: Uses = ["consoles", "administration"];
const everybody: Uses = ["endpoints", "consoles", "administration"];

/** Addresses that are one use's or several's as they stand. */
const exact: ReadonlyMap<string, Uses> = new Map<string, Uses>([
  ["/", ["endpoints"]],
  [AGENT_SOCKET_PATH, ["endpoints"]],
  [AGENT_SESSION_SOCKET_PATH, ["endpoints"]],
  [TRUST_BUNDLE_PATH, ["endpoints"]],
  [CONSOLE_SOCKET_PATH, ["consoles"]],
  ["/console", ["consoles"]],
  ["/api/site", everybody],
  ["/api/sign-in-methods", people],
]);
/** Everything below them. */
const below: readonly (readonly [string, Uses])[] = [
  ["/assets/", everybody],
  ["/console/", ["consoles"]],
  ["/api/console/", ["consoles"]],
  ["/api/sign-in-refusals/", people],
  ["/saml/", people],
  ["/oidc/", people],
];

/** Who finds something at a path; what is not named above is administration's, so nothing new is open by mistake. */
export function usesOf(path: string): Uses {
  return exact.get(path) ?? below.find(([prefix]) => path.startsWith(prefix))?.[1] ?? ["administration"];
}
