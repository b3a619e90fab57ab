/** Session policies with their simulator, Jump Item Roles, Jump Policies, who is in a Jump Group. */
import { type Static, Type } from "@sinclair/typebox";
import { Decision, PermissionSchema } from "../decision.ts";
import { type JumpItemPermission, jumpItemPermissions } from "../permissions.ts";
import { Schedule } from "../schedule.ts";
import { Presence, SessionRules } from "../session-policy.ts";
import { CodeName, Comments, DisplayName, Id, NullableTime, pageFields, SearchText, Time, Version } from "./common.ts";
import { Named, People } from "./users.ts";
import { joined } from "../shapes.ts";

const Null = Type.Null();

// Session policies: GET, POST /api/login/session-policies; GET, PATCH, DELETE …/:id; POST …/:id/copy {displayName};
//                   GET, PATCH /api/login/session-policies/global; POST /api/login/session-policies/simulate

/** To whom it may be assigned (SPOL-01, B10). */
export const Availability = Type.Object({
  users: Type.Boolean(),
  repInvite: Type.Boolean(),
  jumpItems: Type.Boolean(),
});
export const SessionPolicyRow = Type.Object({
  id: Id,
  displayName: Type.String(),
  codeName: Type.String(),
  description: Type.String(),
  availability: Availability,
  definedCount: Type.Integer(),
  /** Who depends on it; one that is used cannot go. */
  usedBy: Type.Object({
    users: Type.Integer(),
    groupPolicies: Type.Integer(),
    jumpItems: Type.Integer(),
    installers: Type.Integer(),
  }),
  version: Version,
});
export const SessionPolicies = Type.Object({ sessionPolicies: Type.Array(SessionPolicyRow) });
export const SessionPolicy = joined(
  SessionPolicyRow,
  Type.Object({
    rules: SessionRules,
    /** By name, so that "used by" can be shown; at most 100 of each kind. */
    users: Type.Array(Named),
    groupPolicies: Type.Array(Named),
    jumpItems: Type.Array(Named),
    createdAt: Time,
  }),
);
export type SessionPolicy = Static<typeof SessionPolicy>;
export const CreateSessionPolicy = Type.Object({
  displayName: DisplayName,
  codeName: Type.Optional(CodeName),
  description: Comments,
  availability: Availability,
  rules: SessionRules,
});
export const ChangeSessionPolicy = joined(Type.Object({ version: Version }), Type.Partial(CreateSessionPolicy));
export const CopySessionPolicy = Type.Object({ displayName: DisplayName });
/** The last layer. Every permission is defined in it, and so is the prompting. */
export const GlobalSessionPolicy = Type.Object({ rules: SessionRules, version: Version });
export const ChangeGlobalSessionPolicy = Type.Object({ rules: SessionRules, version: Version });

/** Who would be allowed what, if they started now. Calls the very decide() that runs. */
export const Simulate = Type.Object({
  representative: Id,
  startMethod: Type.Literal("jump-client"),
  jumpItem: Type.Union([Id, Null]),
  presence: Presence,
  /** Rules as they stand unsaved on the page, in place of a session policy's stored ones; "global" for the last layer. */
  edited: Type.Union([
    Type.Object({ sessionPolicy: Type.Union([Id, Type.Literal("global")]), rules: SessionRules }),
    Null,
  ]),
});
export const Simulation = Type.Object({
  results: Type.Array(joined(Type.Object({ permission: PermissionSchema }), Decision)),
});
/** GET /api/login/session-policies/simulate/choices?search: whom and what one may simulate with; the first fifty each. */
export const SimulationChoices = Type.Object({
  representatives: Type.Array(Named),
  jumpItems: Type.Array(Named),
});
export type Simulation = Static<typeof Simulation>;

// Jump Item Roles: GET, POST /api/login/jump-item-roles; PATCH, DELETE …/:id

export const JumpItemPermissions = Type.Unsafe<readonly JumpItemPermission[]>(
  Type.Array(Type.Union(jumpItemPermissions.map((name) => Type.Literal(name))), { uniqueItems: true }),
);
export const JumpItemRole = Type.Object({
  id: Id,
  name: Type.String(),
  description: Type.String(),
  permissions: JumpItemPermissions,
  /** Made by the first start; its permissions stay as they are. */
  isBuiltIn: Type.Boolean(),
  /** Places that use it: users' and group policies' settings, members of Jump Groups. */
  uses: Type.Integer(),
  version: Version,
});
export type JumpItemRole = Static<typeof JumpItemRole>;
export const JumpItemRoles = Type.Object({ jumpItemRoles: Type.Array(JumpItemRole) });
export const CreateJumpItemRole = Type.Object({
  name: DisplayName,
  description: Comments,
  permissions: JumpItemPermissions,
});
export const ChangeJumpItemRole = joined(Type.Object({ version: Version }), Type.Partial(CreateJumpItemRole));

