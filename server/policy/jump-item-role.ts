/** Which Jump Item Role an account has on the Jump Items of one Jump Group. The most specific wins, and only that counts. */
import type { JumpItemRoleSource } from "../../protocol/decision.ts";
import { ADMINISTRATOR_ROLE } from "./built-in-roles.ts";
import type { AccountRights, JumpItemRole, Policies } from "./policies.ts";

export interface FoundRole {
  readonly role: JumpItemRole;
  readonly source: JumpItemRoleSource;
}

/** The role on the Jump Items of a Jump Group (null: of none); null: no role reaches them. */
export function jumpItemRoleOn(rights: AccountRights, jumpGroup: string | null, policies: Policies): FoundRole | null {
  const { jumpItemRoles } = policies;
  if (rights.isAdministrator) return foundBy(jumpItemRoles.get(ADMINISTRATOR_ROLE), { kind: "administrator" });
  const membership = jumpGroup === null ? undefined : rights.jumpGroups.get(jumpGroup);
  if (membership !== undefined && membership.role !== null) {
    const found = foundBy(jumpItemRoles.get(membership.role), membership.source);
    if (found !== null) return found;
  }
  const owner = jumpGroup === null ? null : (policies.jumpGroups.get(jumpGroup)?.owner ?? null);
  return (
    (membership === undefined ? null : byAccount("defaultJumpItemRole", rights, policies)) ??
    (owner === rights.id ? byAccount("personalJumpItemRole", rights, policies) : null) ??
    (leads(rights, owner) ? byAccount("teamJumpItemRole", rights, policies) : null) ??
    (isPrivateTo(rights, owner) ? null : byAccount("systemJumpItemRole", rights, policies))
  );
}

/** Whether this is somebody else's personal list, which is theirs alone but for who sees every Jump Item (JUMP-06). */
const isPrivateTo = ({ id, settings }: AccountRights, owner: string | null): boolean =>
  owner !== null && owner !== id && !settings["jump-items.see-all"].value;

/** Whether this is the personal list of somebody whose team the account leads, and it may see such lists (JUMP-07). */
export function leads(rights: AccountRights, owner: string | null): boolean {
  return owner !== null && rights.ledUsers.has(owner) && rights.settings["jump-items.see-team-lists"].value;
}

const foundBy = (role: JumpItemRole | undefined, source: JumpItemRoleSource): FoundRole | null =>
  role === undefined ? null : { role, source };

type RoleSetting = Extract<JumpItemRoleSource, { kind: "account" }>["setting"];

function byAccount(setting: RoleSetting, rights: AccountRights, { jumpItemRoles }: Policies): FoundRole | null {
  const { value, source } = rights.settings[setting];
  return value === null ? null : foundBy(jumpItemRoles.get(value), { kind: "account", setting, source });
}
