/** There is always an administrator who can sign in, wherever their right comes from. */
import { AppError } from "../../protocol/errors.ts";
import type { Tx } from "../database/database.ts";
import type { Policies } from "../policy/policies.ts";
import { candidatesFor, policiesThatDefine } from "./reach-store.ts";
import { rightsBySettings, standingsOf, withGroupPolicies } from "./standing.ts";

const PERMISSION = "site.administer";

/**
 * Whether, as the tables stand in this transaction, somebody who can sign in holds site.administer.
 * @param policies the site's present ones; group policies and accounts are read anew, since the transaction changed them
 */
export async function hasAdministrator(tx: Tx, policies: Policies, now: Date): Promise<boolean> {
  const defining = await policiesThatDefine(tx, PERMISSION);
  const ids = defining.map(({ id }) => id);
  const asTheyStand = withGroupPolicies(policies, defining);
  const candidates = await candidatesFor(tx, PERMISSION, ids, now.toISOString());
  return candidates.some((standing) => rightsBySettings(standing, asTheyStand).isAdministrator);
}

/** Whether this account is an administrator as the tables stand in this transaction, whether it can sign in or not. */
export async function isAdministrator(tx: Tx, id: string, policies: Policies): Promise<boolean> {
  const [standing] = await standingsOf(tx, [id]);
  if (standing === undefined) return false;
  const defining = await policiesThatDefine(tx, PERMISSION);
  return rightsBySettings(standing, withGroupPolicies(policies, defining)).isAdministrator;
}

/**
 * INVARIANT: a transaction that would leave nobody to administer the site is undone. Call it last in every transaction
 * that changes accounts, group policies, their members or what providers say of groups.
 * @throws {AppError} request.conflict
 */
export async function keepAdministrator(tx: Tx, policies: Policies, now: Date): Promise<void> {
  if (await hasAdministrator(tx, policies, now)) return;
  throw new AppError(
    "request.conflict",
    "This would take the rights of the last administrator who can sign in. Make another administrator first.",
  );
}
