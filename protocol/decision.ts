/**
 * What the one permission decision answers, and why: data that a page puts into words. server/policy/decide.ts makes
 * it; the simulator shows it.
 */
import { type Static, Type } from "@sinclair/typebox";
import { permissionNames, type Permission } from "./permissions.ts";
import { Presence } from "./session-policy.ts";

const Text = Type.String({ maxLength: 200 });
const Named = Type.Object({ id: Type.String({ maxLength: 64 }), name: Text });
export const PermissionSchema = Type.Unsafe<Permission>(Type.Union(permissionNames.map((name) => Type.Literal(name))));

/** Where a setting of an account comes from. */
export const SettingSource = Type.Union([
  Type.Object({ kind: Type.Literal("default") }),
  Type.Object({ kind: Type.Literal("user") }),
  Type.Object({ kind: Type.Literal("group-policy"), policy: Named, isFinal: Type.Boolean() }),
]);
export type SettingSource = Static<typeof SettingSource>;

/** Why somebody has a Jump Item Role on a Jump Item, the most specific first. */
export const JumpItemRoleSource = Type.Union([
  /** Given to this user in this Jump Group on the Jump Group's own page. */
  Type.Object({ kind: Type.Literal("jump-group"), jumpGroup: Named }),
  /** Given in this Jump Group by a group policy. */
  Type.Object({ kind: Type.Literal("group-policy"), policy: Named, jumpGroup: Named }),
  /** One of the four roles of the account's settings. */
  Type.Object({
    kind: Type.Literal("account"),
    setting: Type.Union(
      (["defaultJumpItemRole", "personalJumpItemRole", "teamJumpItemRole", "systemJumpItemRole"] as const).map((name) =>
        Type.Literal(name),
      ),
    ),
    source: SettingSource,
  }),
  Type.Object({ kind: Type.Literal("administrator") }),
]);
export type JumpItemRoleSource = Static<typeof JumpItemRoleSource>;

/** A layer a session permission was looked for in, the strongest first. */
export const SessionPolicyStep = Type.Object({
  layer: Type.Union(
    (["jump-item", "portal", "user", "group-policy", "global"] as const).map((layer) => Type.Literal(layer)),
  ),
  /** The session policy; null: rules of the layer's own. */
  sessionPolicy: Type.Union([Named, Type.Null()]),
  /** The group policy that chose it. */
  groupPolicy: Type.Union([Named, Type.Null()]),
  value: Type.Union([Type.Literal("not-defined"), Type.Literal("allow"), Type.Literal("deny")]),
  isAsked: Type.Boolean(),
});
export type SessionPolicyStep = Static<typeof SessionPolicyStep>;

export const Because = Type.Union([
  Type.Object({ rule: Type.Literal("open-to-anyone") }),
  Type.Object({ rule: Type.Literal("not-signed-in") }),
  Type.Object({ rule: Type.Literal("signed-in") }),
  /** An administrator of the appliance: all of /appliance and nothing else. */
  Type.Object({ rule: Type.Literal("appliance-administrator") }),
  /** The web console is off for the whole site. */
  Type.Object({ rule: Type.Literal("console-disabled") }),
  /** An account permission: what was set, and by whom. */
  Type.Object({ rule: Type.Literal("account-setting"), permission: PermissionSchema, source: SettingSource }),
  Type.Object({ rule: Type.Literal("administrator"), source: SettingSource }),
  /** Now is outside the account's sign-in schedule; `nextAt` is when it opens again, if ever. */
  Type.Object({
    rule: Type.Literal("outside-sign-in-schedule"),
    source: SettingSource,
    nextAt: Type.Union([Type.String({ maxLength: 40 }), Type.Null()]),
  }),
  /** An API account's scopes do not reach so far. */
  Type.Object({ rule: Type.Literal("scope-lacks"), permission: PermissionSchema }),
  Type.Object({
    rule: Type.Literal("jump-item-role"),
    permission: PermissionSchema,
    role: Named,
    source: JumpItemRoleSource,
    allows: Type.Boolean(),
  }),
  /** No role reaches this Jump Item: for this person it does not exist. `removedBy`: the group policy that takes them out. */
  Type.Object({
    rule: Type.Literal("no-jump-item-role"),
    permission: PermissionSchema,
    removedBy: Type.Optional(Named),
  }),
  /** The permission concerns a Jump Item and none was named. For some permission on some Jump Item it may be allowed. */
  Type.Object({ rule: Type.Literal("no-jump-item"), permission: PermissionSchema }),
  /** The Jump Group does not take this kind of help (FLEX-20). */
  Type.Object({ rule: Type.Literal("assistance-not-offered"), jumpGroup: Named, presence: Presence }),
  /** Endpoint tools are off for the site or for the Jump Group (FLEX-34). */
  Type.Object({ rule: Type.Literal("endpoint-tools-off"), jumpGroup: Type.Union([Named, Type.Null()]) }),
  /** A session permission: the layers looked through, the last of which decided. */
  Type.Object({
    rule: Type.Literal("session-policy"),
    permission: PermissionSchema,
    path: Type.Array(SessionPolicyStep),
    /** With outcome "ask", and where nobody could be asked: what silence means, and how long the customer has. */
    whenUnanswered: Type.Union([Type.Literal("allow"), Type.Literal("deny"), Type.Null()]),
    timeoutSeconds: Type.Union([Type.Integer(), Type.Null()]),
    /** Nobody is at the computer, so the answer is what silence means (JUMP-13). */
    isUnanswerable: Type.Boolean(),
  }),
  /** Worth nothing without another permission, which is denied. */
  Type.Object({ rule: Type.Literal("needs"), permission: PermissionSchema, needed: PermissionSchema }),
  /** Whatever policy says: only who owns the session may (PIN-12). */
  Type.Object({ rule: Type.Literal("not-owner"), permission: PermissionSchema }),
  /** Whatever policy says: nobody without an account may (PIN-12). */
  Type.Object({ rule: Type.Literal("external-never"), permission: PermissionSchema }),
]);
export type Because = Static<typeof Because>;

export const Outcome = Type.Union([Type.Literal("allow"), Type.Literal("ask"), Type.Literal("deny")]);
export const Decision = Type.Object({ outcome: Outcome, because: Because });
export type Decision = Static<typeof Decision>;