// Jump Policies: GET, POST /api/login/jump-policies; GET, PATCH, DELETE …/:id; POST …/:id/copy {displayName}

/** What must be so before a session starts, and what ends it. */
export const JumpRules = Type.Object({
  /** null: at any time. */
  schedule: Type.Union([Schedule, Null]),
  /** Sessions end when the schedule closes; who is in one is warned from 15 minutes before (POLICY-07, 08). */
  isEndForced: Type.Boolean(),
  /** A ticket id is asked for, and checked where the site has a check of its own (POLICY-09). */
  requiresTicket: Type.Boolean(),
  /** The end user proves who they are before a start or an elevation: a code of their authenticator app (POLICY-10). */
  requiresEndUserProof: Type.Boolean(),
  /** Others may join a running session by a Jump of their own; null: as the site's setting says (POLICY-11). */
  allowsSimultaneousJumps: Type.Union([Type.Boolean(), Null]),
  /** Somebody else must agree first: a lead or manager of this team, or who may answer requests; null: nobody. */
  approval: Type.Union([
    Type.Object({
      team: Type.Union([Id, Null]),
      /** How long an approved request allows starts. */
      validMinutes: Type.Integer({ minimum: 5, maximum: 10_080 }),
    }),
    Null,
  ]),
});
export type JumpRules = Static<typeof JumpRules>;
export const JumpPolicy = Type.Object({
  id: Id,
  displayName: Type.String(),
  codeName: Type.String(),
  description: Type.String(),
  rules: JumpRules,
  jumpItems: Type.Integer(),
  installers: Type.Integer(),
  /** Whether the schedule is open now, and when that changes; null: never. */
  isOpen: Type.Boolean(),
  changesAt: NullableTime,
  version: Version,
});
export type JumpPolicy = Static<typeof JumpPolicy>;
export const JumpPolicies = Type.Object({ jumpPolicies: Type.Array(JumpPolicy) });
export const CreateJumpPolicy = Type.Object({
  displayName: DisplayName,
  codeName: Type.Optional(CodeName),
  description: Comments,
  rules: JumpRules,
});
export const CopyJumpPolicy = Type.Object({ displayName: DisplayName });
/** GET /api/login/jump-policies/choices: teams that may approve. */
export const JumpPolicyChoices = Type.Object({ teams: Type.Array(Named) });
export const ChangeJumpPolicy = joined(Type.Object({ version: Version }), Type.Partial(CreateJumpPolicy));

// Who is in a Jump Group: GET /api/login/jump-groups/:id/members?search&offset&limit; PUT, DELETE …/:id/members/:user;
//                         GET /api/login/jump-groups/people?search: whom one may put in, and with which roles

/** Members are found by the words of their names; by name, default the first hundred. */
export const JumpGroupMembersQuery = Type.Object({
  search: Type.Optional(SearchText),
  ...pageFields,
});
export const JumpGroupPeople = joined(People, Type.Object({ jumpItemRoles: Type.Array(Named) }));

export const JumpGroupMember = Type.Object({
  user: Id,
  name: Type.String(),
  username: Type.String(),
  /** The role that holds here; null: No Access. */
  role: Type.Union([Named, Null]),
  /** Given on this page, by a group policy, or by the account's System role. */
  by: Type.Union([
    Type.Object({ kind: Type.Literal("jump-group"), usesDefaultRole: Type.Boolean() }),
    Type.Object({ kind: Type.Literal("group-policy"), policy: Named }),
    Type.Object({ kind: Type.Literal("system-role") }),
  ]),
  /** Only what was given on this page can be changed or removed on it (GROUP-07). */
  isEditable: Type.Boolean(),
});
export type JumpGroupMember = Static<typeof JumpGroupMember>;
export const JumpGroupMembers = Type.Object({
  members: Type.Array(JumpGroupMember),
  /** How many fit the search in all. */
  total: Type.Integer(),
  /** Group policies that put people in (role null: their default role) or take them out, from the top. */
  groupPolicies: Type.Array(
    joined(
      Named,
      Type.Object({
        role: Type.Union([Named, Null]),
        change: Type.Union([Type.Literal("add"), Type.Literal("remove")]),
        /** No lower policy overrides it. */
        isFinal: Type.Boolean(),
      }),
    ),
  ),
});
/** null: the user's default role. */
export const SetJumpGroupMember = Type.Object({ role: Type.Union([Id, Null]) });
