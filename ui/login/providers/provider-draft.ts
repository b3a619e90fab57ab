/** A security provider as it stands in the form, before it is saved. */
import type { Static } from "@sinclair/typebox";
import {
  type CreateProvider,
  type Provider,
  type ProviderConfig,
  type ProviderKind,
  secretServerOf,
} from "../../../protocol/api/providers.ts";

/** What is sent; `secret` "" means: as it was. */
export type ProviderDraft = Omit<Static<typeof CreateProvider>, "secret"> & { secret: string };

const attributes = {
  saml: { username: "", displayName: "displayName", email: "email", groups: "groups" },
  oidc: { username: "preferred_username", displayName: "name", email: "email", groups: "groups" },
  ldap: { username: "uid", displayName: "cn", email: "mail", groups: "memberOf" },
  scim: { username: "userName", displayName: "displayName", email: "email", groups: "groups" },
} as const satisfies Readonly<Record<ProviderKind, unknown>>;

const configs: Readonly<Record<ProviderKind, ProviderConfig>> = {
  saml: {
    kind: "saml",
    entityId: "",
    signInUrl: "",
    signOutUrl: null,
    signOutBinding: "redirect",
    certificates: [],
    signsRequests: true,
    wantsEncryptedAssertions: false,
    allowsCbc: false,
    clockSkewSeconds: 60,
    allowsIdpInitiated: true,
  },
  oidc: { kind: "oidc", issuer: "", clientId: "", scopes: "openid profile email", clockSkewSeconds: 60 },
  ldap: {
    kind: "ldap",
    urls: [],
    startTls: true,
    certificateAuthority: "",
    bindDn: "",
    userBaseDn: "",
    usernameAttribute: "uid",
    groupBaseDn: "",
    timeoutSeconds: 5,
  },
  scim: { kind: "scim", signsInBy: null },
};

/** A new one of that kind, with what most people need. */
export function newDraft(kind: ProviderKind): ProviderDraft {
  return {
    name: "",
    isEnabled: true,
    config: structuredClone(configs[kind]),
    emailDomains: [],
    mapping: { attributes: { ...attributes[kind] }, createsAccounts: true, groupSync: "additive", groupRules: [] },
    secret: "",
  };
}

/** A stored one, to be changed. */
export function draftOf({ name, isEnabled, config, emailDomains, mapping }: Provider): ProviderDraft {
  return structuredClone({ name, isEnabled, config, emailDomains, mapping, secret: "" });
}

/** What is sent to the server. */
export function bodyOf({ secret, ...rest }: ProviderDraft): Static<typeof CreateProvider> {
  return secret === "" ? rest : { ...rest, secret };
}

const equals = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether the kept secret has to be typed again, since it would go to another server. Never for a new provider. */
export const asksSecretAgain = (stored: Provider | null, { config, secret }: ProviderDraft): boolean =>
  stored !== null &&
  stored.hasSecret &&
  secret === "" &&
  !equals(secretServerOf(stored.config), secretServerOf(config));

/** What a save would change, in words; empty when nothing. */
export function draftChanges(saved: ProviderDraft, edited: ProviderDraft): readonly string[] {
  const told: readonly (readonly [boolean, string])[] = [
    [saved.name !== edited.name, `Name: “${edited.name}”, was “${saved.name}”`],
    [saved.isEnabled && !edited.isEnabled, "Switched off: nobody comes by it any more"],
    [!saved.isEnabled && edited.isEnabled, "Switched on"],
    [!equals(saved.config, edited.config), "How it is reached and checked"],
    [edited.secret !== "", "A new secret"],
    [!equals(saved.emailDomains, edited.emailDomains), "E-mail domains that lead to it"],
    [!equals(saved.mapping.attributes, edited.mapping.attributes), "What its attributes mean"],
    [saved.mapping.createsAccounts && !edited.mapping.createsAccounts, "Only people with an account may come"],
    [!saved.mapping.createsAccounts && edited.mapping.createsAccounts, "Accounts are made when people first come"],
    [saved.mapping.groupSync !== edited.mapping.groupSync, "Whether its groups also take away"],
    [!equals(saved.mapping.groupRules, edited.mapping.groupRules), "What its groups bring"],
  ];
  return told.flatMap(([isChanged, words]) => (isChanged ? [words] : []));
}

/** Text with one entry a line, as a list. */
export function linesOf(text: string): string[] {
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
}

/** The certificates of a PEM text, one each. */
export function certificatesOf(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
}
