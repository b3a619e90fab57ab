import type { Actor } from "../actor.ts";
import { deciding } from "../actor.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { decide, jumpGroupsWhere } from "../policy/decide.ts";
import type { AccountRights, Policies } from "../policy/policies.ts";

type Asking = Pick<Actor, "rights" | "scopes">;

/** Jump Groups whose Jump Items somebody sees; `null`: every one, those that are made meanwhile with them. */
export type SeenJumpGroups = ReadonlySet<string> | null;

/** A Jump Group of which no policy can speak. */
const UNHEARD_OF = { id: "", jumpGroup: "", jumpPolicy: null, presentPolicy: null, absentPolicy: null } as const;

/** Which Jump Items a person sees, for what lists and counts them (NA19). Worked out once a version of the policies. */
export class JumpItemSight {
  readonly #known = new WeakMap<AccountRights, { readonly policies: Policies; readonly seen: SeenJumpGroups }>();

  constructor(
    private readonly policyBook: PolicyBook,
    private readonly now: () => Date,
  ) {}

  /** INVARIANT: who asks is signed in and may use the console now; whoever calls has asked decide() for that. */
  of(actor: Asking): SeenJumpGroups {
    const policies = this.policyBook.current();
    const known = this.#known.get(actor.rights);
    if (known?.policies === policies) return known.seen;
    const seen = this.#workOut(actor, policies);
    if (actor.scopes === null) this.#known.set(actor.rights, { policies, seen });
    return seen;
  }

  #workOut(actor: Asking, policies: Policies): SeenJumpGroups {
    const [asking, now, permission] = [deciding(actor), this.now(), "jump-items.view"] as const;
    const seen = jumpGroupsWhere(asking, permission, policies, now);
    const jumpItem = { ...UNHEARD_OF, presence: "absent" } as const;
    const seesMore = decide({ actor: asking, permission, jumpItem, policies, now }).outcome === "allow";
    return seesMore && seen.size === policies.jumpGroups.size ? null : seen;
  }
}
