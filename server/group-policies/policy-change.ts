/** One group policy changed, in the caller's transaction: checked, limited to what the actor holds, written. */
import type { Static } from "@sinclair/typebox";
import type { CreateGroupPolicy } from "../../protocol/api/users.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { changedFields } from "../changed-fields.ts";
import type { Tx } from "../database/database.ts";
import type { Policies } from "../policy/policies.ts";
import { checkSettings } from "../representatives/settings-check.ts";
import {
  policyChanges,
  requireMayChange,
  requireMayMove,
  requireMayGivePlaces,
  requireMayPlace,
  requireWholePolicy,
} from "./limits.ts";
import { readMemberships } from "./membership-store.ts";
import { limitRoleGains } from "./role-gains.ts";
import { membershipChanges, writeMemberships } from "./memberships.ts";
import { deleteGroupPolicy, findByName, findGroupPolicy, type GroupPolicyRow, updateGroupPolicy } from "./store.ts";

export type PolicyWish = Partial<Static<typeof CreateGroupPolicy>>;
/** What the audit log tells of a change, before and after; empty: nothing changed. */
export type Detail = Record<string, unknown>;

/** @throws {AppError} not_found */
export async function requirePolicy(tx: Tx, id: string): Promise<GroupPolicyRow> {
  const policy = await findGroupPolicy(tx, id);
  if (policy === null) throw new AppError("not_found", "This group policy does not exist any more.");
  return policy;
}

/**
 * Makes a group policy as wished; what the wish does not speak of stays.
 * @throws {AppError} request.conflict, request.invalid, permission.not_held
 */
export async function applyWish(
  tx: Tx,
  actor: Actor,
  policy: GroupPolicyRow,
  wish: PolicyWish,
  policies: Policies,
): Promise<Detail> {
  const limits = { changed: [policy.id], policies };
  return await limitRoleGains(tx, actor, limits, () => applyAllowed(tx, actor, policy, wish, policies));
}

/** As applyWish(), but for what the actor gives by roles as a consequence. */
async function applyAllowed(
  tx: Tx,
  actor: Actor,
  policy: GroupPolicyRow,
  wish: PolicyWish,
  policies: Policies,
): Promise<Detail> {
  const settings = wish.settings === undefined ? [] : policyChanges(policy.settings, wish.settings);
  requireMayChange(actor, policy.settings, settings, policies);
  await checkSettings(tx, settings);
  const before = await readMemberships(tx, policy.id);
  const memberships = membershipChanges(before, wish);
  const changesFinal = (wish.areJumpGroupsFinal ?? policy.areJumpGroupsFinal) !== policy.areJumpGroupsFinal;
  const places = { jumpGroups: before.jumpGroups.size > 0, teams: before.teams.size > 0, changesFinal };
  requireMayPlace(actor, memberships, wish.settings ?? policy.settings, places, policies);
  requireMayGivePlaces(actor, before, memberships, policies);
  if (wish.name !== undefined) await refuseTakenName(tx, policy.id, wish.name);
  const { changes, detail: plain } = changedFields<GroupPolicyRow>(policy, {
    name: wish.name,
    description: wish.description,
    settings: wish.settings,
    areJumpGroupsFinal: wish.areJumpGroupsFinal,
  });
  const detail = {
    ...plain,
    ...(wish.settings === undefined || settings.length === 0
      ? {}
      : { settings: beforeAfter(policy.settings, wish.settings) }),
    ...(await writeMemberships(tx, policy.id, before, memberships)),
  };
  if (Object.keys(detail).length > 0) await updateGroupPolicy(tx, policy.id, changes);
  return detail;
}

/** Takes a group policy away; those below move up. @throws {AppError} permission.not_held */
export async function removePolicy(tx: Tx, actor: Actor, policy: GroupPolicyRow, policies: Policies): Promise<Detail> {
  requireWholePolicy(actor, policy.settings, policies);
  const { users, providerGroups, jumpGroups } = await readMemberships(tx, policy.id);
  requireMayMove(actor, jumpGroups.size > 0);
  await limitRoleGains(tx, actor, { changed: [policy.id], policies }, () => deleteGroupPolicy(tx, policy));
  const counts = { members: users.size, providerGroups: providerGroups.size, jumpGroups: jumpGroups.size };
  return { ...counts, settings: policy.settings };
}

/** @throws {AppError} request.conflict */
export async function refuseTakenName(tx: Tx, id: string, name: string): Promise<void> {
  const taken = await findByName(tx, name);
  if (taken !== null && taken.id !== id)
    throw new AppError(
      "request.conflict",
      `There is already a group policy called ${taken.name}. Choose another name.`,
    );
}

/** Of each changed setting its value and whether it is final; null: not defined. */
function beforeAfter(before: GroupPolicyRow["settings"], after: GroupPolicyRow["settings"]): Detail {
  const names = policyChanges(before, after).map(({ name }) => name);
  const rows = names.map((name) => [name, { before: before[name] ?? null, after: after[name] ?? null }] as const);
  return Object.fromEntries(rows);
}
