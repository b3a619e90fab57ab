/** From a provider's words to ours: attributes to an identity, groups to what they bring. Pure. */
import type { Mapping, ProvedPerson, ProviderIdentity } from "./provider.ts";
import { refuse } from "./refusal.ts";

const MAX_NAME = 128;
const MAX_EMAIL = 254;
const MAX_GROUPS = 2000;
const MAX_GROUP_NAME = 512;
const MAX_EXTERNAL_ID = 1024;

/** @throws {ProviderRefusal} account.name_missing, name_id.missing */
export function identityOf(provider: string, person: ProvedPerson, { attributes: names }: Mapping): ProviderIdentity {
  const first = (name: string): string => (name === "" ? "" : (person.attributes.get(name)?.[0] ?? "").trim());
  const externalId = person.externalId.trim();
  if (externalId === "" || externalId.length > MAX_EXTERNAL_ID) refuse("name_id.missing");
  const username = names.username === "" ? person.defaultUsername.trim() : first(names.username);
  if (!isUsername(username)) refuse("account.name_missing", username.slice(0, MAX_NAME));
  return {
    provider,
    externalId,
    username,
    displayName: displayName(first(names.displayName)) || username,
    email: emailAddress(first(names.email)),
    groups: groupsOf(names.groups === "" ? undefined : person.attributes.get(names.groups)),
  };
}

/** A user name of ours: no spaces, no control characters, at most 128 characters. */
export const isUsername = (text: string): boolean =>
  text.length <= MAX_NAME && /^[^\s\u0000-\u001f\u007f]+$/u.test(text);

/** As much of it as a display name may be. */
export const displayName = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f]/gu, " ")
    .trim()
    .slice(0, MAX_NAME);

/** The address, or "" where it is none. */
export const emailAddress = (text: string): string =>
  text.length <= MAX_EMAIL && /^[^\s@]+@[^\s@]+$/u.test(text) ? text : "";

/** Group names, each once. `undefined` means that nothing was said, which is not the same as none. */
export function groupsOf(values: readonly string[] | undefined): readonly string[] | null {
  if (values === undefined) return null;
  const names = values.map((value) => value.trim()).filter((name) => name !== "" && name.length <= MAX_GROUP_NAME);
  return [...new Set(names)].slice(0, MAX_GROUPS);
}

/** What an account has of a provider's groups. */
export interface Memberships {
  readonly groups: readonly string[];
  readonly groupPolicies: readonly string[];
  readonly teams: readonly string[];
}
interface Change {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}
/** What to write so that an account is where its groups say. */
export type MembershipChanges = Readonly<Record<keyof Memberships, Change>>;

const none: Change = { add: [], remove: [] };

/**
 * additive: groups only add. authoritative: what the rules of this provider name and no group brings any more goes; what
 * no rule names is not touched. Nothing said of groups: nothing changes in either.
 * @param isExact the groups themselves follow what was said even where what they brought stays
 */
export function membershipChanges(
  mapping: Mapping,
  said: readonly string[] | null,
  has: Memberships,
  isExact = false,
): MembershipChanges {
  if (said === null) return { groups: none, groupPolicies: none, teams: none };
  const isAuthoritative = mapping.groupSync === "authoritative";
  const brought = mapping.groupRules.filter(({ group }) => said.includes(group));
  const change = (wanted: readonly string[], named: readonly string[], present: readonly string[]): Change => ({
    add: without(wanted, present),
    remove: isAuthoritative ? without(present, wanted).filter((one) => named.includes(one)) : [],
  });
  const of = (kind: "groupPolicies" | "teams"): Change =>
    change(
      brought.flatMap((rule) => rule[kind]),
      mapping.groupRules.flatMap((rule) => rule[kind]),
      has[kind],
    );
  const leaves = isAuthoritative || isExact ? without(has.groups, said) : [];
  const groups = { add: without(said, has.groups), remove: leaves };
  return { groups, groupPolicies: of("groupPolicies"), teams: of("teams") };
}

/** Whether there is anything to write. */
export const changesAnything = (changes: MembershipChanges): boolean =>
  Object.values(changes).some(({ add, remove }) => add.length + remove.length > 0);

/** What takes back a change of groups and group policies; teams give no rights of an account and stay. */
export function reversed({ groups, groupPolicies }: MembershipChanges): MembershipChanges {
  const turn = ({ add, remove }: Change): Change => ({ add: remove, remove: add });
  return { groups: turn(groups), groupPolicies: turn(groupPolicies), teams: none };
}

const without = (all: readonly string[], others: readonly string[]): string[] => {
  const gone = new Set(others);
  return [...new Set(all)].filter((one) => !gone.has(one));
};
