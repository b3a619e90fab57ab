/** What /login works with: settings, certificate, installers, Jump Clients, Jump Groups, the audit log. */
import { type Static, Type } from "@sinclair/typebox";
import {
  CodeName,
  Comments,
  DisplayName,
  Id,
  NullableTime,
  pageFields,
  SearchText,
  Tag,
  Time,
  Version,
} from "./common.ts";
import { PowerPlan } from "./appliance/status.ts";
import { SpokenLanguage } from "./users.ts";
import { joined } from "../shapes.ts";

// Settings: GET, PATCH /api/login/settings

export const Settings = Type.Object({
  siteName: DisplayName,
  hostname: Type.String({ minLength: 1, maxLength: 253, pattern: "^[A-Za-z0-9.-]+$" }),
  isConsoleEnabled: Type.Boolean(),
  /** Of messages and questions to people who have chosen none. */
  language: SpokenLanguage,
  /** How often Jump Clients send statistics, in seconds. */
  statisticsIntervalSeconds: Type.Integer({ minimum: 5, maximum: 3600 }),
});
export type Settings = Static<typeof Settings>;
export const ChangeSettings = Type.Partial(Settings);
/** The settings, and how many passkeys are bound to the hostname: another hostname makes them useless. */
export const SettingsAnswer = joined(Settings, Type.Object({ passkeys: Type.Integer() }));

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

// Status: GET /api/login/status; POST /api/login/restart PowerWish -> PowerPlan: the software alone; …/restart/cancel

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
  /** A restart that is announced, of the software or of the appliance; null: none. */
  restart: Type.Union([PowerPlan, Type.Null()]),
});
export type Status = Static<typeof Status>;

// Jump Groups: GET, POST /api/login/jump-groups; GET, PATCH, DELETE …/:id; GET …/choices?search: the first whose names
//              hold the words; who is in one: protocol/api/policies.ts

/** Which help its Jump Items take (FLEX-20). */
export const Assistance = Type.Union([Type.Literal("both"), Type.Literal("attended"), Type.Literal("unattended")]);
export const JumpGroup = Type.Object({
  id: Id,
  name: DisplayName,
  /** "": none yet; one is made when the Jump Group is next changed. */
  codeName: Type.String(),
  comments: Comments,
  assistance: Assistance,
  /** null: as the site says (FLEX-34). */
  hasEndpointTools: Type.Union([Type.Boolean(), Type.Null()]),
  jumpClients: Type.Integer(),
  createdAt: Time,
  version: Version,
});
export type JumpGroup = Static<typeof JumpGroup>;
/** Jump Groups are found by the words of their names, code names and comments; by name, default the first hundred. */
export const JumpGroupsQuery = Type.Object({ search: Type.Optional(SearchText), ...pageFields });
export type JumpGroupsQuery = Static<typeof JumpGroupsQuery>;
export const JumpGroups = Type.Object({ jumpGroups: Type.Array(JumpGroup), total: Type.Integer() });
export type JumpGroups = Static<typeof JumpGroups>;
/** What a picker asks while one types: the first fifty whose names hold the words. */
export const JumpGroupChoicesQuery = Type.Object({ search: Type.Optional(SearchText) });
export const JumpGroupChoices = Type.Object({ jumpGroups: Type.Array(Type.Object({ id: Id, name: Type.String() })) });
export type JumpGroupChoices = Static<typeof JumpGroupChoices>;
const jumpGroupExtras = {
  codeName: Type.Optional(CodeName),
  assistance: Type.Optional(Assistance),
  /** Only for who may configure endpoint tools. */
  hasEndpointTools: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
};
export const CreateJumpGroup = Type.Object({ name: DisplayName, comments: Comments, ...jumpGroupExtras });
/** With the version that was looked at, a change of what somebody else changed meanwhile is refused. */
export const ChangeJumpGroup = joined(Type.Object({ version: Type.Optional(Version) }), Type.Partial(CreateJumpGroup));

// Installers: GET, POST /api/login/installers; PATCH, DELETE …/:id; GET …/:id/download/:platform;
//             GET /api/login/installers/choices

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

const ChoiceOf = Type.Object({ id: Id, name: Type.String() });
const NullableNamed = Type.Union([ChoiceOf, Type.Null()]);
const NullableId = Type.Union([Id, Type.Null()]);
/** Policies by id that Jump Clients made with an installer begin with. */
const installerPolicies = {
  jumpPolicy: Type.Optional(NullableId),
  presentPolicy: Type.Optional(NullableId),
  absentPolicy: Type.Optional(NullableId),
};

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
  /** What Jump Clients made with it begin with; null: none. The session policies: with a customer there, and without. */
  jumpPolicy: NullableNamed,
  presentPolicy: NullableNamed,
  absentPolicy: NullableNamed,
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
  ...installerPolicies,
});
/**
 * GET /api/login/installers/choices?search: what a new installer may name; session policies that are for Jump Items. Jump
 * Groups are the first fifty whose names hold the words.
 */
export const InstallerChoices = Type.Object({
  jumpGroups: Type.Array(ChoiceOf),
  jumpPolicies: Type.Array(ChoiceOf),
  sessionPolicies: Type.Array(ChoiceOf),
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
/** `validForMinutes` extends: a new end counted from now. Jump Clients that are there stay as they are. */
export const ChangeInstaller = Type.Object({
  validForMinutes: Type.Optional(Type.Integer({ minimum: 60, maximum: 525_600 })),
  ...installerPolicies,
});

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
    Type.Literal("appliance-administrator"),
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
