/** Roles in a team, in words. */
import type { TeamRole } from "../../../protocol/api/users.ts";

export const teamRoleNames: Readonly<Record<TeamRole, string>> = {
  member: "Member",
  lead: "Lead",
  manager: "Manager",
};

export const teamRoleOptions = (["member", "lead", "manager"] as const).map((value) => ({
  value,
  label: teamRoleNames[value],
}));
