/** What a provider's settings have to be, beyond their shape. */
import { X509Certificate } from "node:crypto";
import type { AccountRights, GroupPolicy, Policies } from "../policy/policies.ts";
import { type ProviderConfig, secretServerOf } from "../../protocol/api/providers.ts";
import { AppError } from "../../protocol/errors.ts";
import type { AccountPermission } from "../../protocol/permissions.ts";
import { accountSettingNames } from "../../protocol/account-settings.ts";
import type { Actor } from "../actor.ts";
import { readPem } from "../certificates/pem.ts";
import { requireMayBringPlaces } from "../group-policies/limits.ts";
import { holds, requireHeld, requireNoMore } from "../representatives/giving.ts";
import type { Mapping, Provider } from "./provider.ts";

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/u;

/** @throws {AppError} provider.invalid, with what to change */
export function checkConfig(config: ProviderConfig): void {
  if (config.kind === "saml") {
    checkUrl(config.signInUrl, "sign-in address");
    for (const url of [config.signOutUrl, config.signOutAnswerUrl ?? null])
      if (url !== null) checkUrl(url, "sign-out address");
    for (const pem of config.certificates) checkCertificate(pem);
  }
  if (config.kind === "oidc") checkUrl(config.issuer, "issuer");
  if (config.kind === "ldap") {
    if (config.certificateAuthority.trim() !== "") checkCertificates(config.certificateAuthority);
    if (config.startTls && config.urls.some((url) => url.startsWith("ldaps:")))
      throw invalid("StartTLS is for ldap:// addresses; ldaps:// is encrypted from its first byte. Choose one.");
  }
}

/** @see secretServerOf @throws {AppError} provider.invalid */
export function checkSecretStays(
  { config, secrets }: Pick<Provider, "config" | "secrets">,
  after: ProviderConfig,
): void {
  if ((secrets.secret ?? "") === "" || Bun.deepEquals(secretServerOf(config), secretServerOf(after))) return;
  throw invalid("The secret belongs to the server it was typed for. Type it again for this one.");
}

function checkUrl(text: string, what: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw invalid(`The ${what} is not an address.`);
  if (url.protocol !== "https:" && !LOOPBACK.test(url.hostname))
    throw invalid(`The ${what} has to begin with https://: what goes there must not be read on the way.`);
}

/** @throws {AppError} provider.invalid unless it is one RSA certificate in PEM */
export function checkCertificate(pem: string): void {
  if (!isRsaCertificate(pem))
    throw invalid(
      "One of the certificates is not for RSA, which SAML signatures need here. Set the identity provider to RSA-SHA256.",
    );
}

/** @throws {AppError} provider.invalid for what cannot be read */
export const isRsaCertificate = (pem: string): boolean =>
  readCertificates(pem)[0]?.publicKey.asymmetricKeyType === "rsa";

function checkCertificates(pem: string): void {
  if (readCertificates(pem).length === 0) throw invalid("There is no certificate in the authority's text.");
}

function readCertificates(pem: string): X509Certificate[] {
  const blocks = readPem(pem).filter(({ label }) => label === "CERTIFICATE");
  try {
    return blocks.map(({ text }) => new X509Certificate(text));
  } catch (error) {
    throw invalid("One of the certificates cannot be read. It has to be an X.509 certificate in PEM.", error);
  }
}

/**
 * The end of what the provider rests on: the last of its own certificates and the last of ours, whichever ends first. Of
 * several during a rollover one that holds is enough.
 */
export function certificateEnd({ config, secrets }: Provider): string | null {
  const ours = (secrets.signingKeys ?? []).map(({ certificatePem }) => certificatePem);
  const theirs = config.kind === "saml" ? config.certificates : [];
  const authorities = config.kind === "ldap" ? [config.certificateAuthority] : [];
  const ends = [ours, theirs, authorities]
    .map((pems) => pems.flatMap(readCertificates).map(({ validTo }) => Date.parse(validTo)))
    .flatMap((times) => (times.length === 0 ? [] : Math.max(...times)));
  return ends.length === 0 ? null : new Date(Math.min(...ends)).toISOString();
}

/** Every group policy and team the rules of a mapping name. */
export const namedBy = ({ groupRules }: Mapping) => ({
  groupPolicies: groupRules.flatMap((rule) => rule.groupPolicies),
  teams: groupRules.flatMap((rule) => rule.teams),
});

/** What a provider brings to whoever signs in by it, as it stands or as it shall be. */
export interface Brought {
  readonly isUsedByAdministrator: boolean;
  readonly groupPolicies: ReadonlySet<string>;
  readonly teams: readonly string[];
}

/**
 * INVARIANT: nobody gives what they do not hold. Whoever steers a provider can make it say anything of anybody, so who is
 * no administrator may neither touch one an administrator has come by, nor one whose groups bring more than they hold.
 * @throws {AppError} permission.not_held
 */
export function checkMayGive(actor: Actor, policies: Policies, brought: Brought): void {
  if (holds(actor, "site.administer")) return;
  if (brought.isUsedByAdministrator)
    throw notHeld("An administrator signs in by this provider, so only an administrator may change it.");
  for (const policy of policies.groupPolicies.filter(({ id }) => brought.groupPolicies.has(id)))
    requireMayBring(actor, policy, policies);
  if (brought.teams.length > 0 && !holds(actor, "teams.manage"))
    throw notHeld("The rules of this provider put people into teams, which are not yours to give.");
}

/**
 * Whoever steers a provider can become anybody who signs in by it.
 * @param accounts what everybody may do who signs in by it; null: more people than are looked at
 * @throws {AppError} permission.not_held
 */
export function checkMayBecome(actor: Actor, accounts: readonly AccountRights[] | null, policies: Policies): void {
  if (holds(actor, "site.administer")) return;
  if (accounts === null)
    throw notHeld("So many people sign in by this provider that only an administrator may change it.");
  for (const account of accounts) requireNoMore(actor, account, policies);
}

/** Being a member brings everything a group policy defines and names. */
function requireMayBring(actor: Actor, policy: GroupPolicy, policies: Policies): void {
  const settings = accountSettingNames.flatMap((name) => {
    const defined = policy.settings[name];
    return defined === undefined ? [] : [{ name, before: undefined, after: defined.value as unknown }];
  });
  requireHeld(actor, settings, policies);
  const lacks = (permission: AccountPermission): boolean => !holds(actor, permission);
  if ((policy.jumpGroups.size > 0 && lacks("jump-groups.manage")) || (policy.teams.size > 0 && lacks("teams.manage")))
    throw notHeld(`The group policy ${policy.name} names Jump Groups or teams, which are not yours to give.`);
  requireMayBringPlaces(actor, policy, policies);
}

export const invalid = (message: string, cause?: unknown): AppError =>
  new AppError("provider.invalid", message, { cause });
const notHeld = (message: string): AppError => new AppError("permission.not_held", message);
