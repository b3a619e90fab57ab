/** Security providers as administrators keep them: made, changed, ordered, removed; secrets go in and never come out. */
import { X509Certificate } from "node:crypto";
import type { Static } from "@sinclair/typebox";
import type { ChangeProvider, CreateProvider, Provider as ProviderView } from "../../protocol/api/providers.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { AccountRights } from "../policy/policies.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { keepAdministrator } from "../representatives/administrators.ts";
import { holds } from "../representatives/giving.ts";
import type { PublicAddress } from "../site/public-address.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import { hashToken, newToken } from "../sign-in/token.ts";
import { checkDomainsFree, domainOfAddress, readDomains } from "./email-domains.ts";
import { checkConfig, checkMayBecome, checkMayGive, checkSecretStays, invalid, namedBy } from "./provider-rules.ts";
import { toView } from "./provider-view.ts";
import type { Provider, ProviderSecrets } from "./provider.ts";
import { makeSigningKey } from "./saml/signing-key.ts";
import {
  countUsers,
  deleteProvider,
  findAccountsOf,
  findMissing,
  findProvider,
  findGroupPoliciesOf,
  findSignInsBy,
  insertProvider,
  listProviders,
  type LogRow,
  readLog,
  updateProvider,
  writePosition,
} from "./store.ts";

const MAX_PROVIDERS = 50;
const MAX_SIGNING_KEYS = 3;
const LOG_ROWS = 200;
/** Accounts of a provider that are looked at one by one, when somebody who is no administrator changes it. */
const MAX_LOOKED_AT = 1000;

type Draft = Static<typeof CreateProvider>;
type Changes = Static<typeof ChangeProvider>;

export interface ProvidersNeeds {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
  readonly publicAddress: PublicAddress;
  readonly signIns: SignIns;
}

export class Providers {
  readonly #needs: ProvidersNeeds;
  constructor(needs: ProvidersNeeds) {
    this.#needs = needs;
  }

