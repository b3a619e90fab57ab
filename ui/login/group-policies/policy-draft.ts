/** A group policy as it stands in the fields of its page, and how it differs from what is saved. Pure. */
import type { AccountSettingName, PolicySettings } from "../../../protocol/account-settings.ts";
import { accountSettings } from "../../../protocol/account-settings.ts";
import type {
  GroupPolicy,
  GroupPolicyJumpGroup,
  GroupPolicyMember,
  GroupPolicyPreview,
  SettingChoices,
  SettingEffect,
} from "../../../protocol/api/users.ts";
import { plural } from "../../languages/plural.ts";
import { roleName } from "../jump-item-roles/role-name.ts";
import { kindOf } from "../settings-form/setting-kinds.ts";
import { changedNames, isSame, policyChangeSentence } from "../settings-form/setting-words.ts";
import { teamRoleNames } from "../teams/team-words.ts";

export interface PolicyDraft {
  readonly name: string;
  readonly description: string;
  readonly settings: PolicySettings;
  readonly memberList: readonly GroupPolicyMember[];
  readonly jumpGroups: GroupPolicy["jumpGroups"];
  readonly areJumpGroupsFinal: boolean;
  readonly teams: GroupPolicy["teams"];
}

/** The fields as they are saved. */
export function draftOf(policy: GroupPolicy): PolicyDraft {
  const { name, description, settings, memberList, jumpGroups, areJumpGroupsFinal = false, teams } = policy;
  return { name, description, settings, memberList, jumpGroups, areJumpGroupsFinal, teams };
}

/** What differs, as the server takes it. Empty: nothing. */
export function draftChanges(policy: GroupPolicy, draft: PolicyDraft): Readonly<Record<string, unknown>> {
  const { memberList, ...plain } = draft;
  const edited: Readonly<Record<string, unknown>> = { ...plain, name: draft.name.trim() };
  const saved: Readonly<Record<string, unknown>> = { ...draftOf(policy) };
  const names = Object.keys(edited).filter((name) => !isSame(saved[name], edited[name]));
  const members = isSame(policy.memberList, memberList) ? {} : { members: memberList.map(memberToWrite) };
  return { ...Object.fromEntries(names.map((name) => [name, edited[name]])), ...members };
}

function memberToWrite(member: GroupPolicyMember): object {
  if (member.kind === "user") return { kind: "user", user: member.user };
  return { kind: "provider-group", provider: member.provider, group: member.group };
}

/** The same for a member however its name is spelt. */
export function memberKey(member: GroupPolicyMember): string {
  return member.kind === "user" ? member.user : `${member.provider} ${member.group}`;
}

/** Who a member is. */
export function memberName(member: GroupPolicyMember): string {
  return member.kind === "user" ? member.name : `${member.group} (${member.providerName})`;
}

/** One sentence for each change, with how many people it gives or takes something once that is known. */
export function draftSentences(
  policy: GroupPolicy,
  draft: PolicyDraft,
  choices: SettingChoices | null,
  preview: GroupPolicyPreview | null,
): readonly string[] {
  const effects = new Map(preview?.settings.map((effect) => [effect.name, effect]));
  const settings = changedNames(policy.settings, draft.settings).map((name) =>
    withEffect(policyChangeSentence(name, policy.settings, draft.settings, choices), effects.get(name)),
  );
  return [
    ...plainSentences(policy, draft),
    ...settings,
    ...memberSentences(policy, draft),
    ...teamSentences(policy, draft, choices),
    ...jumpGroupSentences(policy, draft, choices),
  ];
}

function plainSentences(policy: GroupPolicy, draft: PolicyDraft): readonly string[] {
  const sentences: string[] = [];
  if (draft.name.trim() !== policy.name) sentences.push(`Name: “${draft.name.trim()}”, was “${policy.name}”`);
  if (draft.description !== policy.description) sentences.push("The description is another");
  return sentences;
}

