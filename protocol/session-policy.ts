/** What a session policy says. */
import { type Static, Type } from "@sinclair/typebox";
import { type SessionPermission, sessionPermissions } from "./permissions.ts";

/** One permission in a session policy; one that is not there is "not defined" and falls to the next layer. */
export const SessionGrant = Type.Object({
  value: Type.Union([Type.Literal("allow"), Type.Literal("deny")]),
  /** With "allow": the customer is asked first. Only for permissions that are askable. */
  isAsked: Type.Boolean(),
});
export type SessionGrant = Static<typeof SessionGrant>;

export type SessionGrants = Readonly<Partial<Record<SessionPermission, SessionGrant>>>;
const grantShapes = Object.fromEntries(sessionPermissions.map((name) => [name, Type.Optional(SessionGrant)]));
export const SessionGrants = Type.Unsafe<SessionGrants>(Type.Object(grantShapes));

/** How the customer is asked, and what silence means: nobody there, or no answer in time. */
export const Prompting = Type.Object({
  timeoutSeconds: Type.Integer({ minimum: 5, maximum: 600 }),
  whenUnanswered: Type.Union([Type.Literal("allow"), Type.Literal("deny")]),
});
export type Prompting = Static<typeof Prompting>;

/** Grants with their prompting; prompting that is not defined falls to the next layer, too. */
export const SessionRules = Type.Object({
  grants: SessionGrants,
  prompting: Type.Union([Prompting, Type.Null()]),
});
export type SessionRules = Static<typeof SessionRules>;

/** Whether somebody is at the computer; decided once, when a session starts (JUMP-33). */
export type Presence = "present" | "absent";
export const Presence = Type.Union([Type.Literal("present"), Type.Literal("absent")]);
