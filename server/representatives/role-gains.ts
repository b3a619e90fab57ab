/** An account's own settings, changed, give it no stronger Jump Item Roles than whoever changes them has. */
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import type { Queries } from "../database/database.ts";
import { compileRights } from "../policy/compile-rights.ts";
import type { AccountRights, Policies } from "../policy/policies.ts";
import { gainsBeyond } from "../policy/role-gain.ts";
import { holds } from "./giving.ts";
import { standingsOf } from "./standing.ts";

/**
 * A weak role of the account's own may hide a group policy's stronger one, and a default role counts in every Jump Group
 * it is in without a role there. Who manages roles may give any.
 * @param before what holds for the account now
 * @param own its own settings as they shall be
 * @throws {AppError} permission.not_held
 */
export async function requireNoRoleGain(
  queries: Queries,
  actor: Pick<Actor, "rights" | "scopes">,
  { before, own }: { readonly before: AccountRights; readonly own: DefinedSettings },
  policies: Policies,
): Promise<void> {
  if (holds(actor, "site.administer") || holds(actor, "jump-item-roles.manage")) return;
  const [standing] = await standingsOf(queries, [before.id]);
  if (standing === undefined) return;
  const given = [...before.jumpGroups].filter(([, { source }]) => source.kind === "jump-group");
  const jumpGroups = new Map(given.map(([id, { role }]) => [id, role]));
  const after = compileRights({ ...before, ...standing, own, jumpGroups }, policies);
  if (!gainsBeyond(actor, { before, after, jumpGroups: [] }, policies)) return;
  throw new AppError(
    "permission.not_held",
    "By this change the account's Jump Item Roles would allow more than yours. An administrator can do this.",
  );
}
