/**
 * The one permission decision of the product. Pure: everything it looks at is an argument. Decision 0006 says what holds;
 * what a decision says of itself is in protocol/decision.ts.
 */
import type { Because, Decision } from "../../protocol/decision.ts";
import {
  type Access,
  type AccountPermission,
  type JumpItemPermission,
  type Permission,
  permissions,
  type SessionPermission,
  wordsOfPermission,
} from "../../protocol/permissions.ts";
import { jumpItemRoleOn, leads } from "./jump-item-role.ts";
import type { AccountRights, DecisionJumpItem, Policies } from "./policies.ts";
import { decideByLayers, isDeniedByLayers } from "./session-permission.ts";

/** Somebody of /appliance asks: they hold all of it, and no permission of a representative. */
export interface ApplianceActor {
  readonly kind: "appliance-administrator";
}

/** A representative asks, or somebody they invited. */
export interface DecisionActor {
  readonly rights: AccountRights;
  /** What an API account was given; null: a person, who has all of their own rights. */
  readonly scopes: ReadonlySet<AccountPermission> | null;
  /** external: somebody without an account who was invited into a session of whose rights these are. */
  readonly kind: "representative" | "external";
  /** Of the support session that is asked about. */
  readonly isSessionOwner: boolean;
}

export interface DecisionQuestion {
  /** `null`: nobody is signed in. */
  readonly actor: DecisionActor | ApplianceActor | null;
  /** What is asked about, where the permission concerns one Jump Item. */
  readonly jumpItem: DecisionJumpItem | null;
  readonly permission: Access;
  readonly policies: Policies;
  readonly now: Date;
}

/** A question by somebody, with what holds for them at hand. */
interface Asked extends DecisionQuestion {
  readonly actor: DecisionActor;
}

const deny = (because: Because): Decision => ({ outcome: "deny", because });
const allow = (because: Because): Decision => ({ outcome: "allow", because });

/** Default deny: what no rule allows is refused. */
export function decide(question: DecisionQuestion): Decision {
  const { actor, permission } = question;
  if (permission === "anyone") return allow({ rule: "open-to-anyone" });
  if (actor?.kind === "appliance-administrator")
    return permission === "appliance" ? allow({ rule: "appliance-administrator" }) : deny({ rule: "not-signed-in" });
  if (actor === null || permission === "appliance") return deny({ rule: "not-signed-in" });
  const asked: Asked = { ...question, actor };
  const outside = outsideSchedule(asked);
  if (outside !== null) return outside;
  if (permission === "signed-in") return allow({ rule: "signed-in" });
  if (concernsConsole(permission) && !question.policies.isConsoleEnabled) return deny({ rule: "console-disabled" });
  if (isAccountPermission(permission)) return decideAccount(permission, asked);
  return decideAboutJumpItem(permission, asked);
}

/** Whether the permission is one of the account alone. */
export const isAccountPermission = (permission: Permission): permission is AccountPermission =>
  permissions[permission].scope === "account";
const isJumpItemPermission = (permission: Permission): permission is JumpItemPermission =>
  permissions[permission].scope === "jump-item";
const concernsConsole = (permission: Permission): boolean =>
  !isAccountPermission(permission) || permissions[permission].group === "Console";

function outsideSchedule({ actor: { rights }, now }: Asked): Decision | null {
  const schedule = rights.signInSchedule;
  if (schedule === null || schedule.isOpen(now)) return null;
  const nextAt = schedule.changesAt(now)?.toISOString() ?? null;
  return deny({ rule: "outside-sign-in-schedule", source: rights.settings.signInSchedule.source, nextAt });
}

/** INVARIANT: an API account never has more than its scopes, nor more than the account it acts for (NA11). */
function decideAccount(permission: AccountPermission, { actor: { rights, scopes } }: Asked): Decision {
  if (scopes !== null && !scopes.has(permission)) return deny({ rule: "scope-lacks", permission });
  const { value, source } = rights.settings[permission];
  if (value) return allow({ rule: "account-setting", permission, source });
  if (rights.isAdministrator)
    return allow({ rule: "administrator", source: rights.settings["site.administer"].source });
  return deny({ rule: "account-setting", permission, source });
}

function decideAboutJumpItem(permission: JumpItemPermission | SessionPermission, asked: Asked): Decision {
  const { jumpItem } = asked;
  const isForConsole = decideAccount("console.use", asked);
  if (isForConsole.outcome === "deny")
    return isForConsole.because.rule === "scope-lacks"
      ? isForConsole
      : deny({ rule: "needs", permission, needed: "console.use" });
  if (jumpItem === null) return deny({ rule: "no-jump-item", permission });
  return isJumpItemPermission(permission)
    ? decideByRole(permission, asked, jumpItem)
    : decideInSession(permission, asked, jumpItem);
}

function decideByRole(permission: JumpItemPermission, asked: Asked, jumpItem: DecisionJumpItem): Decision {
  const { actor, policies } = asked;
  const byRole = ofRole(permission, actor.rights, jumpItem.jumpGroup, policies);
  if (byRole.outcome === "deny" || permission !== "session.start") return byRole;
  return notOffered(jumpItem, policies) ?? byRole;
}

/** What the role on a Jump Group's items says of one permission; whoever may see everything sees it, whatever the role. */
function ofRole(
  permission: JumpItemPermission,
  rights: AccountRights,
  jumpGroup: string | null,
  policies: Policies,
): Decision {
  const found = jumpItemRoleOn(rights, jumpGroup, policies);
  const allows = found?.role.permissions.has(permission) === true;
  if (!allows && permission === "jump-items.view") {
    const seen = seesAnyway(rights, jumpGroup, policies);
    if (seen !== null) return seen;
  }
  if (found === null) return deny(noRole(permission, rights, jumpGroup));
  const { id, name } = found.role;
  const because: Because = { rule: "jump-item-role", permission, role: { id, name }, source: found.source, allows };
  return { outcome: allows ? "allow" : "deny", because };
}

