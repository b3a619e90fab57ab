/** Users, teams and group policies: what /login > Users and security works with. */
import { type Static, Type } from "@sinclair/typebox";
import { accountSettingNames, type AccountSettingName, DefinedSettings, PolicySettings } from "../account-settings.ts";
import { SettingSource } from "../decision.ts";
import { languageCodes } from "../languages.ts";
import {
  CodeName,
  Comments,
  DisplayName,
  Id,
  NullableTime,
  pageFields,
  Password,
  SearchText,
  Time,
  Username,
  Version,
} from "./common.ts";
import { joined } from "../shapes.ts";

export const Named = Type.Object({ id: Id, name: Type.String() });
const Email = Type.String({ maxLength: 254, pattern: "^$|^[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+$" });
/** One that is spoken here. */
export const SpokenLanguage = Type.Union(languageCodes.map((code) => Type.Literal(code)));
/** "": follow the browser. */
export const Language = Type.Union(["", ...languageCodes].map((code) => Type.Literal(code)));
const Null = Type.Null();

export const TeamRole = Type.Union([Type.Literal("member"), Type.Literal("lead"), Type.Literal("manager")]);
export type TeamRole = Static<typeof TeamRole>;

// Users: GET /api/login/users?UserQuery; POST; GET, PATCH, DELETE …/:id; POST …/:id/sign-out; POST …/:id/unlock;
//        POST …/:id/reset-link (e-mails a link); DELETE …/:id/second-proofs (lost phone: forgets TOTP and passkeys);
//        GET …/:id/effective; GET …/:id/history?before&limit (audit rows);
//        GET /api/login/users/choices (what settings and filters may name);
//        GET /api/login/users/report?format=csv|json (users.view; B7)

export const UserStatus = Type.Union(
  (["active", "disabled", "locked", "expired"] as const).map((status) => Type.Literal(status)),
);
export const UserQuery = Type.Object({
  /** Words to be found in name, user name, e-mail. */
  search: Type.Optional(SearchText),
  provider: Type.Optional(Type.String({ maxLength: 64 })),
  groupPolicy: Type.Optional(Id),
  team: Type.Optional(Id),
  status: Type.Optional(UserStatus),
  sort: Type.Optional(
    Type.Union((["name", "username", "provider", "lastSeen", "created"] as const).map((name) => Type.Literal(name))),
  ),
  descending: Type.Optional(Type.Boolean()),
  ...pageFields,
});
export type UserQuery = Static<typeof UserQuery>;

export const User = Type.Object({
  id: Id,
  username: Type.String(),
  displayName: Type.String(),
  /** What customers read. */
  publicName: Type.String(),
  email: Type.String(),
  /** "local", or a security provider's id; its name for people. */
  provider: Type.String(),
  providerName: Type.String(),
  status: UserStatus,
  isDisabled: Type.Boolean(),
  isLocked: Type.Boolean(),
  /** A local account no provider's sync and no "provider only" rule touches. */
  isBreakGlass: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  expiresAt: NullableTime,
  language: Language,
  isSignedIn: Type.Boolean(),
  lastSignInAt: NullableTime,
  lastSeenAt: NullableTime,
  createdAt: Time,
  passkeys: Type.Integer(),
  hasAuthenticatorApp: Type.Boolean(),
  hasPassword: Type.Boolean(),
  /** Holds site.administer, wherever it comes from. */
  isAdministrator: Type.Boolean(),
  /** Those that reach this user, the strongest last. */
  groupPolicies: Type.Array(Named),
  version: Version,
});
export type User = Static<typeof User>;
export const Users = Type.Object({
  users: Type.Array(User),
  /** That fit; the page holds some of them. */
  total: Type.Integer(),
  /** Break-glass accounts of the site: with none, nobody gets in while every provider is down. */
  breakGlass: Type.Integer(),
});

export const UserDetail = joined(
  User,
  Type.Object({
    settings: DefinedSettings,
    teams: Type.Array(Type.Object({ id: Id, name: Type.String(), role: TeamRole })),
    externalId: Type.Union([Type.String(), Null]),
    /** Names of the provider's groups the user was last seen in. */
    externalGroups: Type.Array(Type.String()),
  }),
);
export type UserDetail = Static<typeof UserDetail>;

/** GET …/:id/effective: what holds for this user, setting by setting, and where it comes from. */
export const EffectiveSetting = Type.Object({
  name: Type.Unsafe<AccountSettingName>(Type.Union(accountSettingNames.map((name) => Type.Literal(name)))),
  value: Type.Unknown(),
  source: SettingSource,
});
export type EffectiveSetting = Static<typeof EffectiveSetting>;
export const EffectiveSettings = Type.Object({
  settings: Type.Array(EffectiveSetting),
  jumpGroups: Type.Array(
    Type.Object({
      jumpGroup: Named,
      /** null: the account's default role. */
      role: Type.Union([Named, Null]),
      by: Type.Union([
        Type.Object({ kind: Type.Literal("jump-group") }),
        Type.Object({ kind: Type.Literal("group-policy"), policy: Named }),
      ]),
    }),
  ),
});
export type EffectiveSettings = Static<typeof EffectiveSettings>;

