/** Where in the console one is, as it stands after # in the address, so that the browser's back and reload work. */
import { ID_PATTERN } from "../../protocol/ids.ts";

export type Place = { readonly kind: "home" } | { readonly kind: "session"; readonly session: string };

export const home: Place = { kind: "home" };

const id = new RegExp(ID_PATTERN, "u");

/** The place a hash names; anything it does not know is the home. */
export function placeOf(hash: string): Place {
  const session = /^#session\/(.+)$/u.exec(hash)?.[1];
  return session !== undefined && id.test(session) ? { kind: "session", session } : home;
}

export function hashOf(place: Place): string {
  return place.kind === "home" ? "#home" : `#session/${place.session}`;
}

export const sessionHash = (session: string): string => hashOf({ kind: "session", session });
