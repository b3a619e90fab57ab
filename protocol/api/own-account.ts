/**
 * One's own account and every way to sign in. Everything here exists for both areas: `/api/login/…` and `/api/console/…`
 * unless a line says otherwise.
 */
import { type Static, Type } from "@sinclair/typebox";
import { DisplayName, Id, NullableTime, Password, Time, Username } from "./common.ts";
import { Language } from "./users.ts";

const Null = Type.Null();

// GET /api/sign-in-methods, public: what the sign-in page offers

export const SignInMethods = Type.Object({
  /** "password", "passkey" or a provider's id. */
  defaultMethod: Type.String(),
  /** false: only break-glass accounts may use one. The field is behind a link then. */
  isPasswordOffered: Type.Boolean(),
  isPasskeyOffered: Type.Boolean(),
  isPasswordResetOffered: Type.Boolean(),
  /** Those one is sent away to. */
  providers: Type.Array(
    Type.Object({ id: Id, name: Type.String(), kind: Type.Union([Type.Literal("saml"), Type.Literal("oidc")]) }),
  ),
});
export type SignInMethods = Static<typeof SignInMethods>;

// POST …/sign-in {username, password} -> SignInAnswer. Local and LDAP accounts alike.

/** Signed in, or one more step. The step's token is a secret of five minutes, kept by the page alone. */
export const SignInAnswer = Type.Union([
  Type.Object({ state: Type.Literal("signed-in") }),
  /** The password was right; now the code of the authenticator app, or a passkey: POST …/sign-in/second-proof */
  Type.Object({
    state: Type.Literal("second-proof"),
    token: Type.String(),
    hasAuthenticatorApp: Type.Boolean(),
    hasPasskey: Type.Boolean(),
  }),
  /** A second proof is required and none is set up: POST …/sign-in/enrol-app, then second-proof with its first code */
  Type.Object({ state: Type.Literal("enrol-second-proof"), token: Type.String() }),
  /** Expired, or to be changed at once: POST …/sign-in/new-password */
  Type.Object({ state: Type.Literal("new-password"), token: Type.String(), rules: Type.String() }),
]);
export type SignInAnswer = Static<typeof SignInAnswer>;
/** One of ten for who lost their app: sixteen characters; case, spaces and hyphens do not matter. */
const RecoveryCode = Type.String({ minLength: 16, maxLength: 40, pattern: "^[A-Za-z0-9 -]+$" });
export const SecondProof = Type.Union([
  Type.Object({ token: Type.String({ maxLength: 100 }), code: Type.String({ pattern: "^[0-9]{6}$" }) }),
  Type.Object({ token: Type.String({ maxLength: 100 }), recoveryCode: RecoveryCode }),
  Type.Object({ token: Type.String({ maxLength: 100 }), passkey: Type.Unknown() }),
]);
/** With a step's token: a passkey beside what was proved; without: whichever passkey the person has for this site. */
export const PasskeyOptionsWish = Type.Object({ token: Type.Optional(Type.String({ maxLength: 100 })) });
export const StepToken = Type.Object({ token: Type.String({ maxLength: 100 }) });
export const NewPassword = Type.Object({ token: Type.String({ maxLength: 100 }), password: Password });

// POST …/sign-in/where {email} -> {provider|null}: where an e-mail address's domain signs in
// GET  …/sign-in/with/:provider (a page visit): on to the identity provider
// POST …/sign-in/passkey-options {token?} -> options; POST …/sign-in/passkey {credential} -> SignInAnswer
// POST /api/login/reset-link {username} -> {} whatever the name; POST /api/login/reset-password {token, password}

