/** Accounts as /login shows them: lists, one in detail, and what holds for one with where it comes from. */
import type { Static } from "@sinclair/typebox";
import { accountSettingNames } from "../../protocol/account-settings.ts";
import type { EffectiveSettings, User, UserDetail, UserQuery, Users as Page } from "../../protocol/api/users.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Clock } from "../clock.ts";
import type { Database, Queries } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { AccountRights, Policies } from "../policy/policies.ts";
import {
  countBreakGlass,
  externalGroupsOf,
  findAccounts,
  type ListedAccount,
  readAccounts,
  teamNames,
  teamsOf,
} from "./list-store.ts";
import { policiesOf } from "./reach-store.ts";
import { rightsBySettings } from "./standing.ts";

export interface UsersNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
}

/** An account as a list shows it, with what its settings come to. */
export interface UserWithRights {
  readonly user: User;
  readonly own: ListedAccount["own"];
  readonly rights: AccountRights;
}

export class Users {
  readonly #needs: UsersNeeds;
  constructor(needs: UsersNeeds) {
    this.#needs = needs;
  }

  /** A page of those that fit. */
  async list(query: UserQuery): Promise<Static<typeof Page>> {
    const { database, clock } = this.#needs;
    const { ids, total } = await findAccounts(database.queries, query, clock.now().toISOString());
    const users = (await this.read(ids)).map(({ user }) => user);
    return { users, total, breakGlass: await countBreakGlass(database.queries) };
  }

  /** These accounts in this order; those that are gone are left out. */
  async read(ids: readonly string[]): Promise<UserWithRights[]> {
    const { database, clock, policyBook } = this.#needs;
    const accounts = await readAccounts(database.queries, ids);
    const reach = await policiesOf(database.queries, ids);
    const policies = policyBook.current();
    return accounts.map((account) => withRights(account, reach.get(account.id) ?? new Set(), policies, clock.now()));
  }

  /** @throws {AppError} not_found */
  async get(id: string): Promise<Static<typeof UserDetail>> {
    const { queries } = this.#needs.database;
    const [found] = await this.read([id]);
    if (found === undefined) throw gone();
    const teams = [...(await teamsOf(queries, id)), ...(await this.#teamsByPolicy(queries, found.user))];
    return { ...found.user, ...found.own, teams, externalGroups: await externalGroupsOf(queries, id) };
  }

  /** What holds for an account, setting by setting. @throws {AppError} not_found */
  async effective(id: string): Promise<EffectiveSettings> {
    const rights = await this.#needs.policyBook.rightsOf(id);
    return {
      settings: accountSettingNames.map((name) => ({ name, ...rights.settings[name] })),
      jumpGroups: jumpGroupsOf(rights, this.#needs.policyBook.current()),
    };
  }

  async #teamsByPolicy(queries: Queries, { id, groupPolicies }: User) {
    const named = new Set((await teamsOf(queries, id)).map((team) => team.id));
    const byId = new Map(this.#needs.policyBook.current().groupPolicies.map((policy) => [policy.id, policy]));
    const roles = groupPolicies.flatMap((policy) => Array.from(byId.get(policy.id)?.teams ?? []));
    const found = new Map(roles.filter(([team]) => !named.has(team)));
    const names = await teamNames(queries, [...found.keys()]);
    return names.map((team) => ({ ...team, role: found.get(team.id)! }));
  }
}

function withRights(
  account: ListedAccount,
  groupPolicies: ReadonlySet<string>,
  policies: Policies,
  now: Date,
): UserWithRights {
  const { lockedUntil, own, ...shown } = account;
  const rights = rightsBySettings(
    { id: account.id, name: account.displayName, own: own.settings, groupPolicies },
    policies,
  );
  const isLocked = lockedUntil !== null && new Date(lockedUntil) > now;
  const user: User = {
    ...shown,
    language: account.language as User["language"],
    isLocked,
    status: statusOf(account, isLocked, now),
    isAdministrator: rights.isAdministrator,
    groupPolicies: policies.groupPolicies
      .filter(({ id }) => groupPolicies.has(id))
      .map(({ id, name }) => ({ id, name })),
  };
  return { user, rights, own };
}

function statusOf({ isDisabled, expiresAt }: ListedAccount, isLocked: boolean, now: Date): User["status"] {
  if (isDisabled) return "disabled";
  if (expiresAt !== null && new Date(expiresAt) <= now) return "expired";
  return isLocked ? "locked" : "active";
}

function jumpGroupsOf(rights: AccountRights, policies: Policies): EffectiveSettings["jumpGroups"] {
  const rows = Array.from(rights.jumpGroups, ([id, { role: roleId, source }]) => {
    const role = roleId === null ? undefined : policies.jumpItemRoles.get(roleId);
    return {
      jumpGroup: { id, name: policies.jumpGroups.get(id)?.name ?? "" },
      role: role === undefined ? null : { id: role.id, name: role.name },
      by:
        source.kind === "group-policy" ? { kind: source.kind, policy: source.policy } : { kind: "jump-group" as const },
    };
  });
  return rows.toSorted((one, other) => one.jumpGroup.name.localeCompare(other.jumpGroup.name));
}

const gone = (): AppError => new AppError("not_found", "This account does not exist any more.");
