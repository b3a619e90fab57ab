/**
 * The policies of the site as decide() asks for them: read from the tables into one picture, and each account compiled
 * once for that picture. Whoever changes a policy, a team, a membership, a role, an account or a setting that policies
 * hang on calls changed() after the commit; what another process changes is noticed within a second.
 */
import { AppError } from "../../protocol/errors.ts";
import type { Database } from "../database/database.ts";
import { compileRights } from "../policy/compile-rights.ts";
import type { AccountRights, Policies } from "../policy/policies.ts";
import type { SiteSettings } from "../settings/settings.ts";
import { readGlobalRules, readJumpItemSettings } from "./site-rules.ts";
import {
  readAccount,
  readGroupPolicies,
  readJumpGroups,
  readJumpItemRoles,
  readJumpPolicies,
  readSessionPolicies,
} from "./store.ts";

/** Accounts kept compiled; the one asked longest ago makes room. */
const MAX_ACCOUNTS = 5000;

type Listener = () => void;

interface Compiled {
  rights: AccountRights | null;
  readonly compiling: Promise<AccountRights | null>;
}

/** Reads the policies once. @throws {Error} when the tables cannot be read. */
export async function openPolicyBook(database: Database, settings: SiteSettings): Promise<PolicyBook> {
  return new PolicyBook(database, settings, await readPolicies(database, settings, 1));
}

export class PolicyBook {
  readonly #listeners = new Set<Listener>();
  #policies: Policies;
  #rights = new Map<string, Compiled>();
  #reading: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #outsideVersion: number;
  /** The last reading failed: what is here is older than the tables. */
  #isStale = false;

  constructor(
    private readonly database: Database,
    private readonly settings: SiteSettings,
    policies: Policies,
  ) {
    this.#policies = policies;
    this.#outsideVersion = database.outsideVersion();
  }

  /** The newest picture; one object until something changes. */
  current(): Policies {
    return this.#policies;
  }

  /**
   * What holds for an account, by the newest picture.
   * @throws {AppError} not_found when there is no such account
   */
  async rightsOf(id: string): Promise<AccountRights> {
    const rights = await this.find(id);
    if (rights === null) throw new AppError("not_found", "This account does not exist any more.");
    return rights;
  }

  /** As rightsOf(); null when there is no such account. */
  async find(id: string): Promise<AccountRights | null> {
    const known = this.#rights.get(id);
    if (known !== undefined) return known.rights ?? (await known.compiling);
    const rights = this.#rights;
    const compiled: Compiled = { rights: null, compiling: this.#compile(id) };
    rights.set(id, compiled);
    if (rights.size > MAX_ACCOUNTS) rights.delete(rights.keys().next().value!);
    try {
      compiled.rights = await compiled.compiling;
    } finally {
      if (compiled.rights === null) rights.delete(id);
    }
    return compiled.rights;
  }

  /** As rightsOf(), where the account was asked for since the last change. */
  known(id: string): AccountRights | undefined {
    return this.#rights.get(id)?.rights ?? undefined;
  }

  /** Resolves when the tables as they are now are read and everybody who listens was told. */
  async changed(): Promise<void> {
    if (this.#reading !== null) return await (this.#next ??= this.#readAgain(this.#reading));
    this.#reading = this.#read();
    try {
      await this.#reading;
    } finally {
      this.#reading = null;
    }
  }

  /**
   * Accounts have changed, their settings, memberships or who a provider says they are, and no policy, role or Jump
   * Group: as changed(), but nothing of the site is read anew.
   */
  accountsChanged(): void {
    this.#replace({ ...this.#policies, version: this.#policies.version + 1 });
  }

  /** Told after each change, when current() and rightsOf() are new. */
  onChanged(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /** Notices what another process changed, and reads again what could not be read. Cheap; call it every second. */
  async checkOutside(): Promise<void> {
    const version = this.database.outsideVersion();
    if (version === this.#outsideVersion && !this.#isStale) return;
    this.#outsideVersion = version;
    await this.changed();
  }

  /** What reads already may have begun before the caller's commit: one more reading follows, for all who wait. */
  async #readAgain(earlier: Promise<void>): Promise<void> {
    await Promise.allSettled([earlier]);
    this.#next = null;
    await this.changed();
  }

  async #read(): Promise<void> {
    this.#isStale = true;
    const read = await readPolicies(this.database, this.settings, this.#policies.version);
    this.#isStale = false;
    this.#replace({ ...read, version: this.#policies.version + 1 });
  }

  #replace(policies: Policies): void {
    this.#policies = policies;
    this.#rights = new Map();
    for (const listener of [...this.#listeners]) listener();
  }

  async #compile(id: string): Promise<AccountRights | null> {
    // What changes while the account is read makes a new version, of which these rights are not.
    const policies = this.#policies;
    const account = await readAccount(this.database.queries, id);
    return account === null ? null : compileRights(account, policies);
  }
}

/** All in one transaction, so that no half of a change is seen. */
async function readPolicies(database: Database, settings: SiteSettings, version: number): Promise<Policies> {
  return await database.transaction(async (tx) => ({
    version,
    isConsoleEnabled: (await settings.read(tx)).isConsoleEnabled,
    ...(await readJumpItemSettings(tx)),
    groupPolicies: await readGroupPolicies(tx),
    sessionPolicies: await readSessionPolicies(tx),
    jumpItemRoles: await readJumpItemRoles(tx),
    jumpPolicies: await readJumpPolicies(tx),
    jumpGroups: await readJumpGroups(tx),
    globalRules: await readGlobalRules(tx),
  }));
}
