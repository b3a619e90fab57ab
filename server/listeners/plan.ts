/** From what an administrator chose to the places the server listens on. Pure. */
import { isIP } from "node:net";
import {
  type ListenerPlace,
  type Listeners,
  type ListenerUse,
  listenerUses,
} from "../../protocol/api/appliance/access.ts";
import type { FirewallRule } from "../../protocol/appliance/system-actions.ts";
import type { Static } from "@sinclair/typebox";

/** What the server was started with. */
export interface MainPlace {
  readonly hostname: string;
  readonly port: number;
}
/** One listening socket, and who is answered there. */
export interface PlannedPlace extends MainPlace {
  readonly uses: ReadonlySet<ListenerUse>;
}

const everywhere: ListenerPlace = { address: "", port: null, networks: [] };
/** What holds until somebody chooses otherwise: all at one place, for everybody. */
export const oneForAll: Listeners = { endpoints: everywhere, consoles: everywhere, administration: everywhere };

/** Where a use is answered. */
export function placeOf({ address, port }: ListenerPlace, main: MainPlace): MainPlace {
  return { hostname: address === "" ? main.hostname : address, port: port ?? main.port };
}

/** One text for one place. */
export const keyOf = ({ hostname, port }: MainPlace): string => `${hostname} ${port}`;

/** The places, each once, in the order of the uses. */
export function planOf(listeners: Listeners, main: MainPlace): PlannedPlace[] {
  const places = new Map<string, { place: MainPlace; uses: Set<ListenerUse> }>();
  for (const use of listenerUses) {
    const place = placeOf(listeners[use], main);
    const known = places.get(keyOf(place)) ?? { place, uses: new Set<ListenerUse>() };
    known.uses.add(use);
    places.set(keyOf(place), known);
  }
  return Array.from(places.values(), ({ place, uses }) => ({ ...place, uses }));
}

/** What a firewall has to let in for it: by port, from the networks of all who are answered there. */
export function portsNeeded(listeners: Listeners, main: MainPlace): Static<typeof FirewallRule>[] {
  const ports = new Map<number, readonly string[]>();
  for (const use of listenerUses) {
    const { port } = placeOf(listeners[use], main);
    const known = ports.get(port);
    const networks = listeners[use].networks.map(withPrefix);
    const isForAll = networks.length === 0 || known?.length === 0;
    ports.set(port, isForAll ? [] : [...new Set([...(known ?? []), ...networks])]);
  }
  return Array.from(ports, ([port, from]) => ({ protocol: "tcp", port, from: [...from] }));
}

/** "192.0.2.7" is "192.0.2.7/32". */
export const withPrefix = (network: string): string =>
  network.includes("/") ? network : `${network}/${isIP(network) === 6 ? 128 : 32}`;
