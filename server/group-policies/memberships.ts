/** Changes of whom and what a group policy names, checked and written in the change's transaction. */
import type { Static } from "@sinclair/typebox";
import type { CreateGroupPolicy, GroupPolicyJumpGroup, TeamRole } from "../../protocol/api/users.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Tx } from "../database/database.ts";
import { isEmpty, type MemberChanges, memberChanges, membersDetail } from "../member-changes.ts";
import {
  addProviderGroups,
  addUsers,
  groupKey,
  type JumpGroupChange,
  type Memberships,
  type NamedTable,
  namesIn,
  ofGroupKey,
  removeJumpGroups,
  removeProviderGroups,
  removeTeams,
  removeUsers,
  writeJumpGroups,
  writeTeams,
} from "./membership-store.ts";

type Wish = Partial<Pick<Static<typeof CreateGroupPolicy>, "members" | "jumpGroups" | "teams">>;

/** What there is to write and to take away, of each kind. */
export interface MembershipChanges {
  readonly users: MemberChanges<true>;
  readonly providerGroups: MemberChanges<true>;
  readonly jumpGroups: MemberChanges<JumpGroupChange>;
  readonly teams: MemberChanges<TeamRole>;
}

/** What a wish changes; a kind it does not speak of stays. Pure. */
export function membershipChanges(before: Memberships, wish: Wish): MembershipChanges {
  const { members, jumpGroups, teams } = wish;
  const users = members?.flatMap((member) => (member.kind === "user" ? [[member.user, true] as const] : []));
  const groups = members?.flatMap((one) => (one.kind === "provider-group" ? [[groupKey(one), true] as const] : []));
  const groupsWished = jumpGroups?.map((wished) => [wished.jumpGroup, jumpGroupChange(wished)] as const);
  const inTeams = teams?.map(({ team, role }) => [team, role] as const);
  return {
    users: memberChanges(before.users, users === undefined ? before.users : new Map(users)),
    providerGroups: memberChanges(
      before.providerGroups,
      groups === undefined ? before.providerGroups : new Map(groups),
    ),
    jumpGroups: memberChanges(
      before.jumpGroups,
      groupsWished === undefined ? before.jumpGroups : new Map(groupsWished),
    ),
    teams: memberChanges(before.teams, inTeams === undefined ? before.teams : new Map(inTeams)),
  };
}

const jumpGroupChange = ({ change, role }: GroupPolicyJumpGroup): JumpGroupChange =>
  change === "remove" ? { change, role: null } : { change: "add", role };

/**
 * Writes them and returns what the audit log tells of it.
 * @throws {AppError} request.conflict when something named is not there any more
 */
export async function writeMemberships(
  tx: Tx,
  policy: string,
  before: Memberships,
  changes: MembershipChanges,
): Promise<Record<string, unknown>> {
  return {
    ...(await writeUsers(tx, policy, changes.users)),
    ...(await writeGroups(tx, policy, changes.providerGroups)),
    ...(await writeJump(tx, policy, changes.jumpGroups, before.jumpGroups)),
    ...(await writeInTeams(tx, policy, changes.teams)),
  };
}

async function writeUsers(tx: Tx, policy: string, changes: MembershipChanges["users"]) {
  if (isEmpty(changes)) return {};
  const names = await namesOf(tx, "representatives", [...changes.written.keys()], changes.removed);
  await removeUsers(tx, policy, changes.removed);
  await addUsers(tx, policy, [...changes.written.keys()]);
  return { members: membersDetail(changes, (id) => names.get(id) ?? id) };
}

async function writeGroups(tx: Tx, policy: string, changes: MembershipChanges["providerGroups"]) {
  if (isEmpty(changes)) return {};
  const added = Array.from(changes.written.keys(), ofGroupKey);
  const removed = changes.removed.map(ofGroupKey);
  const providers = await namesOf(
    tx,
    "providers",
    added.map(({ provider }) => provider),
    removed.map(({ provider }) => provider),
  );
  await removeProviderGroups(tx, policy, removed);
  await addProviderGroups(tx, policy, added);
  const nameOf = (key: string) => {
    const { provider, group } = ofGroupKey(key);
    return `${providers.get(provider) ?? provider}: ${group}`;
  };
  return { providerGroups: membersDetail(changes, nameOf) };
}

async function writeJump(
  tx: Tx,
  policy: string,
  changes: MembershipChanges["jumpGroups"],
  before: Memberships["jumpGroups"],
) {
  if (isEmpty(changes)) return {};
  const names = await namesOf(tx, "jump_groups", [...changes.written.keys()], changes.removed);
  const roles = await roleNames(tx, changes.written.values(), before.values());
  await removeJumpGroups(tx, policy, changes.removed);
  await writeJumpGroups(tx, policy, changes.written);
  const told = (one: JumpGroupChange | undefined) =>
    one === undefined
      ? null
      : one.change === "remove"
        ? one
        : { ...one, role: one.role && (roles.get(one.role) ?? "") };
  const written = new Map(
    Array.from(changes.written, ([id, after]) => [id, { before: told(before.get(id)), after: told(after) }]),
  );
  return { jumpGroups: membersDetail({ ...changes, written }, (id) => names.get(id) ?? id) };
}

/** Of the roles given now, which must be there, and of those given before. @throws {AppError} request.conflict */
async function roleNames(tx: Tx, now: Iterable<JumpGroupChange>, before: Iterable<JumpGroupChange>) {
  const idsOf = (changes: Iterable<JumpGroupChange>) => [
    ...new Set(Array.from(changes, ({ role }) => role).filter((role) => role !== null)),
  ];
  return await namesOf(tx, "jump_item_roles", idsOf(now), idsOf(before));
}

async function writeInTeams(tx: Tx, policy: string, changes: MembershipChanges["teams"]) {
  if (isEmpty(changes)) return {};
  const names = await namesOf(tx, "teams", [...changes.written.keys()], changes.removed);
  await removeTeams(tx, policy, changes.removed);
  await writeTeams(tx, policy, changes.written);
  return { teams: membersDetail(changes, (id) => names.get(id) ?? id) };
}

/** @throws {AppError} request.conflict when one of the added is not there */
async function namesOf(tx: Tx, table: NamedTable, added: readonly string[], removed: readonly string[]) {
  const names = await namesIn(tx, table, [...added, ...removed]);
  const missing = new Set(added.filter((id) => !names.has(id)));
  if (missing.size === 0) return names;
  throw new AppError("request.conflict", `${missing.size} of the ${kinds[table]} are not there any more. Look again.`);
}

const kinds: Readonly<Record<NamedTable, string>> = {
  representatives: "people",
  providers: "security providers",
  jump_groups: "Jump Groups",
  jump_item_roles: "Jump Item Roles",
  teams: "teams",
};