export const EmailWhere = Type.Object({ email: Type.String({ minLength: 3, maxLength: 254 }) });
export const ProviderWhere = Type.Object({ provider: Type.Union([Id, Null]) });
/** PublicKeyCredentialRequestOptionsJSON or …CreationOptionsJSON, as the browser's parse…FromJSON() reads it. */
export const WebAuthnOptions = Type.Object({ options: Type.Unknown() });
/** What the browser's toJSON() of the credential gives; checked by the WebAuthn library. */
export const WebAuthnCredential = Type.Object({ credential: Type.Unknown() });
export const AskResetLink = Type.Object({ username: Username });
export const ResetPassword = Type.Object({ token: Type.String({ maxLength: 100 }), password: Password });

// My account: GET, PATCH /api/{area}/account; POST …/account/proof {password | code | passkey}: needed by what follows
// GET …/account/proofs -> OwnProofs; POST …/account/passkeys/options; POST …/account/passkeys {name, credential};
// PATCH, DELETE …/account/passkeys/:id; POST …/account/authenticator-app -> secret; PUT {code}; DELETE

export const Passkey = Type.Object({
  id: Type.String({ maxLength: 1400 }),
  name: Type.String(),
  /** The model's name where it is known. */
  model: Type.String(),
  isBackedUp: Type.Boolean(),
  createdAt: Time,
  lastUsedAt: NullableTime,
});
export type Passkey = Static<typeof Passkey>;
export const MAX_PASSKEYS = 10;
export const OwnProofs = Type.Object({
  passkeys: Type.Array(Passkey),
  isPasskeyEnabled: Type.Boolean(),
  /** Why this site cannot have passkeys (its hostname is an address); null: it can. */
  passkeyObstacle: Type.Union([Type.String(), Null]),
  hasAuthenticatorApp: Type.Boolean(),
  /** Recovery codes that were not used yet. */
  recoveryCodesLeft: Type.Integer(),
  hasPassword: Type.Boolean(),
  isSecondProofRequired: Type.Boolean(),
  passwordRules: Type.String(),
});
export type OwnProofs = Static<typeof OwnProofs>;
export const AddPasskey = Type.Object({ name: DisplayName, credential: Type.Unknown() });
export const RenamePasskey = Type.Object({ name: DisplayName });
/** otpauth:// URI and the secret in base32 for typing. */
export const AuthenticatorAppSecret = Type.Object({ uri: Type.String(), secret: Type.String() });
/** POST …/account/recovery-codes: ten new ones, said this once; those before count no more. */
export const RecoveryCodes = Type.Object({ codes: Type.Array(Type.String()) });
export const ConfirmAuthenticatorApp = Type.Object({ code: Type.String({ pattern: "^[0-9]{6}$" }) });
/** Proves again who sits there; holds for ten minutes of this sign-in. Without it: refused with sign_in.proof_required. */
export const ProveAgain = Type.Union([
  Type.Object({ password: Password }),
  Type.Object({ code: Type.String({ pattern: "^[0-9]{6}$" }) }),
  Type.Object({ passkey: Type.Unknown() }),
]);
export const ChangeOwnAccount = Type.Partial(
  Type.Object({
    displayName: DisplayName,
    publicName: Type.String({ maxLength: 128 }),
    email: Type.String({ maxLength: 254 }),
    language: Language,
  }),
);

/** GET, PUT /api/login/preferences: how /login's lists were left, and its look; follows the account everywhere. */
export const LoginPreferences = Type.Object({
  theme: Type.Union([Type.Literal("system"), Type.Literal("light"), Type.Literal("dark")]),
  /** By list: what stands in its search and filters, its sort, its hidden columns (GROUP-02). */
  lists: Type.Record(
    Type.String({ maxLength: 64, pattern: "^[a-z-]+$" }),
    Type.Object({
      search: Type.Optional(Type.String({ maxLength: 200 })),
      filters: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 200 }))),
      sort: Type.Optional(Type.String({ maxLength: 64 })),
      isDescending: Type.Optional(Type.Boolean()),
      hiddenColumns: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 50 })),
    }),
  ),
});
export type LoginPreferences = Static<typeof LoginPreferences>;
