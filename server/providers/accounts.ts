/** Whose account a proved person has: found by the provider's own key, made where the provider may, kept in step. */
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Queries, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { hasAdministrator, isAdministrator, keepAdministrator } from "../representatives/administrators.ts";
import {
  type AccountChanges,
  addExternalGroups,
  addToGroupPolicies,
  addToTeams,
  findByExternalId,
  findByName,
  findGroupPolicyNames,
  insertAccount,
  type ProviderAccount,
  readMemberships,
  removeExternalGroups,
  removeFromGroupPolicies,
  removeFromTeams,
  updateAccount,
} from "./account-store.ts";
import { changesAnything, type MembershipChanges, membershipChanges, reversed } from "./mapping.ts";
import type { Provider, ProviderIdentity } from "./provider.ts";
import { refuse } from "./refusal.ts";

export interface ProviderAccountsNeeds {
  readonly audit: Audit;
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
}

/** An account with what finding it changed. */
export interface ResolvedAccount {
  readonly account: ProviderAccount;
  /** Something that policies rest on changed: after the commit, the policy book has to be told. */
  readonly changesPolicies: boolean;
}

export class ProviderAccounts {
  readonly #needs: ProviderAccountsNeeds;
  constructor(needs: ProviderAccountsNeeds) {
    this.#needs = needs;
  }

  /**
   * The account of an identity, made or brought up to date in the caller's transaction.
   * @param synchronizers SCIM providers whose accounts sign in by this one: theirs are found by name and left as they are
   * @throws {ProviderRefusal} account.name_taken, account.unknown
   */
  async resolve(
    tx: Tx,
    provider: Provider,
    identity: ProviderIdentity,
    synchronizers: readonly string[],
  ): Promise<ResolvedAccount> {
    const own = await findByExternalId(tx, provider.id, identity.externalId);
    if (own !== null) return await this.#follow(tx, provider, own, identity);
    const named = await findByName(tx, identity.username);
    if (named !== null && synchronizers.includes(named.provider)) return { account: named, changesPolicies: false };
    if (named !== null) return refuse("account.name_taken", identity.username);
    if (!provider.mapping.createsAccounts) return refuse("account.unknown", identity.username);
    const account = await this.create(tx, provider, identity);
    await this.synchronizeGroups(tx, provider, account, identity.groups);
    return { account, changesPolicies: true };
  }

  /** What resolve() would find or refuse; changes nothing. */
  async preview(queries: Queries, provider: Provider, identity: ProviderIdentity, synchronizers: readonly string[]) {
    const own = await findByExternalId(queries, provider.id, identity.externalId);
    const named = own === null ? await findByName(queries, identity.username) : null;
    if (named !== null && !synchronizers.includes(named.provider)) refuse("account.name_taken", identity.username);
    const account = own ?? named;
    if (account === null && !provider.mapping.createsAccounts) refuse("account.unknown", identity.username);
    const has = account === null ? noMemberships : await readMemberships(queries, account.id, provider.id);
    const { groupPolicies } = membershipChanges(provider.mapping, identity.groups, has);
    const kept = has.groupPolicies.filter((id) => !groupPolicies.remove.includes(id));
    const names = await findGroupPolicyNames(queries, [...kept, ...groupPolicies.add]);
    return { isNew: account === null, groupPolicies: names };
  }

  /** Makes an account that only this provider can sign in to. The name has to be free. */
  async create(
    tx: Tx,
    provider: Provider,
    identity: Omit<ProviderIdentity, "provider" | "groups">,
    isDisabled = false,
  ): Promise<ProviderAccount> {
    const { externalId, username, displayName, email } = identity;
    const id = newId<RepresentativeId>();
    const createdAt = this.#needs.clock.now().toISOString();
    const account = { id, username, displayName, email, provider: provider.id, externalId, isDisabled };
    await insertAccount(tx, { ...account, createdAt });
    await this.#record(tx, "user.created", account, { provider: provider.name });
    return { ...account, isBreakGlass: false };
  }

