/** Works out what holds for one account: made once a version of the policies, looked up ever after. */
import {
  accountSettingNames,
  type AccountSettingName,
  accountSettings,
  type SessionPolicyChoice,
} from "../../protocol/account-settings.ts";
import type { JumpItemRoleSource, SettingSource } from "../../protocol/decision.ts";
import { type JumpItemPermission, jumpItemPermissions } from "../../protocol/permissions.ts";
import type { AccountRecord, AccountRights, Effective, GroupPolicy, Policies, SessionLayer } from "./policies.ts";
import { ScheduleWatch } from "./schedule.ts";

/** Compiles an account's rights by the policies that reach it (decision 0006). */
export function compileRights(account: AccountRecord, policies: Policies): AccountRights {
  const reaching = policies.groupPolicies.filter(({ id }) => account.groupPolicies.has(id));
  const settings = Object.fromEntries(
    accountSettingNames.map((name) => [name, effective(name, account, reaching)]),
  ) as unknown as AccountRights["settings"];
  const { jumpGroups, removedFrom } = jumpGroupsOf(account, reaching, policies);
  const isAdministrator = settings["site.administer"].value;
  const schedule = settings.signInSchedule.value;
  return {
    version: policies.version,
    id: account.id,
    name: account.name,
    settings,
    jumpGroups,
    removedFrom,
    ledTeams: account.ledTeams,
    ledUsers: account.ledUsers,
    sessionLayers: {
      present: sessionLayers("attendedSessionPolicy", account, reaching),
      absent: sessionLayers("unattendedSessionPolicy", account, reaching),
    },
    isAdministrator,
    heldSomewhere: isAdministrator ? new Set(jumpItemPermissions) : heldSomewhere(settings, jumpGroups, policies),
    signInSchedule: schedule === null ? null : new ScheduleWatch(schedule),
  };
}

const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });

/** From top to bottom a lower policy overrides an upper one; a final value ends the walk; the user's own comes last. */
function effective(
  name: AccountSettingName,
  account: AccountRecord,
  reaching: readonly GroupPolicy[],
): Effective<unknown> {
  let found: Effective<unknown> = { value: accountSettings[name].default, source: { kind: "default" } };
  for (const policy of reaching) {
    const defined = policy.settings[name];
    if (defined === undefined) continue;
    const { value, isFinal } = defined;
    found = { value, source: { kind: "group-policy", policy: named(policy), isFinal } };
    if (isFinal) return found;
  }
  const own = account.own[name];
  return own === undefined ? found : { value: own, source: { kind: "user" } };
}

/**
 * Every choice of session policy that may decide, the strongest first: the user's own, then group policies from the
 * lowest to the topmost. A final choice drops all that come after it in the walk, which are stronger otherwise.
 */
function sessionLayers(
  name: "attendedSessionPolicy" | "unattendedSessionPolicy",
  account: AccountRecord,
  reaching: readonly GroupPolicy[],
): SessionLayer[] {
  const layers: SessionLayer[] = [];
  const add = (choice: SessionPolicyChoice | null | undefined, source: Exclude<SettingSource, { kind: "default" }>) => {
    if (choice !== null && choice !== undefined) layers.unshift({ source, choice });
  };
  for (const policy of reaching) {
    const defined = policy.settings[name];
    if (defined === undefined) continue;
    add(defined.value, { kind: "group-policy", policy: named(policy), isFinal: defined.isFinal });
    if (defined.isFinal) return layers;
  }
  add(account.own[name], { kind: "user" });
  return layers;
}

/**
 * Jump Groups the account belongs to, and those a group policy takes it out of. The strongest policy that names a Jump
 * Group decides about it. A role given on the Jump Group's page wins over any policy.
 */
function jumpGroupsOf(
  account: AccountRecord,
  reaching: readonly GroupPolicy[],
  { jumpGroups }: Policies,
): Pick<AccountRights, "jumpGroups" | "removedFrom"> {
  const found = new Map<string, { readonly role: string | null; readonly source: JumpItemRoleSource }>();
  const removedFrom = new Map<string, { readonly id: string; readonly name: string }>();
  const group = (id: string) => ({ id, name: jumpGroups.get(id)?.name ?? "" });
  for (const policy of strongestFirst(reaching)) {
    const by = named(policy);
    for (const [id, role] of policy.jumpGroups)
      if (!found.has(id) && !removedFrom.has(id))
        found.set(id, { role, source: { kind: "group-policy", policy: by, jumpGroup: group(id) } });
    for (const id of policy.removedJumpGroups) if (!found.has(id) && !removedFrom.has(id)) removedFrom.set(id, by);
  }
  for (const [id, role] of account.jumpGroups) {
    removedFrom.delete(id);
    if (role !== null || !found.has(id)) found.set(id, { role, source: { kind: "jump-group", jumpGroup: group(id) } });
  }
  return { jumpGroups: found, removedFrom };
}

/** As to Jump Groups: final policies from the top, which nothing below overrides; then the others from the bottom. */
function strongestFirst(reaching: readonly GroupPolicy[]): GroupPolicy[] {
  const others = reaching.filter(({ areJumpGroupsFinal }) => !areJumpGroupsFinal);
  return [...reaching.filter(({ areJumpGroupsFinal }) => areJumpGroupsFinal), ...others.toReversed()];
}

/** By any Jump Item Role the account has anywhere, or by seeing lists without one. */
function heldSomewhere(
  settings: AccountRights["settings"],
  jumpGroups: AccountRights["jumpGroups"],
  { jumpItemRoles }: Policies,
): Set<JumpItemPermission> {
  const { defaultJumpItemRole, personalJumpItemRole, teamJumpItemRole, systemJumpItemRole } = settings;
  const ofAccount = [personalJumpItemRole, teamJumpItemRole, systemJumpItemRole].map(({ value }) => value);
  const roles = new Set(ofAccount);
  for (const { role } of jumpGroups.values()) roles.add(role ?? defaultJumpItemRole.value);
  const held = new Set<JumpItemPermission>();
  for (const role of roles)
    for (const permission of jumpItemRoles.get(role ?? "")?.permissions ?? []) held.add(permission);
  if (settings["jump-items.see-all"].value || settings["jump-items.see-team-lists"].value) held.add("jump-items.view");
  return held;
}
