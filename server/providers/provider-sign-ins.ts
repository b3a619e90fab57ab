/**
 * The way of a person through an identity provider: away with a step to come back by, and back to an account and a
 * sign-in, or to the sentence that says why not. SAML and OIDC differ in the messages alone (saml/, oidc/).
 */
import type { Area } from "../../protocol/api/sign-in.ts";
import type { TestResult } from "../../protocol/api/providers.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Origin } from "../sign-in/admission.ts";
import { hashToken } from "../sign-in/token.ts";
import type { ProviderAccounts } from "./accounts.ts";
import { identityOf } from "./mapping.ts";
import type { ProvedPerson, Provider, ProviderIdentity } from "./provider.ts";
import { refuse } from "./refusal.ts";
import { insertProviderSession } from "./step-store.ts";
import { insertLogRow, insertUsedAssertion, listProviders, writeUsed, writeUsedByAdministrator } from "./store.ts";

/**
 * Checks an account against every rule of signing in, makes the sign-in, and returns the token for the cookie. `inside`
 * runs in the transaction that makes it.
 */
export type Admit = (
  proved: {
    readonly representative: RepresentativeId;
    readonly area: Area;
    readonly origin: Origin;
    readonly method: string;
  },
  inside: (tx: Tx, token: string) => Promise<void>,
) => Promise<string>;

export interface ProviderSignInsNeeds {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly accounts: ProviderAccounts;
  readonly admit: Admit;
  /** Whether the account holds site.administer. */
  readonly isAdministrator: (representative: RepresentativeId) => Promise<boolean>;
  /** Memberships changed and are committed. */
  readonly policiesChanged: () => void;
}

/** What a provider's message proves of a person. */
export interface Proof {
  readonly person: ProvedPerson;
  /** SAML: by which name and session the provider will sign them out. */
  readonly session?: { readonly nameId: string; readonly sessionIndex: string };
}

/** How a browser goes to a provider. */
export interface Departure {
  readonly url: string;
  /** The Set-Cookie it needs there. */
  readonly cookie: string;
  /** SAML's request id, OIDC's state. */
  readonly requestId: string;
}

/** Somebody came back from a provider; what they bring is read by prove(), once. */
export interface CameBack {
  /** @throws {ProviderRefusal} */
  readonly prove: () => Promise<Proof>;
  /** Where they wanted to go. */
  readonly area: Area;
  /** The administrator whose test this was; null: a sign-in. */
  readonly testBy: string | null;
  /** The request it answers; null where it began at the provider. */
  readonly requestId: string | null;
}

export class ProviderSignIns {
  readonly #needs: ProviderSignInsNeeds;
  constructor(needs: ProviderSignInsNeeds) {
    this.#needs = needs;
  }

  /**
   * Signs a proved person in and returns the token for the area's cookie.
   * @throws {AppError} ProviderRefusal account.*, or what admission refuses
   */
  async signIn(provider: Provider, proof: Proof, area: Area, origin: Origin): Promise<string> {
    const { database, admit, isAdministrator } = this.#needs;
    const { account } = await this.#resolve(provider, proof.person);
    const { session } = proof;
    const proved = { representative: account.id, area, origin, method: provider.id };
    const token = await admit(proved, async (tx, made) => {
      if (session !== undefined)
        await insertProviderSession(tx, { signIn: hashToken(made), provider: provider.id, ...session });
      await this.#noteSuccess(tx, provider, account.username);
    });
    if (!provider.wasUsedByAdministrator && (await isAdministrator(account.id)))
      await writeUsedByAdministrator(database.queries, provider.id);
    return token;
  }

  /** Brings the account of a person in step whose password a directory has proved; the caller signs them in. */
  async synchronize(provider: Provider, person: ProvedPerson): Promise<ProviderIdentity> {
    const { account, identity } = await this.#resolve(provider, person);
    await this.#needs.database.transaction((tx) => this.#noteSuccess(tx, provider, account.username));
    return { ...identity, username: account.username };
  }

  /** What signIn() would do; changes nothing. @throws {ProviderRefusal} */
  async preview(provider: Provider, person: ProvedPerson): Promise<NonNullable<TestResult["wouldBe"]>> {
    const identity = identityOf(provider.id, person, provider.mapping);
    const { queries } = this.#needs.database;
    const synchronizers = await this.#synchronizersOf(provider);
    const found = await this.#needs.accounts.preview(queries, provider, identity, synchronizers);
    const { username, displayName, email, groups } = identity;
    return { username, displayName, email, groups: groups === null ? null : [...groups], ...found };
  }

  /** A message of a provider may be used once. @throws {ProviderRefusal} assertion.replayed */
  async useOnce(tx: Tx, provider: string, message: string, untilMs: number): Promise<void> {
    const now = this.#needs.clock.now().toISOString();
    const until = new Date(untilMs).toISOString();
    if (!(await insertUsedAssertion(tx, { provider, assertion: message, until, now }))) refuse("assertion.replayed");
  }

  async #resolve(provider: Provider, person: ProvedPerson) {
    const identity = identityOf(provider.id, person, provider.mapping);
    const synchronizers = await this.#synchronizersOf(provider);
    const resolved = await this.#needs.database.transaction((tx) =>
      this.#needs.accounts.resolve(tx, provider, identity, synchronizers),
    );
    if (resolved.changesPolicies) this.#needs.policiesChanged();
    return { ...resolved, identity };
  }

  async #noteSuccess(tx: Tx, provider: Provider, name: string): Promise<void> {
    await writeUsed(tx, provider.id, this.#needs.clock.now().toISOString());
    await insertLogRow(tx, provider.id, this.#logRow("succeeded", "", "Signed in.", name));
  }

  #logRow(outcome: string, code: string, message: string, name: string) {
    return { at: this.#needs.clock.now().toISOString(), outcome, code, message, name };
  }

  async #synchronizersOf(provider: Provider): Promise<string[]> {
    const all = await listProviders(this.#needs.database.queries, this.#needs.secrets);
    return all.flatMap(({ id, config }) => (config.kind === "scim" && config.signsInBy === provider.id ? [id] : []));
  }
}