  /**
   * Writes what differs; a name another account has stays as it was. Returns whether anything did.
   * @throws {AppError} request.conflict when the last administrator would be switched off
   */
  async change(tx: Tx, provider: Provider, account: ProviderAccount, wanted: AccountChanges): Promise<boolean> {
    const names = (Object.keys(wanted) as (keyof AccountChanges)[]).filter((name) => wanted[name] !== account[name]);
    const changes: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, wanted[name]]));
    if (changes["username"] !== undefined) {
      const other = await findByName(tx, wanted.username!);
      if (other !== null && other.id !== account.id) delete changes["username"];
    }
    if (Object.keys(changes).length === 0) return false;
    await updateAccount(tx, account.id, changes);
    if (changes["isDisabled"] === true) await this.#keepAdministrator(tx);
    await this.#record(tx, "user.synchronized", account, { provider: provider.name, ...changes });
    return true;
  }

  /**
   * Brings groups and what they bring in step, unless that would take the rights of the last administrator who can sign
   * in: then all stays as it was, and the audit log says so.
   * @param isExact the groups are these, even where the mapping only adds what they bring
   * @returns whether anything changed
   */
  async synchronizeGroups(
    tx: Tx,
    provider: Provider,
    account: Pick<ProviderAccount, "id" | "username" | "isBreakGlass">,
    groups: readonly string[] | null,
    isExact = false,
  ): Promise<boolean> {
    if (account.isBreakGlass) return false;
    const has = await readMemberships(tx, account.id, provider.id);
    const changes = membershipChanges(provider.mapping, groups, has, isExact);
    if (!changesAnything(changes)) return false;
    const { clock, policyBook } = this.#needs;
    const couldTake = await isAdministrator(tx, account.id, policyBook.current());
    await write(tx, provider, account.id, changes);
    const takesLast = couldTake && !(await hasAdministrator(tx, policyBook.current(), clock.now()));
    if (takesLast) await write(tx, provider, account.id, reversed(changes));
    const told = takesLast ? { undone: "the last administrator would have lost their rights" } : {};
    await this.#record(tx, "user.synchronized", account, { provider: provider.name, ...changes, ...told });
    return !takesLast;
  }

  /**
   * The provider gives an account up: it is switched off and no longer found by the provider's key.
   * @throws {AppError} request.conflict (the last administrator)
   */
  async release(tx: Tx, provider: Provider, account: ProviderAccount): Promise<void> {
    await updateAccount(tx, account.id, { isDisabled: true, externalId: null });
    await this.#keepAdministrator(tx);
    await this.#record(tx, "user.synchronized", account, {
      provider: provider.name,
      isDisabled: true,
      isReleased: true,
    });
  }

  async #follow(
    tx: Tx,
    provider: Provider,
    account: ProviderAccount,
    identity: ProviderIdentity,
  ): Promise<ResolvedAccount> {
    if (account.isBreakGlass) return { account, changesPolicies: false };
    const { attributes } = provider.mapping;
    const wanted: AccountChanges = {
      username: identity.username,
      ...(attributes.displayName === "" || identity.displayName === identity.username
        ? {}
        : { displayName: identity.displayName }),
      ...(identity.email === "" ? {} : { email: identity.email }),
    };
    await this.change(tx, provider, account, wanted);
    const changesPolicies = await this.synchronizeGroups(tx, provider, account, identity.groups);
    return { account: (await findByExternalId(tx, provider.id, identity.externalId)) ?? account, changesPolicies };
  }

  async #keepAdministrator(tx: Tx): Promise<void> {
    await keepAdministrator(tx, this.#needs.policyBook.current(), this.#needs.clock.now());
  }

  async #record(
    tx: Tx,
    action: "user.created" | "user.synchronized",
    account: { readonly id: string; readonly username: string },
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const object = { kind: "user", id: account.id, name: account.username };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor: { kind: "system" }, object, detail });
  }
}

async function write(tx: Tx, provider: Provider, account: string, changes: MembershipChanges): Promise<void> {
  await addExternalGroups(tx, account, provider.id, changes.groups.add);
  await removeExternalGroups(tx, account, provider.id, changes.groups.remove);
  await addToGroupPolicies(tx, account, changes.groupPolicies.add);
  await removeFromGroupPolicies(tx, account, changes.groupPolicies.remove);
  await addToTeams(tx, account, changes.teams.add);
  await removeFromTeams(tx, account, changes.teams.remove);
}

const noMemberships = { groups: [], groupPolicies: [], teams: [] };