function noRole(permission: JumpItemPermission, rights: AccountRights, jumpGroup: string | null): Because {
  const removedBy = jumpGroup === null ? undefined : rights.removedFrom.get(jumpGroup);
  return { rule: "no-jump-item-role", permission, ...(removedBy === undefined ? {} : { removedBy }) };
}

function seesAnyway(rights: AccountRights, jumpGroup: string | null, { jumpGroups }: Policies): Decision | null {
  const owner = jumpGroup === null ? null : (jumpGroups.get(jumpGroup)?.owner ?? null);
  const all = rights.settings["jump-items.see-all"];
  if (all.value) return allow({ rule: "account-setting", permission: "jump-items.see-all", source: all.source });
  if (!leads(rights, owner)) return null;
  const { source } = rights.settings["jump-items.see-team-lists"];
  return allow({ rule: "account-setting", permission: "jump-items.see-team-lists", source });
}

/** The Jump Group may take only one kind of help (FLEX-20). */
function notOffered({ jumpGroup, presence }: DecisionJumpItem, { jumpGroups }: Policies): Decision | null {
  const group = jumpGroup === null ? undefined : jumpGroups.get(jumpGroup);
  if (group === undefined || group.assistance === "both") return null;
  if ((group.assistance === "attended") === (presence === "present")) return null;
  const { id, name } = group;
  return deny({ rule: "assistance-not-offered", jumpGroup: { id, name }, presence });
}

function decideInSession(permission: SessionPermission, asked: Asked, jumpItem: DecisionJumpItem): Decision {
  const { actor, policies } = asked;
  const refused =
    notReached(permission, actor, jumpItem, policies) ??
    notOffered(jumpItem, policies) ??
    beyondPolicy(permission, asked, jumpItem);
  if (refused !== null) return refused;
  const decision = decideByLayers({ permission, rights: actor.rights, jumpItem, policies });
  const needed = neededBy(permission);
  if (decision.outcome === "deny" || needed === null || !isDeniedInSession(needed, asked, jumpItem)) return decision;
  return deny({ rule: "needs", permission, needed });
}

const neededBy = (permission: SessionPermission): SessionPermission | null =>
  (wordsOfPermission(permission).needs as SessionPermission | undefined) ?? null;

/** Of a permission another one needs: its own rules and those of whatever it needs itself. */
function isDeniedInSession(permission: SessionPermission, asked: Asked, jumpItem: DecisionJumpItem): boolean {
  const { actor, policies } = asked;
  if (beyondPolicy(permission, asked, jumpItem) !== null) return true;
  if (isDeniedByLayers({ permission, rights: actor.rights, jumpItem, policies })) return true;
  const needed = neededBy(permission);
  return needed !== null && isDeniedInSession(needed, asked, jumpItem);
}

/** A Jump Item that does not exist for this person gives them nothing, even in a session they were in before. */
function notReached(
  permission: SessionPermission,
  { rights, kind }: DecisionActor,
  { jumpGroup }: DecisionJumpItem,
  policies: Policies,
): Decision | null {
  if (kind === "external" || jumpGroup === null) return null;
  if (jumpItemRoleOn(rights, jumpGroup, policies) !== null) return null;
  const seen = ofRole("jump-items.view", rights, jumpGroup, policies);
  return seen.outcome === "deny" ? deny({ rule: "no-jump-item-role", permission }) : null;
}

/** What no session policy can give. */
function beyondPolicy(permission: SessionPermission, { actor, policies }: Asked, jumpItem: DecisionJumpItem) {
  if (permission === "endpoint-tools.use") return endpointToolsOff(jumpItem, policies);
  if (permission !== "jump-clients.pin") return null;
  if (actor.kind === "external") return deny({ rule: "external-never", permission });
  if (!actor.isSessionOwner) return deny({ rule: "not-owner", permission });
  if (!actor.rights.heldSomewhere.has("jump-items.create"))
    return deny({ rule: "needs", permission, needed: "jump-items.create" });
  return null;
}

/** Endpoint tools are for the Jump Groups they are switched on for, or by the site for all (FLEX-34). */
function endpointToolsOff({ jumpGroup }: DecisionJumpItem, policies: Policies): Decision | null {
  const group = jumpGroup === null ? undefined : policies.jumpGroups.get(jumpGroup);
  const own = group?.hasEndpointTools ?? null;
  if (own ?? policies.hasEndpointTools) return null;
  const jumpGroupThatSays = group === undefined || own === null ? null : { id: group.id, name: group.name };
  return deny({ rule: "endpoint-tools-off", jumpGroup: jumpGroupThatSays });
}

/**
 * The Jump Groups on whose Jump Items the actor holds a permission, with the ones that are in none (`null`) left out: a
 * role is the same for all Jump Items of a Jump Group. Lists filter their rows by it (NA19).
 */
export function jumpGroupsWhere(
  actor: DecisionActor,
  permission: JumpItemPermission,
  policies: Policies,
  now: Date,
): ReadonlySet<string> {
  const found = new Set<string>();
  const someItem = { id: "", jumpPolicy: null, presentPolicy: null, absentPolicy: null, presence: "absent" } as const;
  for (const jumpGroup of policies.jumpGroups.keys()) {
    const question = { actor, permission, policies, now, jumpItem: { ...someItem, jumpGroup } };
    if (decide(question).outcome === "allow") found.add(jumpGroup);
  }
  return found;
}