function memberSentences(policy: GroupPolicy, draft: PolicyDraft): readonly string[] {
  const before = new Set(policy.memberList.map(memberKey));
  const now = new Set(draft.memberList.map(memberKey));
  return [
    ...draft.memberList
      .filter((member) => !before.has(memberKey(member)))
      .map((member) => `${memberName(member)} comes in`),
    ...policy.memberList
      .filter((member) => !now.has(memberKey(member)))
      .map((member) => `${memberName(member)} goes out`),
  ];
}

const named = (list: SettingChoices["teams"] | undefined, id: string): string =>
  list?.find((one) => one.id === id)?.name ?? "One that is not in the list";

function teamSentences(policy: GroupPolicy, draft: PolicyDraft, choices: SettingChoices | null): readonly string[] {
  const before = new Map(policy.teams.map(({ team, role }) => [team, role]));
  return [
    ...draft.teams
      .filter(({ team, role }) => before.get(team) !== role)
      .map(({ team, role }) => `Team ${named(choices?.teams, team)}: ${teamRoleNames[role]}`),
    ...policy.teams
      .filter(({ team }) => !draft.teams.some((other) => other.team === team))
      .map(({ team }) => `No longer in the team ${named(choices?.teams, team)}`),
  ];
}

function jumpGroupSentences(
  policy: GroupPolicy,
  draft: PolicyDraft,
  choices: SettingChoices | null,
): readonly string[] {
  const before = new Map(policy.jumpGroups.map((row) => [row.jumpGroup, row]));
  const nameOf = (id: string): string => named(choices?.jumpGroups, id);
  const isFinalBefore = policy.areJumpGroupsFinal ?? false;
  return [
    ...draft.jumpGroups
      .filter((row) => !isSame(before.get(row.jumpGroup), row))
      .map((row) => `Jump Group ${nameOf(row.jumpGroup)}: ${placeText(row, choices)}`),
    ...policy.jumpGroups
      .filter(({ jumpGroup }) => !draft.jumpGroups.some((other) => other.jumpGroup === jumpGroup))
      .map(({ jumpGroup }) => `Says nothing of the Jump Group ${nameOf(jumpGroup)} any more`),
    ...(draft.areJumpGroupsFinal === isFinalBefore
      ? []
      : [draft.areJumpGroupsFinal ? "Its Jump Groups are final" : "Lower policies override its Jump Groups"]),
  ];
}

function placeText({ role, change }: GroupPolicyJumpGroup, choices: SettingChoices | null): string {
  if (change === "remove") return "members are taken out";
  const roles = choices?.jumpItemRoles.map((one) => ({ ...one, name: roleName(one) }));
  return role === null ? "the account's default role" : named(roles, role);
}

/** Someone's place in a Jump Group, as a preview tells it. */
export function previewedPlaceText(
  place: { readonly role: { readonly id: string; readonly name: string } | null } | null,
): string {
  if (place === null) return "Not in it";
  return place.role === null ? "The account's default role" : roleName(place.role);
}

function withEffect(sentence: string, effect: SettingEffect | undefined): string {
  return effect === undefined ? sentence : `${sentence}. ${effectText(effect)}`;
}

/** How many people a setting changes for. */
export function effectText({ name, gained, lost, changed }: SettingEffect): string {
  if (kindOf(name) !== "permission") return plural(changed, ["It changes for # person", "It changes for # people"]);
  const parts: string[] = [];
  if (gained > 0) parts.push(plural(gained, ["# person gains it", "# people gain it"]));
  if (lost > 0) parts.push(plural(lost, ["# person loses it", "# people lose it"]));
  return parts.length === 0 ? "Nobody gains or loses it" : parts.join(", ");
}

/** Whom saving touches. */
export function reachText(preview: GroupPolicyPreview | null): string {
  if (preview === null) return "";
  const people = plural(preview.people, ["# person is affected.", "# people are affected."]);
  if (preview.inSession === 0) return people;
  const inSession = plural(preview.inSession, [
    "# is in a session; what they lose ends at once.",
    "# are in a session; what they lose ends at once.",
  ]);
  return `${people} ${inSession}`;
}

/** Names of permissions in a row. */
export function permissionNamesText(names: readonly AccountSettingName[]): string {
  return names.map((name) => accountSettings[name].name).join(", ");
}
