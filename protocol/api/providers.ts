/** Security providers: SAML, OIDC, LDAP and SCIM behind one shape. */
import { type Static, Type } from "@sinclair/typebox";
import { DisplayName, Id, NullableTime, Time, Version } from "./common.ts";
import { joined } from "../shapes.ts";

const Null = Type.Null();
const Url = Type.String({ maxLength: 2000, pattern: "^https?://[^\\s]+$" });
const AttributeName = Type.String({ maxLength: 256 });
const Pem = Type.String({ maxLength: 20_000 });

export const ProviderKind = Type.Union((["saml", "oidc", "ldap", "scim"] as const).map((kind) => Type.Literal(kind)));
export type ProviderKind = Static<typeof ProviderKind>;

/** Which attributes say what; "" where the provider does not say it. */
export const AttributeMapping = Type.Object({
  username: AttributeName,
  displayName: AttributeName,
  email: AttributeName,
  groups: AttributeName,
});
/** What a provider's group brings. Group policies may name groups, too; this is the short way. */
export const GroupRule = Type.Object({
  group: Type.String({ minLength: 1, maxLength: 512 }),
  groupPolicies: Type.Array(Id, { maxItems: 50 }),
  teams: Type.Array(Id, { maxItems: 50 }),
});
export const ProviderMapping = Type.Object({
  attributes: AttributeMapping,
  /** Accounts are made when somebody first comes (just in time). */
  createsAccounts: Type.Boolean(),
  /** additive: groups only add. authoritative: who is no longer in a group loses what it brought. A missing attribute changes nothing in either. */
  groupSync: Type.Union([Type.Literal("additive"), Type.Literal("authoritative")]),
  groupRules: Type.Array(GroupRule, { maxItems: 500 }),
});

export const SamlConfig = Type.Object({
  kind: Type.Literal("saml"),
  entityId: Type.String({ minLength: 1, maxLength: 1024 }),
  signInUrl: Url,
  signOutUrl: Type.Union([Url, Null]),
  /** Where our answers to its sign-out go; null or absent: to the same address. */
  signOutAnswerUrl: Type.Optional(Type.Union([Url, Null])),
  /** How our sign-out messages go there; absent: redirect. Theirs are taken by both ways. */
  signOutBinding: Type.Optional(Type.Union([Type.Literal("redirect"), Type.Literal("post")])),
  /** Several during a rollover, PEM. */
  certificates: Type.Array(Pem, { minItems: 1, maxItems: 10 }),
  signsRequests: Type.Boolean(),
  wantsEncryptedAssertions: Type.Boolean(),
  /** AES-CBC, for identity providers that know no better; only behind a signed response. */
  allowsCbc: Type.Boolean(),
  clockSkewSeconds: Type.Integer({ minimum: 0, maximum: 600 }),
  allowsIdpInitiated: Type.Boolean(),
});
export const OidcConfig = Type.Object({
  kind: Type.Literal("oidc"),
  issuer: Url,
  clientId: Type.String({ minLength: 1, maxLength: 512 }),
  scopes: Type.String({ maxLength: 500 }),
  clockSkewSeconds: Type.Integer({ minimum: 0, maximum: 600 }),
});
export const LdapConfig = Type.Object({
  kind: Type.Literal("ldap"),
  /** ldap://host:389, ldaps://host:636; several are tried in turn. */
  urls: Type.Array(Type.String({ maxLength: 500, pattern: "^ldaps?://[^\\s/]+/?$" }), { minItems: 1, maxItems: 5 }),
  startTls: Type.Boolean(),
  /** Trusted beside the system's, PEM; "": none. */
  certificateAuthority: Pem,
  bindDn: Type.String({ maxLength: 1024 }),
  userBaseDn: Type.String({ minLength: 1, maxLength: 1024 }),
  /** The attribute people type at sign-in: "uid", "sAMAccountName". */
  usernameAttribute: Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z][A-Za-z0-9-]*$" }),
  groupBaseDn: Type.String({ maxLength: 1024 }),
  timeoutSeconds: Type.Integer({ minimum: 1, maximum: 60 }),
});
/** Accounts come by the provider's own pushes to /scim/v2 with a bearer token; signing in is another provider's. */
export const ScimConfig = Type.Object({
  kind: Type.Literal("scim"),
  /** The provider whose sign-ins these accounts use; null: local passwords and passkeys. */
  signsInBy: Type.Union([Id, Null]),
});
export const ProviderConfig = Type.Union([SamlConfig, OidcConfig, LdapConfig, ScimConfig]);
export type ProviderConfig = Static<typeof ProviderConfig>;

/**
 * Where a kept secret is sent, and how that place proves itself. A secret stays with the server it was typed for: when this
 * changes it is typed again, or whoever may change a provider could have it sent to themselves.
 */
