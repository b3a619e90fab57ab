/** /appliance: its first page, its own sign-in, who administers it, and who is answered where. */
import { type Static, Type } from "@sinclair/typebox";
import { Id, NullableTime, Password, PresenceCode, Time, Username } from "../common.ts";

const Null = Type.Null();

// GET /api/appliance/start, public: what the first page needs

export const ApplianceStart = Type.Object({
  hostname: Type.String(),
  siteName: Type.String(),
  /** false: nobody can sign in yet; a code from the console makes the first administrator. */
  hasAdministrator: Type.Boolean(),
  /** What a password must be, in words. */
  passwordRules: Type.String(),
});
export type ApplianceStart = Static<typeof ApplianceStart>;

// POST /api/appliance/sign-in {username, password}; POST …/sign-in/second-proof {token, code}; POST …/sign-out

export const ApplianceSignInAnswer = Type.Union([
  Type.Object({ state: Type.Literal("signed-in") }),
  /** The password was right; now the code of the authenticator app. The token holds five minutes. */
  Type.Object({ state: Type.Literal("second-proof"), token: Type.String() }),
]);
export type ApplianceSignInAnswer = Static<typeof ApplianceSignInAnswer>;
const AppCode = Type.String({ pattern: "^[0-9]{6}$" });
export const ApplianceSecondProof = Type.Object({ token: Type.String({ maxLength: 100 }), code: AppCode });

/** So long a presence code holds, in minutes. */
export const PRESENCE_CODE_MINUTES = 60;

// POST /api/appliance/with-code: makes this administrator, or gives them a new password and takes their app away; signs in

export const AdministratorWithCode = Type.Object({ code: PresenceCode, username: Username, password: Password });

// GET /api/appliance/account; PUT …/account/password; POST …/account/authenticator-app -> secret, PUT {code}, DELETE {password}

export const ApplianceAccount = Type.Object({
  id: Id,
  username: Type.String(),
  hasAuthenticatorApp: Type.Boolean(),
  signedInAt: Time,
  lastSignInAt: NullableTime,
  idleSignOutMinutes: Type.Integer(),
});
export type ApplianceAccount = Static<typeof ApplianceAccount>;
/** What proves once more who asks: their own password. */
export const OwnPassword = Type.Object({ ownPassword: Password });
export const ConfirmApplianceApp = Type.Object({ code: AppCode });

// GET /api/appliance/administrators; POST {username, password, ownPassword}; POST …/:id/reset {password, ownPassword}: a new
// password, no app, no lock, no sign-in; POST …/:id/remove {ownPassword}, never the last

export const ApplianceAdministratorRow = Type.Object({
  id: Id,
  username: Type.String(),
  hasAuthenticatorApp: Type.Boolean(),
  /** Locked out after failed sign-ins until then. */
  lockedUntil: NullableTime,
  createdAt: Time,
  lastSignInAt: NullableTime,
  isYou: Type.Boolean(),
});
export type ApplianceAdministratorRow = Static<typeof ApplianceAdministratorRow>;
export const ApplianceAdministrators = Type.Object({ administrators: Type.Array(ApplianceAdministratorRow) });
export const AddApplianceAdministrator = Type.Object({
  username: Username,
  password: Password,
  ownPassword: Password,
});
export const ResetApplianceAdministrator = Type.Object({ password: Password, ownPassword: Password });

// GET /api/appliance/sign-ins; DELETE …/:id

export const ApplianceSignInRow = Type.Object({
  /** The first characters of the sign-in's hash: names it, opens nothing. */
  id: Type.String(),
  username: Type.String(),
  address: Type.String(),
  userAgent: Type.String(),
  signedInAt: Time,
  lastSeenAt: Time,
  isOwn: Type.Boolean(),
});
export type ApplianceSignInRow = Static<typeof ApplianceSignInRow>;
export const ApplianceSignInRows = Type.Object({ signIns: Type.Array(ApplianceSignInRow) });

// GET, PUT /api/appliance/listeners; POST …/listeners/keep, POST …/listeners/revert

/** Who is answered at a place: computers and customers; representatives; administrators (/login, /appliance, the API). */
export const listenerUses = ["endpoints", "consoles", "administration"] as const;
export type ListenerUse = (typeof listenerUses)[number];

export const ListenerPlace = Type.Object({
  /** An address of this machine; "": those the server was started with. */
  address: Type.String({ maxLength: 45, pattern: "^[0-9a-fA-F:.]*$" }),
  /** null: the port the server was started with. */
  port: Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Null]),
  /** Whoever comes from elsewhere finds nothing there; empty: everybody may come. This machine itself always may. */
  networks: Type.Array(Type.String({ maxLength: 49 }), { maxItems: 64 }),
});
export type ListenerPlace = Static<typeof ListenerPlace>;
export const Listeners = Type.Object({
  endpoints: ListenerPlace,
  consoles: ListenerPlace,
  administration: ListenerPlace,
});
export type Listeners = Static<typeof Listeners>;

export const ListenersState = Type.Object({
  listeners: Listeners,
  /** What the server was started with. */
  main: Type.Object({ address: Type.String(), port: Type.Integer() }),
  /** Where the asker comes from. */
  yourAddress: Type.String(),
  /** Another place is tried: kept from there by then, or the former one comes back. */
  trial: Type.Union([Type.Object({ revertsAt: Time, address: Type.String(), port: Type.Integer() }), Null]),
  /** What cannot be listened on now, and why; tried again every few seconds. */
  problems: Type.Array(Type.Object({ address: Type.String(), port: Type.Integer(), message: Type.String() })),
});
export type ListenersState = Static<typeof ListenersState>;
/** So long another place is tried before the former one comes back by itself, in seconds. */
export const LISTENERS_TRIAL_SECONDS = 120;
