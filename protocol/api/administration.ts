/** What /login works with: users, settings, certificate, installers, Jump Clients, Jump Groups, the audit log. */
import { type Static, Type } from "@sinclair/typebox";
import { Comments, DisplayName, Id, NullableTime, Password, Tag, Time, Username } from "./common.ts";

// Users: GET, POST /api/login/users; PATCH, DELETE /api/login/users/:id; POST …/:id/sign-out

export const User = Type.Object({
  id: Id,
  username: Type.String(),
  displayName: Type.String(),
  isAdministrator: Type.Boolean(),
  isDisabled: Type.Boolean(),
  isLocked: Type.Boolean(),
  lastSignInAt: NullableTime,
  createdAt: Time,
});
export type User = Static<typeof User>;
export const Users = Type.Object({ users: Type.Array(User) });
export const CreateUser = Type.Object({
  username: Username,
  displayName: DisplayName,
  isAdministrator: Type.Boolean(),
  password: Password,
});
export const ChangeUser = Type.Partial(
  Type.Object({
    displayName: DisplayName,
    isAdministrator: Type.Boolean(),
    isDisabled: Type.Boolean(),
    isLocked: Type.Literal(false),
    password: Password,
  }),
);

// Settings: GET, PATCH /api/login/settings

export const Settings = Type.Object({
  siteName: DisplayName,
  hostname: Type.String({ minLength: 1, maxLength: 253, pattern: "^[A-Za-z0-9.-]+$" }),
  isConsoleEnabled: Type.Boolean(),
  /** Failed sign-ins in a row before an account is locked, and for how long, in minutes. */
  lockOutAfterFailures: Type.Integer({ minimum: 3, maximum: 100 }),
  lockOutMinutes: Type.Integer({ minimum: 1, maximum: 1440 }),
  /** A sign-in without activity ends after so many minutes. */
  idleSignOutMinutes: Type.Integer({ minimum: 5, maximum: 1440 }),
  /** How often Jump Clients send statistics, in seconds. */
  statisticsIntervalSeconds: Type.Integer({ minimum: 5, maximum: 3600 }),
});
export type Settings = Static<typeof Settings>;
export const ChangeSettings = Type.Partial(Settings);

// Certificate: GET, PUT /api/login/certificate; POST /api/login/certificate/self-signed

export const Certificate = Type.Object({
  subject: Type.String(),
  issuer: Type.String(),
  names: Type.Array(Type.String()),
  notBefore: Time,
  notAfter: Time,
  /** SHA-256 of the leaf, colon-separated upper-case hex, as browsers show it. */
  fingerprint: Type.String(),
  isSelfSigned: Type.Boolean(),
  /** Whether the hostname of the settings is among the names. */
  coversHostname: Type.Boolean(),
  chainLength: Type.Integer(),
  keyAlgorithm: Type.String(),
});
export type Certificate = Static<typeof Certificate>;
export const ReplaceCertificate = Type.Object({
  chainPem: Type.String({ minLength: 1, maxLength: 100_000 }),
  keyPem: Type.String({ minLength: 1, maxLength: 20_000 }),
});

// Status: GET /api/login/status

export const Status = Type.Object({
  version: Type.String(),
  startedAt: Time,
  siteName: Type.String(),
  hostname: Type.String(),
  certificate: Certificate,
  counts: Type.Object({
    jumpClients: Type.Integer(),
    jumpClientsOnline: Type.Integer(),
    supportSessions: Type.Integer(),
    representativesSignedIn: Type.Integer(),
  }),
  memoryBytes: Type.Integer(),
  databaseBytes: Type.Integer(),
  diskFreeBytes: Type.Integer(),
});
export type Status = Static<typeof Status>;

// Jump Groups: GET, POST /api/login/jump-groups; PATCH, DELETE …/:id

export const JumpGroup = Type.Object({
  id: Id,
  name: DisplayName,
  comments: Comments,
  jumpClients: Type.Integer(),
  createdAt: Time,
});
export type JumpGroup = Static<typeof JumpGroup>;
export const JumpGroups = Type.Object({ jumpGroups: Type.Array(JumpGroup) });
export const CreateJumpGroup = Type.Object({ name: DisplayName, comments: Comments });
export const ChangeJumpGroup = Type.Partial(CreateJumpGroup);

// Installers: GET, POST /api/login/installers; PATCH, DELETE …/:id; GET …/:id/download/:platform

export const agentPlatforms = [
  "linux-x64",
  "linux-arm64",
  "linux-x64-musl",
  "linux-arm64-musl",
  "windows-x64",
  "windows-arm64",
  "darwin-x64",
  "darwin-arm64",
] as const;
export type AgentPlatform = (typeof agentPlatforms)[number];
export const AgentPlatformSchema = Type.Union(agentPlatforms.map((platform) => Type.Literal(platform)));

