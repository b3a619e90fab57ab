import type { Because, Decision } from "../../protocol/decision.ts";
import {
  type RepresentativeAccess,
  type Permission,
  permissionNames,
  wordsOfPermission,
} from "../../protocol/permissions.ts";
import type { Prompting } from "../../protocol/session-policy.ts";
import { type Actor, deciding } from "../actor.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { decide } from "../policy/decide.ts";
import type { AccountRights, DecisionJumpItem } from "../policy/policies.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";

/** A support session as far as decisions go. */
type DecidedSession = Pick<LiveSession, "jumpItem" | "isOwnedBy" | "consentOf">;

/** How a permission stands in a session for somebody, the customer's answers counted in. */
export type StandingInSession =
  | { readonly state: "allow" }
  | { readonly state: "deny"; readonly isByCustomer: boolean }
  /** The customer is to be asked, first about this permission, which the one asked for may need. */
  | { readonly state: "ask"; readonly permission: Permission; readonly prompting: Prompting };

/**
 * The gateway's question to decide(): the second and last place where it is asked. Sockets stay while rights change, so
 * the rights of everybody who has one are held here and read anew with each change of the policies.
 */
export class GatewayAccess {
  readonly #rights = new Map<string, AccountRights>();

  constructor(
    private readonly policyBook: PolicyBook,
    private readonly now: () => Date,
  ) {}

  /** With the rights as they are now, or, for who has no socket, as they were when the actor's request came in. */
  decide(
    actor: Actor | null,
    permission: RepresentativeAccess,
    jumpItem: DecisionJumpItem | null,
    isSessionOwner = false,
  ): Decision {
    const asking = actor === null ? null : deciding(this.rightsNow(actor), isSessionOwner);
    return decide({ actor: asking, permission, jumpItem, policies: this.policyBook.current(), now: this.now() });
  }

  /** Whether it is allowed without asking anybody. */
  allows(
    actor: Actor | null,
    permission: RepresentativeAccess,
    jumpItem: DecisionJumpItem | null,
    isSessionOwner = false,
  ): boolean {
    return this.decide(actor, permission, jumpItem, isSessionOwner).outcome === "allow";
  }

  /** Every permission this actor holds concerning the Jump Item. */
  permissionsOn(actor: Actor, jumpItem: DecisionJumpItem, isSessionOwner = false): Permission[] {
    return permissionNames.filter((permission) => this.allows(actor, permission, jumpItem, isSessionOwner));
  }

  /** As allows(), about a support session and the Jump Item it is with; what the customer has allowed is allowed. */
  allowsIn(actor: Actor | null, permission: RepresentativeAccess, session: DecidedSession): boolean {
    if (actor === null || permission === "anyone" || permission === "signed-in")
      return this.allows(actor, permission, session.jumpItem);
    return this.standingIn(actor, permission, session).state === "allow";
  }

  /** Every permission this actor holds in a support session; those the customer is asked about first with them. */
  permissionsIn(actor: Actor, session: DecidedSession): Permission[] {
    return permissionNames.filter((permission) => this.standingIn(actor, permission, session).state !== "deny");
  }

  /** What the decision says, and where it says "ask", what the customer said. */
  standingIn(actor: Actor, permission: Permission, session: DecidedSession): StandingInSession {
    const { outcome, because } = this.decide(actor, permission, session.jumpItem, session.isOwnedBy(actor.id));
    if (outcome === "deny") return { state: "deny", isByCustomer: false };
    const needed = wordsOfPermission(permission).needs as Permission | undefined;
    const before = needed === undefined ? null : this.standingIn(actor, needed, session);
    if (before !== null && before.state !== "allow") return before;
    if (outcome === "allow") return { state: "allow" };
    const answer = session.consentOf(actor.id, permission);
    if (answer !== null) return answer ? { state: "allow" } : { state: "deny", isByCustomer: true };
    return { state: "ask", permission, prompting: promptingOf(because) };
  }

  /** Rights that hold from now on for every socket of that account, unless newer ones are held. */
  hold(rights: AccountRights): void {
    const held = this.#rights.get(rights.id);
    if (held === undefined || held.version <= rights.version) this.#rights.set(rights.id, rights);
  }

  /** Keeps the rights of those accounts alone. */
  forgetAllBut(isKept: (account: string) => boolean): void {
    for (const account of [...this.#rights.keys()]) if (!isKept(account)) this.#rights.delete(account);
  }

  /** The last socket of the account has gone. */
  release(account: string): void {
    this.#rights.delete(account);
  }

  /** What holds for the actor now; for who has no socket, what held when the request came in. */
  rightsNow(actor: Actor): Pick<Actor, "rights" | "scopes"> {
    const held = this.#rights.get(actor.id);
    const isNewer = held !== undefined && held.version >= actor.rights.version;
    return { rights: isNewer ? held : actor.rights, scopes: actor.scopes };
  }
}

/** INVARIANT: only session policies say "ask", and then they say how. */
function promptingOf(because: Because): Prompting {
  if (because.rule !== "session-policy" || because.timeoutSeconds === null || because.whenUnanswered === null)
    throw new Error("a decision asks the customer without saying how");
  return { timeoutSeconds: because.timeoutSeconds, whenUnanswered: because.whenUnanswered };
}
