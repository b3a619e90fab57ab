import type { Area } from "../protocol/api/sign-in.ts";
import type { RepresentativeId } from "../protocol/ids.ts";
import type { Role } from "../protocol/permissions.ts";

/** A signed-in representative, as routes and the gateway know them. One web sign-in is one actor. */
export interface Actor {
  readonly id: RepresentativeId;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  /** The sign-in this actor came by: SHA-256 of its token, base64url. Revoking it closes every socket that carries it. */
  readonly signIn: string;
  readonly area: Area;
  /** The address the request came from, as text. */
  readonly address: string;
}
