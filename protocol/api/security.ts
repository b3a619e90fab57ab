/** The security page, sign-ins, API accounts, e-mail: how people and programs come in. */
import { type Static, Type } from "@sinclair/typebox";
import { type AccountPermission, accountPermissions } from "../permissions.ts";
import { DisplayName, Id, NullableTime, Time, Version } from "./common.ts";
import { joined, without } from "../shapes.ts";

const Null = Type.Null();
/** An address or a network: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7". */
const Network = Type.String({ minLength: 2, maxLength: 49, pattern: "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$" });
/** None: from anywhere. */
const Networks = Type.Array(Network, { maxItems: 200 });

// Security: GET, PATCH /api/login/security

export const PasswordRules = Type.Object({
  minLength: Type.Integer({ minimum: 8, maximum: 128 }),
  /** Of small letters, capitals, digits and other characters, how many kinds a password must have. */
  minKinds: Type.Integer({ minimum: 1, maximum: 4 }),
  /** So many earlier passwords may not come again; 0: any may. */
  historyCount: Type.Integer({ minimum: 0, maximum: 24 }),
  /** After so many days a new one is asked for at sign-in; null: never. */
  expiresAfterDays: Type.Union([Type.Integer({ minimum: 1, maximum: 3650 }), Null]),
});
export const PasskeyRules = Type.Object({
  isEnabled: Type.Boolean(),
  /** Each sign-in by passkey proves the person (PIN, finger), not only the key. */
  requiresUserVerification: Type.Boolean(),
  /** Keys say who made them, and only these models (AAGUIDs) are taken; null: any, without asking. */
  allowedModels: Type.Union([
    Type.Array(Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }), { maxItems: 200 }),
    Null,
  ]),
});
const CertificatePem = Type.String({
  maxLength: 8192,
  pattern: "^-----BEGIN CERTIFICATE-----\\n[A-Za-z0-9+/=\\n]+\\n-----END CERTIFICATE-----$",
});
/** Who must give more than a password. */
export const SecondProofRule = Type.Union(
  (["nobody", "administrators", "everybody"] as const).map((who) => Type.Literal(who)),
);
export const Security = Type.Object({
  /** "password", "passkey", or a security provider's id: what the sign-in page offers first (LOGIN-10, 11). */
  defaultMethod: Type.String({ minLength: 1, maxLength: 64 }),
  /** Local passwords sign nobody in but break-glass accounts. Refused until somebody with site.administer came by a provider. */
  isProviderOnly: Type.Boolean(),
  isPasswordResetEnabled: Type.Boolean(),
  passwords: PasswordRules,
  passkeys: PasskeyRules,
  /** Certificates of makers of keys, PEM: one must stand behind what a key says of its model. Needed for allowedModels. */
  keyMakers: Type.Union([Type.Array(CertificatePem, { minItems: 1, maxItems: 100 }), Null]),
  secondProof: SecondProofRule,
  lockOutAfterFailures: Type.Integer({ minimum: 3, maximum: 100 }),
  /** null: until an administrator unlocks it. */
  lockOutMinutes: Type.Union([Type.Integer({ minimum: 1, maximum: 1440 }), Null]),
  idleSignOutMinutes: Type.Integer({ minimum: 5, maximum: 1440 }),
  /** A sign-in ends after so many hours, however busy. */
  signInHours: Type.Integer({ minimum: 1, maximum: 720 }),
  /** Sign-ins one account may hold in each of /login and /console; null: any number. */
  maxSignIns: Type.Union([Type.Integer({ minimum: 1, maximum: 100 }), Null]),
  /** One more than that: refused, or the oldest ends. */
  whenTooMany: Type.Union([Type.Literal("refuse"), Type.Literal("end-oldest")]),
  networks: Type.Object({ login: Networks, console: Networks, api: Networks }),
  minimumTlsVersion: Type.Union([Type.Literal("1.2"), Type.Literal("1.3")]),
  /** Characters of the session keys customers type. */
  sessionKeyLength: Type.Integer({ minimum: 7, maximum: 20 }),
  /** Days the audit log and session histories are kept; null: for ever. */
  retentionDays: Type.Union([Type.Integer({ minimum: 30, maximum: 3650 }), Null]),
  version: Version,
});
export type Security = Static<typeof Security>;
export const ChangeSecurity = joined(Type.Object({ version: Version }), Type.Partial(without(Security, ["version"])));