/** GET /api/login/users/choices and /api/login/group-policies/choices: what settings, memberships and filters may name. */
export const SettingChoices = Type.Object({
  jumpItemRoles: Type.Array(Named),
  /** Those that are available for users (SPOL-01). */
  sessionPolicies: Type.Array(Named),
  groupPolicies: Type.Array(Named),
  teams: Type.Array(Named),
  providers: Type.Array(Named),
  /** Without personal lists. */
  jumpGroups: Type.Array(Named),
});
export type SettingChoices = Static<typeof SettingChoices>;
/** GET /api/login/teams/people and /api/login/group-policies/people?search: whom one may put in; the first fifty. */
export const PeopleQuery = Type.Object({ search: Type.Optional(SearchText) });
export const People = Type.Object({
  people: Type.Array(Type.Object({ id: Id, name: Type.String(), username: Type.String(), email: Type.String() })),
});
export type People = Static<typeof People>;
/** GET …/:id/history of a user, team or group policy. */
export const HistoryQuery = Type.Object({
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});

export const CreateUser = Type.Object({
  username: Username,
  displayName: DisplayName,
  publicName: Type.Optional(Type.String({ maxLength: 128 })),
  email: Type.Optional(Email),
  password: Password,
  mustChangePassword: Type.Optional(Type.Boolean()),
  isBreakGlass: Type.Optional(Type.Boolean()),
  expiresAt: Type.Optional(NullableTime),
  settings: DefinedSettings,
});
export const ChangeUser = joined(
  Type.Object({ version: Version }),
  Type.Partial(
    Type.Object({
      displayName: DisplayName,
      publicName: Type.String({ maxLength: 128 }),
      email: Email,
      isDisabled: Type.Boolean(),
      isBreakGlass: Type.Boolean(),
      mustChangePassword: Type.Boolean(),
      expiresAt: NullableTime,
      language: Language,
      password: Password,
      settings: DefinedSettings,
    }),
  ),
);

// Teams: GET /api/login/teams?search&offset&limit; GET …/choices (names alone); POST /api/login/teams; GET, PATCH, DELETE …/:id

export const TeamMember = Type.Object({ user: Id, name: Type.String(), role: TeamRole });
export const Team = Type.Object({
  id: Id,
  name: Type.String(),
  codeName: Type.String(),
  comments: Type.String(),
  members: Type.Array(TeamMember),
  /** Group policies that put people in. */
  groupPolicies: Type.Array(Type.Object({ id: Id, name: Type.String(), role: TeamRole })),
  createdAt: Time,
  version: Version,
});
export type Team = Static<typeof Team>;
/** Teams are found by the words of their names and comments; by name, default the first hundred. */
export const TeamsQuery = Type.Object({
  search: Type.Optional(SearchText),
  ...pageFields,
});
export type TeamsQuery = Static<typeof TeamsQuery>;
/** A team in the list of them. */
export const TeamRow = Type.Object({
  id: Id,
  name: Type.String(),
  codeName: Type.String(),
  comments: Type.String(),
  /** How many are in it by name. */
  members: Type.Integer(),
  /** The names of those who lead or manage it, and of group policies that put people in: the first ten of each. */
  leads: Type.Array(Type.String()),
  groupPolicies: Type.Array(Type.String()),
  version: Version,
});
export type TeamRow = Static<typeof TeamRow>;
export const Teams = Type.Object({ teams: Type.Array(TeamRow), total: Type.Integer() });
export type Teams = Static<typeof Teams>;
export const TeamChoices = Type.Object({ teams: Type.Array(Named) });
export const CreateTeam = Type.Object({
  name: DisplayName,
  codeName: Type.Optional(CodeName),
  comments: Comments,
  members: Type.Array(Type.Object({ user: Id, role: TeamRole }), { maxItems: 5000 }),
});
export const ChangeTeam = joined(Type.Object({ version: Version }), Type.Partial(CreateTeam));

// Group policies: GET, POST /api/login/group-policies; GET, PATCH, DELETE …/:id; POST …/:id/copy {name};
//                 PUT /api/login/group-policies/order {ids}; GET …/:id/history (audit rows);
//                 POST …/:id/preview (tries a change, undoes it and tells what it would do);
//                 GET …/choices, …/people?search (what and whom a policy may name)

/** A user, or everybody a provider says is in one of its groups. */
export const GroupPolicyMember = Type.Union([
  Type.Object({ kind: Type.Literal("user"), user: Id, name: Type.String() }),
  Type.Object({
    kind: Type.Literal("provider-group"),
    provider: Id,
    providerName: Type.String(),
    group: Type.String({ minLength: 1, maxLength: 512 }),
  }),
]);
export type GroupPolicyMember = Static<typeof GroupPolicyMember>;
const MemberToWrite = Type.Union([
  Type.Object({ kind: Type.Literal("user"), user: Id }),
  Type.Object({
    kind: Type.Literal("provider-group"),
    provider: Id,
    group: Type.String({ minLength: 1, maxLength: 512 }),
  }),
]);

