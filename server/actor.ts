import type { Area } from "../protocol/api/sign-in.ts";
import type { RepresentativeId } from "../protocol/ids.ts";
import type { AccountPermission } from "../protocol/permissions.ts";
import type { DecisionActor } from "./policy/decide.ts";
import type { AccountRights } from "./policy/policies.ts";

/** A signed-in representative, as routes and the gateway know them. One web sign-in is one actor. */
export interface Actor {
  readonly id: RepresentativeId;
  readonly username: string;
  readonly displayName: string;
  /** What holds for the account, as it was when the request came in. */
  readonly rights: AccountRights;
  /** What an API account was given; null: a person. */
  readonly scopes: ReadonlySet<AccountPermission> | null;
  /** The sign-in this actor came by: SHA-256 of its token, base64url. Revoking it closes every socket that carries it. */
  readonly signIn: string;
  readonly area: Area;
  /** The address the request came from, as text. */
  readonly address: string;
}

/** An administrator of the appliance, signed in to /appliance: no representative, and nothing of /login or /console. */
export interface ApplianceAdministrator {
  readonly kind: "appliance-administrator";
  readonly id: string;
  readonly username: string;
  /** SHA-256 of the sign-in's token, base64url. */
  readonly signIn: string;
  readonly address: string;
}

/** Who is asked about in decide(): a representative, and whether the support session asked about is theirs. */
export function deciding({ rights, scopes }: Pick<Actor, "rights" | "scopes">, isSessionOwner = false): DecisionActor {
  return { rights, scopes, kind: "representative", isSessionOwner };
}
