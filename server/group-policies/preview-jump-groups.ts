/** Which Jump Groups one person comes into or loses by a change of a group policy, asked of the rule that runs. Pure. */
import type { GroupPolicyPreview } from "../../protocol/api/users.ts";
import { compileRights } from "../policy/compile-rights.ts";
import type { AccountRights, GroupPolicy, Policies } from "../policy/policies.ts";
import type { Standing } from "../representatives/standing.ts";
import type { Memberships } from "./membership-store.ts";

/** A group policy's Jump Groups as a change leaves them. */
interface JumpGroupsAfter {
  readonly id: string;
  readonly jumpGroups: Memberships["jumpGroups"];
  readonly isFinal: boolean;
}

type Rows = NonNullable<NonNullable<GroupPolicyPreview["user"]>["jumpGroups"]>;
type Place = AccountRights["jumpGroups"] extends ReadonlyMap<string, infer Found> ? Found : never;
const nobody = { ledTeams: new Set<string>(), ledUsers: new Set<string>() };

/**
 * The Jump Groups in which the account's place changes, in the order they are found.
 * @param account as the change leaves it, with what Jump Groups' own pages give it
 * @param reachedBefore the group policies that reached it before
 */
export function jumpGroupRows(
  account: Standing & { readonly jumpGroups: ReadonlyMap<string, string | null> },
  reachedBefore: ReadonlySet<string>,
  change: JumpGroupsAfter,
  policies: Policies,
): Rows {
  const before = compileRights({ ...account, ...nobody, groupPolicies: reachedBefore }, policies).jumpGroups;
  const groupPolicies = policies.groupPolicies.map((policy) =>
    policy.id === change.id ? { ...policy, ...placesOf(change) } : policy,
  );
  const after = compileRights({ ...account, ...nobody }, { ...policies, groupPolicies }).jumpGroups;
  const ids = [...new Set([...before.keys(), ...after.keys()])];
  return ids.flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)];
    if (was?.role === is?.role) return [];
    const jumpGroup = { id, name: policies.jumpGroups.get(id)?.name ?? "" };
    return [{ jumpGroup, before: shown(was, policies), after: shown(is, policies) }];
  });
}

/** What a group policy says of Jump Groups, as the policies have it. */
export function placesOf({
  jumpGroups,
  isFinal,
}: JumpGroupsAfter): Pick<GroupPolicy, "jumpGroups" | "removedJumpGroups" | "areJumpGroupsFinal"> {
  const changes = [...jumpGroups];
  return {
    jumpGroups: new Map(changes.filter(([, { change }]) => change === "add").map(([id, { role }]) => [id, role])),
    removedJumpGroups: new Set(changes.filter(([, { change }]) => change === "remove").map(([id]) => id)),
    areJumpGroupsFinal: isFinal,
  };
}

function shown(place: Place | undefined, { jumpItemRoles }: Policies): Rows[number]["before"] {
  if (place === undefined) return null;
  const role = jumpItemRoles.get(place.role ?? "");
  return { role: role === undefined ? null : { id: role.id, name: role.name } };
}
