/** /scim/v2/Users: accounts a SCIM provider makes, changes and switches off. Local accounts are not there for it. */
import type { Refusal } from "../../../protocol/errors.ts";
import type { Database, Tx } from "../../database/database.ts";
import type { SignIns } from "../../sign-in/sign-ins.ts";
import type { ProviderAccounts } from "../accounts.ts";
import { type AccountChanges, findAccount, findByName, listAccounts, type ProviderAccount } from "../account-store.ts";
import type { Provider } from "../provider.ts";
import { normalisedResource, type Plain, ScimProblem } from "./scim-input.ts";
import { accountChangesOf, filtered, patched, userResource } from "./scim-resources.ts";

export interface ScimNeeds {
  readonly database: Database;
  readonly accounts: ProviderAccounts;
  readonly signIns: SignIns;
  readonly policiesChanged: () => void;
}

export class ScimUsers {
  constructor(
    private readonly needs: ScimNeeds,
    private readonly provider: Provider,
    private readonly base: string,
  ) {}

  async list(filter: string | null): Promise<Plain[]> {
    const named = /^\s*userName\s+eq\s+"([^"\\]*)"\s*$/iu.exec(filter ?? "")?.[1];
    const { queries } = this.needs.database;
    if (named !== undefined) {
      const account = await findByName(queries, named);
      return account !== null && this.#isOurs(account) ? [this.#view(account)] : [];
    }
    const accounts = (await listAccounts(queries, this.provider.id)).filter((account) => this.#isOurs(account));
    return await filtered(
      accounts.map((account) => this.#view(account)),
      filter,
    );
  }

  async get(id: string): Promise<Plain> {
    return this.#view(await this.#find(null, id));
  }

  /** Makes an account, or takes one up again that this provider had removed. @throws {ScimProblem} uniqueness */
  async create(body: unknown): Promise<Plain> {
    const wanted = accountChangesOf(normalisedResource(body, "User"));
    const { username } = wanted;
    if (username === undefined) throw new ScimProblem(400, "invalidValue", "userName is needed.");
    const id = await this.needs.database.transaction(async (tx) => {
      const present = await findByName(tx, username);
      if (present !== null && (present.provider !== this.provider.id || present.externalId !== null))
        throw taken(username);
      if (present === null) return await this.#insert(tx, username, wanted);
      const again = { ...wanted, externalId: wanted.externalId ?? present.id, isDisabled: wanted.isDisabled ?? false };
      await this.needs.accounts.change(tx, this.provider, present, again);
      return present.id;
    });
    this.needs.policiesChanged();
    return await this.get(id);
  }

  /** PUT: what the body says. */
  async replace(id: string, body: unknown): Promise<Plain> {
    return await this.#change(id, () => Promise.resolve(normalisedResource(body, "User")));
  }

  async patch(id: string, body: unknown): Promise<Plain> {
    return await this.#change(id, (before) => patched(before, body, "User"));
  }

  /** The account stays, switched off and out of the provider's sight: what it did has to be told under its name. */
  async remove(id: string): Promise<void> {
    const { accounts, database, signIns } = this.needs;
    const ended = await database.transaction(async (tx) => {
      const account = await this.#find(tx, id);
      await accounts.synchronizeGroups(tx, this.provider, account, [], true);
      await accounts.release(tx, this.provider, account);
      return await signIns.endIn(tx, { representative: id });
    });
    signIns.announce(ended, switchedOff);
    this.needs.policiesChanged();
  }

  async #change(id: string, next: (before: Plain) => Promise<Plain>): Promise<Plain> {
    const { accounts, database, signIns } = this.needs;
    // Patching only computes: nothing but the database is waited for inside the transaction.
    const ended = await database.transaction(async (tx) => {
      const account = await this.#find(tx, id);
      const wanted = accountChangesOf(await next(this.#view(account)));
      await this.#checkName(tx, account, wanted);
      await accounts.change(tx, this.provider, account, wanted);
      return wanted.isDisabled === true ? await signIns.endIn(tx, { representative: id }) : [];
    });
    signIns.announce(ended, switchedOff);
    this.needs.policiesChanged();
    return await this.get(id);
  }

  async #insert(tx: Tx, username: string, wanted: AccountChanges): Promise<string> {
    const { displayName = username, email = "", isDisabled = false } = wanted;
    const externalId = wanted.externalId ?? "";
    const identity = { username, displayName, email, externalId };
    const account = await this.needs.accounts.create(tx, this.provider, identity, isDisabled);
    if (externalId === "") await this.needs.accounts.change(tx, this.provider, account, { externalId: account.id });
    return account.id;
  }

  async #checkName(tx: Tx, account: ProviderAccount, { username }: AccountChanges): Promise<void> {
    if (username === undefined) return;
    const other = await findByName(tx, username);
    if (other !== null && other.id !== account.id) throw taken(username);
  }

  async #find(tx: Tx | null, id: string): Promise<ProviderAccount> {
    const account = await findAccount(tx ?? this.needs.database.queries, id);
    if (account === null || !this.#isOurs(account)) throw new ScimProblem(404, "", "There is no such user.");
    return account;
  }

  #isOurs(account: ProviderAccount): boolean {
    return account.provider === this.provider.id && account.externalId !== null && !account.isBreakGlass;
  }

  #view(account: ProviderAccount): Plain {
    return userResource(account, this.base);
  }
}

const taken = (username: string): ScimProblem =>
  new ScimProblem(
    409,
    "uniqueness",
    `An account named ${username.slice(0, 128)} exists already. One of another provider, or a local one, is never taken over.`,
  );

const switchedOff: Refusal = {
  code: "sign_in.required",
  message: "Your organization's directory has switched your account off.",
};
