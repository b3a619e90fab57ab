/** What a security provider is to the rest of the server, whatever protocol it speaks. */
import type { Static } from "@sinclair/typebox";
import type {
  LdapConfig,
  OidcConfig,
  ProviderConfig,
  ProviderKind,
  ProviderMapping,
  SamlConfig,
  ScimConfig,
} from "../../protocol/api/providers.ts";
import type { SigningKey } from "./saml/signing-key.ts";

export type Mapping = Static<typeof ProviderMapping>;

/** Sealed at rest, never answered. */
export interface ProviderSecrets {
  /** OIDC client secret or LDAP bind password. */
  readonly secret?: string;
  /** SHA-256 of the SCIM bearer token, base64url. */
  readonly scimTokenHash?: string;
  /** SAML: the first signs, all open; several during a rollover. */
  readonly signingKeys?: readonly SigningKey[];
}

/** A provider with everything kept of it. */
export interface Provider<C extends ProviderConfig = ProviderConfig> {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly position: number;
  readonly config: C;
  readonly mapping: Mapping;
  readonly emailDomains: readonly string[];
  readonly secrets: ProviderSecrets;
  readonly lastUsedAt: string | null;
  readonly wasUsedByAdministrator: boolean;
  readonly createdAt: string;
  readonly version: number;
}
export type SamlProvider = Provider<Static<typeof SamlConfig>>;
export type OidcProvider = Provider<Static<typeof OidcConfig>>;
export type LdapProvider = Provider<Static<typeof LdapConfig>>;
export type ScimProvider = Provider<Static<typeof ScimConfig>>;

export const isSaml = (provider: Provider): provider is SamlProvider => provider.config.kind === "saml";
export const isOidc = (provider: Provider): provider is OidcProvider => provider.config.kind === "oidc";
export const isLdap = (provider: Provider): provider is LdapProvider => provider.config.kind === "ldap";
export const isScim = (provider: Provider): provider is ScimProvider => provider.config.kind === "scim";

/** Somebody a provider has proved, in the provider's own words. */
export interface ProvedPerson {
  /** NameID, sub, entryUUID: it stays when everything else changes. */
  readonly externalId: string;
  /** The user name where the mapping names no attribute for it. */
  readonly defaultUsername: string;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

/** Somebody a provider has proved, in ours. */
export interface ProviderIdentity {
  readonly provider: string;
  readonly externalId: string;
  readonly username: string;
  readonly displayName: string;
  /** "": not said. */
  readonly email: string;
  /** null: the provider said nothing of groups, which changes nothing. */
  readonly groups: readonly string[] | null;
}