export const Installer = Type.Object({
  id: Id,
  /** What Jump Clients made with it are called; empty: their host name. */
  name: Type.String(),
  jumpGroup: Id,
  jumpGroupName: Type.String(),
  tag: Type.String(),
  comments: Type.String(),
  createdAt: Time,
  createdBy: Type.String(),
  expiresAt: Time,
  isExpired: Type.Boolean(),
  /** null: as many machines as one likes. */
  maxUses: Type.Union([Type.Integer(), Type.Null()]),
  uses: Type.Integer(),
});
export type Installer = Static<typeof Installer>;
export const Installers = Type.Object({
  installers: Type.Array(Installer),
  /** Platforms whose agent this appliance carries. */
  platforms: Type.Array(AgentPlatformSchema),
});
export const CreateInstaller = Type.Object({
  name: Type.String({ maxLength: 128, pattern: "^[^\\u0000-\\u001f\\u007f]*$" }),
  jumpGroup: Id,
  tag: Tag,
  comments: Comments,
  /** From now, 1 hour to 1 year. */
  validForMinutes: Type.Integer({ minimum: 60, maximum: 525_600 }),
  maxUses: Type.Union([Type.Integer({ minimum: 1, maximum: 100_000 }), Type.Null()]),
});
/** What a downloaded installer is called: "causeway-front-desks-linux-x64.run"; elsewhere a zip. */
export function installerFileName(name: string, platform: AgentPlatform): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "")
    .slice(0, 40);
  const ending = platform.startsWith("linux") ? "run" : "zip";
  return `causeway-${plain === "" ? "jump-client" : plain}-${platform}.${ending}`;
}
/** Extends: a new end counted from now. */
export const ChangeInstaller = Type.Object({ validForMinutes: Type.Integer({ minimum: 60, maximum: 525_600 }) });

// Jump Clients: GET /api/login/jump-clients?search&offset&limit; PATCH, DELETE …/:id

export const JumpClientStatus = Type.Union([
  Type.Literal("online"),
  Type.Literal("offline"),
  Type.Literal("in-session"),
]);

export const JumpClient = Type.Object({
  id: Id,
  name: Type.String(),
  hostName: Type.String(),
  status: JumpClientStatus,
  jumpGroup: Id,
  jumpGroupName: Type.String(),
  tag: Type.String(),
  comments: Type.String(),
  operatingSystem: Type.String(),
  platform: Type.String(),
  architecture: Type.String(),
  agentVersion: Type.String(),
  publicAddress: Type.String(),
  privateAddresses: Type.Array(Type.String()),
  signedInUsers: Type.Array(Type.String()),
  isScreenLocked: Type.Union([Type.Boolean(), Type.Null()]),
  hasDisplay: Type.Boolean(),
  cpuPercent: Type.Union([Type.Number(), Type.Null()]),
  memoryTotalBytes: Type.Union([Type.Number(), Type.Null()]),
  memoryUsedBytes: Type.Union([Type.Number(), Type.Null()]),
  disks: Type.Array(Type.Object({ name: Type.String(), totalBytes: Type.Number(), usedBytes: Type.Number() })),
  bootedAt: NullableTime,
  /** Since when it is online or offline. */
  statusSince: Time,
  lastAccessedAt: NullableTime,
  createdAt: Time,
  /** Set when it was removed and has not yet been told to uninstall. */
  isLeaving: Type.Boolean(),
});
export type JumpClient = Static<typeof JumpClient>;
export const JumpClients = Type.Object({ jumpClients: Type.Array(JumpClient), total: Type.Integer() });
export const ChangeJumpClient = Type.Partial(
  Type.Object({ name: DisplayName, jumpGroup: Id, tag: Tag, comments: Comments }),
);

// Audit: GET /api/login/audit; GET /api/login/audit/export?format=csv|json

export const AuditQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  action: Type.Optional(Type.String({ maxLength: 64 })),
  outcome: Type.Optional(Type.Union([Type.Literal("succeeded"), Type.Literal("failed"), Type.Literal("denied")])),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  session: Type.Optional(Id),
  /** Rows older than this sequence number; newest first. */
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export const AuditRow = Type.Object({
  sequence: Type.Integer(),
  at: Time,
  actorKind: Type.Union([
    Type.Literal("representative"),
    Type.Literal("jump-client"),
    Type.Literal("system"),
    Type.Literal("nobody"),
  ]),
  actorName: Type.String(),
  address: Type.String(),
  action: Type.String(),
  outcome: Type.String(),
  objectKind: Type.String(),
  objectId: Type.String(),
  objectName: Type.String(),
  session: Type.Union([Id, Type.Null()]),
  detail: Type.Record(Type.String(), Type.Unknown()),
  hash: Type.String(),
});
export type AuditRow = Static<typeof AuditRow>;
export const AuditRows = Type.Object({ rows: Type.Array(AuditRow), hasMore: Type.Boolean() });
