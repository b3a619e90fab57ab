/** Set-up, sign-in and one's own account. */
import { type Static, Type } from "@sinclair/typebox";
import { DisplayName, Id, NullableTime, Password, PresenceCode, Time, Username } from "./common.ts";
import { Language, SpokenLanguage } from "./users.ts";

/** The two places one signs in to; each has its own session and its own cookie. */
export const Area = Type.Union([Type.Literal("login"), Type.Literal("console")]);
export type Area = Static<typeof Area>;

/** GET /api/site, public: what the first page needs. Not the version: it would tell a stranger which holes to try. */
export const Site = Type.Object({
  isSetUp: Type.Boolean(),
  siteName: Type.String(),
  hostname: Type.String(),
  isConsoleEnabled: Type.Boolean(),
  /** A quick start: the set-up page offers the console switched on; the person still decides. */
  isConsoleSuggested: Type.Boolean(),
  hasSelfSignedCertificate: Type.Boolean(),
  /** Setting up needs a code that the appliance's own console shows; absent: it needs none. */
  needsPresenceCode: Type.Optional(Type.Boolean()),
});
export type Site = Static<typeof Site>;

/** POST /api/set-up; gone once an administrator exists. */
export const SetUp = Type.Object({
  siteName: DisplayName,
  hostname: Type.String({ minLength: 1, maxLength: 253, pattern: "^[A-Za-z0-9.-]+$" }),
  username: Username,
  displayName: DisplayName,
  password: Password,
  isConsoleEnabled: Type.Boolean(),
  /** Of the page it is set up on: what the site's messages speak from then on. Absent: English. */
  language: Type.Optional(SpokenLanguage),
  /** null: a self-signed certificate is made. */
  certificate: Type.Union([
    Type.Object({ chainPem: Type.String({ maxLength: 100_000 }), keyPem: Type.String({ maxLength: 20_000 }) }),
    Type.Null(),
  ]),
  /** From the appliance's own console, where the site says that it needs one. */
  presenceCode: Type.Optional(PresenceCode),
});
export type SetUp = Static<typeof SetUp>;

/** POST /api/login/sign-in and /api/console/sign-in. */
export const SignIn = Type.Object({ username: Username, password: Password });

/** GET /api/login/account, /api/console/account. */
export const Account = Type.Object({
  id: Id,
  username: Type.String(),
  displayName: Type.String(),
  /** Of the server they are signed in to. */
  serverVersion: Type.String(),
  /** Holds site.administer, wherever it comes from. */
  isAdministrator: Type.Boolean(),
  permissions: Type.Array(Type.String()),
  signedInAt: Time,
  lastSignInAt: NullableTime,
  /** The account's own choice; absent from servers that do not know of it. */
  language: Type.Optional(Language),
  publicName: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  /** No provider's: its names, e-mail address and password may be changed here. */
  isLocal: Type.Optional(Type.Boolean()),
  /** Without a request or a key on an open console the sign-in ends after so many minutes: warn 30 s before. */
  idleSignOutMinutes: Type.Optional(Type.Integer()),
  /** Then it ends anyway. */
  signInEndsAt: Type.Optional(Time),
});
export type Account = Static<typeof Account>;

export const ChangePassword = Type.Object({ currentPassword: Password, newPassword: Password });

/** POST /api/console/socket-ticket: the secret of console.hello, valid 30 seconds, once. */
export const SocketTicket = Type.Object({ ticket: Type.String() });

/** GET and PUT /api/console/preferences. */
export const Preferences = Type.Object({
  theme: Type.Union([Type.Literal("system"), Type.Literal("light"), Type.Literal("dark")]),
  density: Type.Union([Type.Literal("compact"), Type.Literal("cozy")]),
  hasSingleKeyShortcuts: Type.Boolean(),
  /** Choosing a Jump Item puts the panel of Jump Groups away (PREF-05). */
  collapsesJumpGroups: Type.Optional(Type.Boolean()),
  /** Choosing a file puts the panel of volumes away (PREF-08). */
  collapsesVolumes: Type.Optional(Type.Boolean()),
  /** For the console alone; "": as the account (LOGIN-26). */
  language: Type.Optional(Language),
});
export type Preferences = Static<typeof Preferences>;