/**
 * What a group policy says of one Jump Group: members are put in, with a role there or null for the account's default
 * role, or taken out, where no role counts (SPOL-10).
 */
export const GroupPolicyJumpGroup = Type.Object({
  jumpGroup: Id,
  role: Type.Union([Id, Null]),
  /** Absent: "add". Answers always say it. */
  change: Type.Optional(Type.Union([Type.Literal("add"), Type.Literal("remove")])),
});
export type GroupPolicyJumpGroup = Static<typeof GroupPolicyJumpGroup>;

export const GroupPolicyRow = Type.Object({
  id: Id,
  /** 1 is the top. */
  position: Type.Integer(),
  name: Type.String(),
  description: Type.String(),
  /** Users it reaches now, by name or by a provider's group. */
  members: Type.Integer(),
  version: Version,
});
export type GroupPolicyRow = Static<typeof GroupPolicyRow>;
export const GroupPolicies = Type.Object({ groupPolicies: Type.Array(GroupPolicyRow) });
export const GroupPolicy = joined(
  GroupPolicyRow,
  Type.Object({
    settings: PolicySettings,
    memberList: Type.Array(GroupPolicyMember),
    /** Jump Groups it puts its members into or takes them out of. */
    jumpGroups: Type.Array(GroupPolicyJumpGroup),
    /** No lower policy overrides what this one says of a Jump Group. Answers always say it. */
    areJumpGroupsFinal: Type.Optional(Type.Boolean()),
    teams: Type.Array(Type.Object({ team: Id, role: TeamRole })),
    createdAt: Time,
    /** Of its members, how many are in a support session now. */
    membersInSession: Type.Integer(),
  }),
);
export type GroupPolicy = Static<typeof GroupPolicy>;
export const CreateGroupPolicy = Type.Object({
  name: DisplayName,
  description: Comments,
  settings: PolicySettings,
  members: Type.Array(MemberToWrite, { maxItems: 5000 }),
  jumpGroups: Type.Array(GroupPolicyJumpGroup, { maxItems: 5000 }),
  /** Absent: false in a new policy, as it was in one that is changed. */
  areJumpGroupsFinal: Type.Optional(Type.Boolean()),
  teams: Type.Array(Type.Object({ team: Id, role: TeamRole }), { maxItems: 1000 }),
});
export const ChangeGroupPolicy = joined(Type.Object({ version: Version }), Type.Partial(CreateGroupPolicy));
export const CopyGroupPolicy = Type.Object({ name: DisplayName });
/** Every group policy's id, from the top; refused where one is missing or unknown. */
export const OrderGroupPolicies = Type.Object({ ids: Type.Array(Id, { maxItems: 1000 }) });

/** Tries a change, or the policy's end, and undoes it. What change() would refuse is refused here as well. */
export const PreviewGroupPolicy = Type.Object({
  changes: Type.Partial(CreateGroupPolicy),
  isDeleted: Type.Optional(Type.Boolean()),
  /** Whose settings are shown before and after, reached by the policy or not. */
  user: Type.Optional(Id),
});
const SettingName = Type.Unsafe<AccountSettingName>(Type.Union(accountSettingNames.map((name) => Type.Literal(name))));
/** How many people a setting changes for: a permission is gained or lost, another value is another. */
export const SettingEffect = Type.Object({
  name: SettingName,
  gained: Type.Integer(),
  lost: Type.Integer(),
  changed: Type.Integer(),
});
export type SettingEffect = Static<typeof SettingEffect>;
/** null: not in the Jump Group; a role of null: in it with the account's default role. */
const PreviewedPlace = Type.Union([Type.Object({ role: Type.Union([Named, Null]) }), Null]);
export const GroupPolicyPreview = Type.Object({
  /** People the policy reaches before or after. */
  people: Type.Integer(),
  joining: Type.Integer(),
  leaving: Type.Integer(),
  /** Of those it reaches, how many are in a support session now. */
  inSession: Type.Integer(),
  /** Only settings that change for somebody. */
  settings: Type.Array(SettingEffect),
  /** Saving is refused: nobody who can sign in would be an administrator. */
  takesLastAdministrator: Type.Boolean(),
  /** Permissions whoever asks would lose by it. */
  askerLoses: Type.Array(SettingName),
  user: Type.Union([
    Type.Object({
      id: Id,
      name: Type.String(),
      settings: Type.Array(
        Type.Object({ name: SettingName, before: Type.Unknown(), after: Type.Unknown(), isChanged: Type.Boolean() }),
      ),
      /** Only Jump Groups that change. */
      jumpGroups: Type.Optional(
        Type.Array(Type.Object({ jumpGroup: Named, before: PreviewedPlace, after: PreviewedPlace })),
      ),
    }),
    Null,
  ]),
});
export type GroupPolicyPreview = Static<typeof GroupPolicyPreview>;