// E-mail: GET, PATCH /api/login/email; POST /api/login/email/test {to}

export const EmailSettings = Type.Object({
  /** "": no e-mail is sent. */
  host: Type.String({ maxLength: 253, pattern: "^[A-Za-z0-9.:-]*$" }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  encryption: Type.Union([Type.Literal("none"), Type.Literal("starttls"), Type.Literal("tls")]),
  username: Type.String({ maxLength: 254 }),
  hasPassword: Type.Boolean(),
  from: Type.String({ maxLength: 254 }),
  version: Version,
});
export const ChangeEmailSettings = joined(
  Type.Object({ version: Version }),
  Type.Partial(
    joined(
      without(EmailSettings, ["version", "hasPassword"]),
      /** "": forget it. */
      Type.Object({ password: Type.String({ maxLength: 1024 }) }),
    ),
  ),
);
export const TestEmail = Type.Object({ to: Type.String({ minLength: 3, maxLength: 254 }) });

// Sign-ins: GET /api/login/sign-ins; DELETE …/:id. The id is not the token: it signs nobody in (NA18).

export const SignInRow = Type.Object({
  id: Id,
  user: Id,
  name: Type.String(),
  username: Type.String(),
  area: Type.Union([Type.Literal("login"), Type.Literal("console")]),
  /** "password", "passkey", or the provider's name. */
  method: Type.String(),
  address: Type.String(),
  userAgent: Type.String(),
  signedInAt: Time,
  lastSeenAt: Time,
  isOwn: Type.Boolean(),
});
export const SignInRows = Type.Object({ signIns: Type.Array(SignInRow) });

// API accounts: GET, POST /api/login/api-accounts; PATCH, DELETE …/:id; POST …/:id/secret (a new one, shown once)
// A program: POST /api/oauth/token (client_credentials) -> bearer token for /api/login/* within its scopes.

export const Scope = Type.Unsafe<AccountPermission>(
  Type.Union(accountPermissions.filter((name) => name !== "site.administer").map((name) => Type.Literal(name))),
);
export const ApiAccount = Type.Object({
  id: Id,
  name: Type.String(),
  comments: Type.String(),
  clientId: Type.String(),
  /** Never wider than the maker's rights, when made and whenever it is used (NA11). */
  scopes: Type.Array(Scope),
  networks: Networks,
  isEnabled: Type.Boolean(),
  expiresAt: NullableTime,
  madeBy: Type.String(),
  createdAt: Time,
  lastUsedAt: NullableTime,
  version: Version,
});
export const ApiAccounts = Type.Object({ apiAccounts: Type.Array(ApiAccount) });
export const CreateApiAccount = Type.Object({
  name: DisplayName,
  comments: Type.String({ maxLength: 2000 }),
  scopes: Type.Array(Scope, { uniqueItems: true }),
  networks: Networks,
  expiresAt: NullableTime,
});
export const ChangeApiAccount = joined(
  Type.Object({ version: Version }),
  Type.Partial(joined(CreateApiAccount, Type.Object({ isEnabled: Type.Boolean() }))),
);
/** Shown once; only its hash is kept. */
export const ApiSecret = Type.Object({ apiAccount: ApiAccount, clientSecret: Type.String() });
/** POST /api/oauth/token, as RFC 6749 has it; the body is a form. */
export const ApiToken = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal("Bearer"),
  /** Seconds. */
  expires_in: Type.Integer(),
});