  /** All, in their order. */
  async all(): Promise<Provider[]> {
    return await listProviders(this.#needs.database.queries, this.#needs.secrets);
  }

  /** @throws {AppError} not_found */
  async get(id: string): Promise<Provider> {
    return found(await findProvider(this.#needs.database.queries, this.#needs.secrets, id));
  }

  /** Those the sign-in page sends people away to, in their order. */
  async offered(): Promise<{ id: string; name: string; kind: "saml" | "oidc" }[]> {
    return (await this.all()).flatMap(({ id, name, kind, isEnabled }) =>
      isEnabled && (kind === "saml" || kind === "oidc") ? [{ id, name, kind }] : [],
    );
  }

  /** Where people with this e-mail address sign in; null: here. */
  async whereFor(email: string): Promise<string | null> {
    const domain = domainOfAddress(email);
    if (domain === null) return null;
    const offered = (await this.all()).filter(
      ({ kind, isEnabled }) => isEnabled && (kind === "saml" || kind === "oidc"),
    );
    return offered.find(({ emailDomains }) => emailDomains.includes(domain))?.id ?? null;
  }

  /** As pages see them: without secrets. */
  async views(): Promise<ProviderView[]> {
    const users = await countUsers(this.#needs.database.queries);
    const origin = await this.#needs.publicAddress.origin();
    return (await this.all()).map((provider) => toView(provider, users.get(provider.id) ?? 0, origin));
  }

  /** @throws {AppError} not_found */
  async view(id: string): Promise<ProviderView> {
    return found((await this.views()).find((view) => view.id === id) ?? null);
  }

  /** Makes one at the end of the order. @throws {AppError} provider.invalid, request.conflict, permission.not_held */
  async create(actor: Actor, { emailDomains, ...rest }: Draft): Promise<ProviderView> {
    const { database, secrets, clock, signIns } = this.#needs;
    checkConfig(rest.config);
    const draft = { ...rest, emailDomains: readDomains(emailDomains) };
    const id = newId<string>();
    const kept = await this.#firstSecrets(draft);
    await database.transaction(async (tx) => {
      const present = await listProviders(tx, secrets);
      if (present.length >= MAX_PROVIDERS)
        throw new AppError("request.too_many", `There are ${MAX_PROVIDERS} providers, which is the most there may be.`);
      await signIns.requireIn(tx, actor);
      this.#checkMayGive(actor, [], draft.mapping);
      await this.#checkReferences(tx, present, { id, ...draft });
      const position = Math.max(0, ...present.map((one) => one.position)) + 1;
      await insertProvider(tx, secrets, {
        ...draft,
        id,
        position,
        createdAt: clock.now().toISOString(),
        secrets: kept,
      });
      await this.#record(tx, actor, "provider.created", { id, name: draft.name }, { kind: draft.config.kind });
    });
    return await this.view(id);
  }

  /**
   * Changes what is given; a secret that is not given stays. Who came by a provider that is switched off is signed out.
   * @throws {AppError} not_found, request.stale, provider.invalid, request.conflict, permission.not_held
   */
  async change(actor: Actor, id: string, { version, secret, ...changes }: Changes): Promise<ProviderView> {
    if (changes.config !== undefined) checkConfig(changes.config);
    const ended: Awaited<ReturnType<SignIns["endIn"]>> = [];
    await this.#write(actor, id, async (tx, before, all) => {
      if (before.version !== version) throw stale();
      const emailDomains = readDomains(changes.emailDomains ?? before.emailDomains);
      const after = { ...before, ...changes, emailDomains, secrets: withSecret(before.secrets, secret) };
      if (after.config.kind !== before.config.kind) throw invalid("A provider cannot become one of another kind.");
      if (secret === undefined) checkSecretStays(before, after.config);
      await this.#checkReferences(tx, all, after);
      this.#checkMayGive(actor, [], after.mapping);
      if (!after.isEnabled)
        for (const signIn of await findSignInsBy(tx, id))
          ended.push(...(await this.#needs.signIns.endIn(tx, { signIn })));
      const detail = { ...changes, ...(secret === undefined ? {} : { secret: "replaced" }) };
      return { after, detail: auditable(detail) };
    });
    this.#needs.signIns.announce(ended, switchedOff);
    return await this.view(id);
  }

  /** @throws {AppError} not_found, request.conflict while accounts come by it, permission.not_held */
  async delete(actor: Actor, id: string): Promise<void> {
    const { database, secrets, signIns } = this.#needs;
    await this.#requireMayBecome(actor, id);
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const provider = found(await findProvider(tx, secrets, id));
      await this.#checkMayTouch(tx, actor, provider);
      const users = (await countUsers(tx)).get(id) ?? 0;
      if (users > 0)
        throw new AppError(
          "request.conflict",
          `${users} ${users === 1 ? "account signs" : "accounts sign"} in by this provider. Delete ${users === 1 ? "it" : "them"} first, or switch the provider off.`,
        );
      const synchronized = (await listProviders(tx, secrets)).find(
        ({ config }) => config.kind === "scim" && config.signsInBy === id,
      );
      if (synchronized !== undefined)
        throw new AppError(
          "request.conflict",
          `Accounts of ${synchronized.name} sign in by this provider. Change that first.`,
        );
      await deleteProvider(tx, id);
      await this.#record(tx, actor, "provider.deleted", provider);
    });
    await this.#needs.policyBook.changed();
  }

  /** @throws {AppError} request.stale unless it names every provider once */
  async order(actor: Actor, ids: readonly string[]): Promise<ProviderView[]> {
    const { database, secrets, signIns } = this.#needs;
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const present = await listProviders(tx, secrets);
      const isWhole = new Set(ids).size === ids.length && present.every(({ id }) => ids.includes(id));
      if (!isWhole || ids.length !== present.length) throw stale();
      for (const [index, id] of ids.entries()) await writePosition(tx, id, index + 1);
      await this.#record(tx, actor, "provider.changed", { id: "", name: "the order of providers" }, { order: ids });
    });
    return await this.views();
  }

