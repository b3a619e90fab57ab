/**
 * Everything that can be set for a user and, for many users at once, in a group policy. Group policies apply from top
 * to bottom: a lower one overrides an upper one unless the upper one's value is final; the user's own value overrides
 * them all unless one is final. What nobody defines has the default.
 */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { ID_PATTERN } from "./ids.ts";
import { type AccountPermission, accountPermissions, permissions } from "./permissions.ts";
import { Schedule } from "./schedule.ts";
import { SessionRules } from "./session-policy.ts";

const Id = Type.String({ pattern: ID_PATTERN });

/** A session policy by reference, or rules of its own that only this user or group policy has. */
export const SessionPolicyChoice = Type.Union([
  Type.Object({ kind: Type.Literal("policy"), id: Id }),
  Type.Object({ kind: Type.Literal("custom"), rules: SessionRules }),
]);
export type SessionPolicyChoice = Static<typeof SessionPolicyChoice>;

interface SettingWords<S extends TSchema> {
  readonly schema: S;
  /** What holds where nobody defines it. */
  readonly default: Static<S>;
  readonly group: string;
  readonly name: string;
  readonly sentence: string;
}
const setting = <S extends TSchema>(words: SettingWords<S>) => words;
const RoleId = Type.Union([Id, Type.Null()]);

/** Settings beside the permissions. `null` is a value, too: "no role", "no schedule". */
export const otherSettings = {
  attendedSessionPolicy: setting({
    schema: Type.Union([SessionPolicyChoice, Type.Null()]),
    default: null,
    group: "Attended and unattended sessions",
    name: "Attended session permissions",
    sentence: "What is allowed while a customer is there.",
  }),
  unattendedSessionPolicy: setting({
    schema: Type.Union([SessionPolicyChoice, Type.Null()]),
    default: null,
    group: "Attended and unattended sessions",
    name: "Unattended session permissions",
    sentence: "What is allowed while nobody is at the computer.",
  }),
  defaultJumpItemRole: setting({
    schema: RoleId,
    default: null,
    group: "Jump",
    name: "Default Jump Item Role",
    sentence: "In Jump Groups one is a member of without a role of one's own there.",
  }),
  personalJumpItemRole: setting({
    schema: RoleId,
    default: null,
    group: "Jump",
    name: "Personal Jump Item Role",
    sentence: "On one's own personal list.",
  }),
  teamJumpItemRole: setting({
    schema: RoleId,
    default: null,
    group: "Jump",
    name: "Team Jump Item Role",
    sentence: "On the personal lists of members of teams one leads or manages.",
  }),
  systemJumpItemRole: setting({
    schema: RoleId,
    default: null,
    group: "Jump",
    name: "System Jump Item Role",
    sentence: "On every other Jump Item of the site.",
  }),
  signInSchedule: setting({
    schema: Type.Union([Schedule, Type.Null()]),
    default: null,
    group: "Sign-in",
    name: "Sign-in schedule",
    sentence: "When one may sign in; outside it, sign-ins end.",
  }),
  idleSignOutMinutes: setting({
    schema: Type.Union([Type.Integer({ minimum: 5, maximum: 1440 }), Type.Null()]),
    default: null,
    group: "Sign-in",
    name: "Idle sign-out",
    sentence: "After so many minutes without activity; not set: as the site's security says.",
  }),
  maxSignIns: setting({
    schema: Type.Union([Type.Integer({ minimum: 1, maximum: 100 }), Type.Null()]),
    default: null,
    group: "Sign-in",
    name: "Sign-ins at once",
    sentence: "How many sign-ins to the console and to /login one may hold each; not set: as the site's security says.",
  }),
  mustHaveSecondProof: setting({
    schema: Type.Boolean(),
    default: false,
    group: "Sign-in",
    name: "Second proof required",
    sentence: "A password alone is not enough: a passkey or an authenticator app is needed, too.",
  }),
} as const;

type OtherSettings = { -readonly [N in keyof typeof otherSettings]: Static<(typeof otherSettings)[N]["schema"]> };
export type AccountSettings = OtherSettings & Record<AccountPermission, boolean>;
export type AccountSettingName = keyof AccountSettings;

/** Words of every setting, permissions included, in the order pages show them. */
export const accountSettings: Readonly<Record<AccountSettingName, SettingWords<TSchema>>> = {
  ...(Object.fromEntries(
    accountPermissions.map((name) => [name, { ...permissions[name], schema: Type.Boolean(), default: false }]),
  ) as unknown as Record<AccountPermission, SettingWords<TSchema>>),
  ...otherSettings,
};
export const accountSettingNames = Object.keys(accountSettings) as AccountSettingName[];

/** What somebody defines: a user's own settings. Absent: not defined. */
export type DefinedSettings = Readonly<Partial<AccountSettings>>;
export const DefinedSettings = Type.Unsafe<DefinedSettings>(
  Type.Object(
    Object.fromEntries(accountSettingNames.map((name) => [name, Type.Optional(accountSettings[name].schema)])),
  ),
);

/** A group policy's settings: each defined one with its value and whether it is final. */
export type PolicySettings = Readonly<{
  [N in AccountSettingName]?: { readonly value: AccountSettings[N]; readonly isFinal: boolean };
}>;
export const PolicySettings = Type.Unsafe<PolicySettings>(
  Type.Object(
    Object.fromEntries(
      accountSettingNames.map((name) => [
        name,
        Type.Optional(Type.Object({ value: accountSettings[name].schema, isFinal: Type.Boolean() })),
      ]),
    ),
  ),
);