export function secretServerOf(config: ProviderConfig): readonly unknown[] {
  if (config.kind === "oidc") return [config.issuer];
  return config.kind === "ldap" ? [config.urls, config.startTls, config.certificateAuthority] : [];
}

// GET, POST /api/login/providers; GET, PATCH, DELETE …/:id; PUT /api/login/providers/order {ids}
// POST …/saml/read-metadata {xml} -> SamlConfig draft; GET …/:id/metadata (ours, XML); GET …/:id/log
// POST …/:id/test-sign-in -> TestSignIn; GET …/:id/test-result/:attempt; POST …/:id/test-ldap {username, password}
// POST …/:id/scim-token -> shown once; POST …/:id/signing-certificate (a new one beside the old)

export const Provider = Type.Object({
  id: Id,
  kind: ProviderKind,
  name: Type.String(),
  isEnabled: Type.Boolean(),
  /** 1 is asked or shown first. */
  position: Type.Integer(),
  config: ProviderConfig,
  /** E-mail domains whose people are sent here when they type their address. */
  emailDomains: Type.Array(Type.String({ maxLength: 253 })),
  mapping: ProviderMapping,
  /** Whether a client secret, bind password or SCIM token is kept. */
  hasSecret: Type.Boolean(),
  users: Type.Integer(),
  lastUsedAt: NullableTime,
  /** The earliest end of a certificate it rests on; pages warn 30 days before. */
  certificateExpiresAt: NullableTime,
  /** What an identity provider needs to know of us; null where nothing. */
  ours: Type.Union([
    Type.Object({
      entityId: Type.String(),
      acsUrl: Type.String(),
      sloUrl: Type.String(),
      redirectUrl: Type.String(),
      scimUrl: Type.String(),
    }),
    Null,
  ]),
  version: Version,
});
export type Provider = Static<typeof Provider>;
export const Providers = Type.Object({ providers: Type.Array(Provider) });
export const CreateProvider = Type.Object({
  name: DisplayName,
  isEnabled: Type.Boolean(),
  config: ProviderConfig,
  /** In any spelling; kept in small ASCII letters ("xn--…"). One that leads to another provider is refused. */
  emailDomains: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { maxItems: 100 }),
  mapping: ProviderMapping,
  /** OIDC client secret or LDAP bind password; absent: none, or as it was. */
  secret: Type.Optional(Type.String({ maxLength: 4096 })),
});
export const ChangeProvider = joined(Type.Object({ version: Version }), Type.Partial(CreateProvider));
export const OrderProviders = Type.Object({ ids: Type.Array(Id, { maxItems: 100 }) });
export const ReadSamlMetadata = Type.Object({ xml: Type.String({ minLength: 1, maxLength: 500_000 }) });
/** What came of a test sign-in: nothing was changed by it. */
export const TestResult = Type.Object({
  state: Type.Union([Type.Literal("waiting"), Type.Literal("succeeded"), Type.Literal("refused")]),
  /** The reject code and what it means and what to do. */
  code: Type.Union([Type.String(), Null]),
  message: Type.String(),
  attributes: Type.Array(Type.Object({ name: Type.String(), values: Type.Array(Type.String()) })),
  /** What an account would be made or found with. */
  wouldBe: Type.Union([
    Type.Object({
      username: Type.String(),
      displayName: Type.String(),
      email: Type.String(),
      groups: Type.Union([Type.Array(Type.String()), Null]),
      /** Their names, in the policies' order. */
      groupPolicies: Type.Array(Type.String()),
      isNew: Type.Boolean(),
    }),
    Null,
  ]),
});
export type TestResult = Static<typeof TestResult>;
export const ProviderLog = Type.Object({
  rows: Type.Array(
    Type.Object({ at: Time, outcome: Type.String(), code: Type.String(), message: Type.String(), name: Type.String() }),
  ),
});
export const ScimToken = Type.Object({ token: Type.String() });
export const TestLdap = Type.Object({
  username: Type.String({ maxLength: 128 }),
  password: Type.String({ maxLength: 1024 }),
});
/** Where the administrator's own browser goes to try a provider; a window of its own, so that the page can wait. */
export const TestSignIn = Type.Object({
  url: Type.String(),
  /** This try's name, for its own result: GET …/:id/test-result/:attempt. */
  attempt: Type.String(),
});
export type TestSignIn = Static<typeof TestSignIn>;

// GET /api/sign-in-refusals/:token, public: why a provider's sign-in was refused. The sign-in page finds the token in its
// own address: /login?refused=<token>, /console?refused=<token>. It holds for fifteen minutes.
export const SignInRefusal = Type.Object({ code: Type.String(), message: Type.String() });

// POST /api/{area}/sign-out-at-provider: signs out here and says where the browser goes to sign out there, too
export const SignedOut = Type.Object({ url: Type.Union([Type.String(), Null]) });
// DELETE …/:id/signing-certificate: the oldest one goes, the next one signs