  /** The newest first. @throws {AppError} not_found */
  async log(id: string): Promise<LogRow[]> {
    await this.get(id);
    return await readLog(this.#needs.database.queries, id, LOG_ROWS);
  }

  /** An administrator tries a provider; nothing is changed by it. @throws {AppError} not_found */
  async noteTest(actor: Actor, id: string): Promise<Provider> {
    const { database, signIns } = this.#needs;
    const provider = await this.get(id);
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      await this.#record(tx, actor, "provider.tested", provider);
    });
    return provider;
  }

  /** A new SCIM token, shown this once; the one before holds no more. @throws {AppError} not_found, provider.invalid */
  async newScimToken(actor: Actor, id: string): Promise<string> {
    const token = newToken();
    await this.#write(actor, id, (_tx, before) => {
      if (before.config.kind !== "scim") throw invalid("Only a SCIM provider has a token.");
      const secrets = { ...before.secrets, scimTokenHash: hashToken(token) };
      return { after: { ...before, secrets }, detail: { scimToken: "replaced" } };
    });
    return token;
  }

  /** A new signing certificate beside the one that signs; metadata shows both. @throws {AppError} provider.invalid */
  async addSigningCertificate(actor: Actor, id: string): Promise<ProviderView> {
    const key = await this.#newKey();
    await this.#write(actor, id, (_tx, before) => {
      if (before.config.kind !== "saml") throw invalid("Only a SAML provider has a signing certificate.");
      const present = before.secrets.signingKeys ?? [];
      if (present.length >= MAX_SIGNING_KEYS)
        throw invalid("There are three signing certificates already. Retire the oldest first.");
      const secrets = { ...before.secrets, signingKeys: [...present, key] };
      return { after: { ...before, secrets }, detail: { signingCertificate: "added" } };
    });
    return await this.view(id);
  }

  /** The oldest signing certificate goes and the next one signs. @throws {AppError} provider.invalid for the last one */
  async retireSigningCertificate(actor: Actor, id: string): Promise<ProviderView> {
    await this.#write(actor, id, (_tx, before) => {
      const [, ...rest] = before.secrets.signingKeys ?? [];
      if (rest.length === 0)
        throw invalid(
          "This is the only signing certificate. Make a new one first, and let the identity provider know it.",
        );
      const secrets = { ...before.secrets, signingKeys: rest };
      return { after: { ...before, secrets }, detail: { signingCertificate: "retired" } };
    });
    return await this.view(id);
  }

  async #write(
    actor: Actor,
    id: string,
    change: (tx: Tx, before: Provider, all: readonly Provider[]) => Changed | Promise<Changed>,
  ): Promise<void> {
    const { database, secrets, policyBook, clock, signIns } = this.#needs;
    await this.#requireMayBecome(actor, id);
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const all = await listProviders(tx, secrets);
      const before = found(all.find((provider) => provider.id === id) ?? null);
      await this.#checkMayTouch(tx, actor, before);
      const { after, detail } = await change(tx, before, all);
      await updateProvider(tx, secrets, id, after);
      if (before.isEnabled && !after.isEnabled) await keepAdministrator(tx, policyBook.current(), clock.now());
      await this.#record(tx, actor, "provider.changed", after, detail);
    });
  }

  async #firstSecrets({ config, secret }: Draft): Promise<ProviderSecrets> {
    if (config.kind === "saml") return { signingKeys: [await this.#newKey()] };
    return withSecret({}, secret);
  }

  async #newKey() {
    const { hostname } = new URL(await this.#needs.publicAddress.origin());
    return await makeSigningKey(hostname, this.#needs.clock.now());
  }

  async #checkReferences(
    tx: Tx,
    all: readonly Provider[],
    provider: Pick<Provider, "id" | "name" | "config" | "mapping" | "emailDomains">,
  ): Promise<void> {
    const { id, name, config, mapping } = provider;
    if (all.some((other) => other.id !== id && other.name.toLowerCase() === name.toLowerCase()))
      throw new AppError("request.conflict", `There is already a provider named ${name}. Choose another name.`);
    checkDomainsFree(provider, all);
    const named = namedBy(mapping);
    if ((await findMissing(tx, "group_policies", named.groupPolicies)).length > 0)
      throw invalid("A group rule names a group policy that does not exist any more. Choose another.");
    if ((await findMissing(tx, "teams", named.teams)).length > 0)
      throw invalid("A group rule names a team that does not exist any more. Choose another.");
    const signsInBy = config.kind === "scim" ? config.signsInBy : null;
    const other = all.find((provider) => provider.id === signsInBy);
    if (signsInBy !== null && (other === undefined || other.config.kind === "scim"))
      throw invalid("Choose an existing SAML, OIDC or LDAP provider for these accounts to sign in by.");
  }

  #checkMayGive(actor: Actor, groupPolicies: readonly string[], mapping: Provider["mapping"], isUsed = false): void {
    const { groupPolicies: byRules, teams } = namedBy(mapping);
    const brought = new Set([...groupPolicies, ...byRules]);
    const given = { isUsedByAdministrator: isUsed, groupPolicies: brought, teams };
    checkMayGive(actor, this.#needs.policyBook.current(), given);
  }

  /** Everybody whose account is this provider's, or one of a SCIM provider whose people sign in by it. */
  async #requireMayBecome(actor: Actor, id: string): Promise<void> {
    const { database, policyBook } = this.#needs;
    if (holds(actor, "site.administer")) return;
    const scim = (await this.all()).filter(({ config }) => config.kind === "scim" && config.signsInBy === id);
    const ids = await findAccountsOf(database.queries, [id, ...scim.map((one) => one.id)], MAX_LOOKED_AT + 1);
    const isTooMany = ids.length > MAX_LOOKED_AT;
    const accounts: AccountRights[] = [];
    for (const account of isTooMany ? [] : ids) accounts.push(await policyBook.rightsOf(account));
    checkMayBecome(actor, isTooMany ? null : accounts, policyBook.current());
  }

  /** As it stands: with what its rules bring and with the group policies that name its groups. */
  async #checkMayTouch(tx: Tx, actor: Actor, provider: Provider): Promise<void> {
    const policies = await findGroupPoliciesOf(tx, provider.id);
    this.#checkMayGive(actor, policies, provider.mapping, provider.wasUsedByAdministrator);
  }

  async #record(
    tx: Tx,
    actor: Actor,
    action: AuditAction,
    provider: { readonly id: string; readonly name: string },
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const object = { kind: "provider", id: provider.id, name: provider.name };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object, detail });
  }
}

interface Changed {
  readonly after: Provider;
  readonly detail: Readonly<Record<string, unknown>>;
}

const withSecret = (secrets: ProviderSecrets, secret: string | undefined): ProviderSecrets =>
  secret === undefined ? secrets : { ...secrets, secret };

/** Certificates are named by fingerprint: the texts would fill the row. */
function auditable({ config, ...rest }: Omit<Changes, "version" | "secret"> & { secret?: string }) {
  return config?.kind === "saml"
    ? { ...rest, config: { ...config, certificates: config.certificates.map(fingerprint) } }
    : { ...rest, ...(config === undefined ? {} : { config }) };
}
const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256;

function found<T>(provider: T | null): T {
  if (provider === null) throw new AppError("not_found", "This provider does not exist any more.");
  return provider;
}

const switchedOff: Refusal = {
  code: "sign_in.required",
  message: "An administrator switched off the identity provider you signed in by. Sign in another way.",
};
const stale = (): AppError =>
  new AppError(
    "request.stale",
    "Somebody changed this meanwhile, so your change was not saved. Load it again; the audit log says who it was.",
  );
