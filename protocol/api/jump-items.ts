/** What /console does with Jump Items beside listing them: changing, creating places for them, what a start needs. */
import { type Static, Type } from "@sinclair/typebox";
import { Comments, DisplayName, Id, NullableTime, Tag, Time } from "./common.ts";
import { Named } from "./users.ts";

const Null = Type.Null();
const NullableId = Type.Union([Id, Null]);

// PATCH /api/console/jump-items {ids, changes}: several of one kind at once (JUMP-22); each change by its own
// permission of the Jump Item Role; all or none.

export const JumpItemChanges = Type.Partial(
  Type.Object({
    /** Only with one id. */
    name: DisplayName,
    /** A Jump Group, or "personal" for one's own list. */
    jumpGroup: Type.Union([Id, Type.Literal("personal")]),
    tag: Tag,
    comments: Comments,
    jumpPolicy: NullableId,
    presentPolicy: NullableId,
    absentPolicy: NullableId,
    publicPortal: NullableId,
  }),
);
export const ChangeJumpItems = Type.Object({
  ids: Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true }),
  changes: JumpItemChanges,
});

// GET /api/console/jump-items/choices?search: what a properties dialog may offer this representative

export const JumpItemChoices = Type.Object({
  /** Those one may move Jump Items to: the first fifty whose names hold the words. */
  jumpGroups: Type.Array(Named),
  mayUsePersonal: Type.Boolean(),
  jumpPolicies: Type.Array(Named),
  /** Those available to Jump Items (SPOL-06). */
  sessionPolicies: Type.Array(Named),
  tags: Type.Array(Type.String()),
});

/** Part of JumpItemDetail: what stands in the properties dialog. */
export const JumpItemProperties = Type.Object({
  jumpPolicy: Type.Union([Named, Null]),
  presentPolicy: Type.Union([Named, Null]),
  absentPolicy: Type.Union([Named, Null]),
  publicPortal: Type.Union([Named, Null]),
  presence: Type.Union([Type.Literal("present"), Type.Literal("absent")]),
  hasEndUserProof: Type.Boolean(),
});
export type JumpItemProperties = Static<typeof JumpItemProperties>;

// GET /api/console/jump-items/:id/start: what a start needs now. The start itself is session.start on the socket,
// which decides again.

export const StartNeeds = Type.Object({
  /** Outside the schedule: when it opens next (null: never), and whether this representative may start anyway. */
  schedule: Type.Union([
    Type.Object({ policy: Type.String(), opensAt: NullableTime, mayOverride: Type.Boolean() }),
    Null,
  ]),
  needsTicket: Type.Boolean(),
  needsEndUserCode: Type.Boolean(),
  /** Somebody must agree first: nothing asked yet, waiting, or denied. */
  approval: Type.Union([
    Type.Object({
      state: Type.Union([Type.Literal("none"), Type.Literal("waiting"), Type.Literal("denied")]),
      request: NullableId,
      by: Type.String(),
    }),
    Null,
  ]),
  /** A session runs and no second one may start or join by a Jump (POLICY-11). */
  inSessionWith: Type.Union([Type.String(), Null]),
});
export type StartNeeds = Static<typeof StartNeeds>;

// Access requests: GET, POST /api/console/access-requests; POST …/:id/approve, …/:id/deny, …/:id/withdraw

export const AccessRequest = Type.Object({
  id: Id,
  jumpItem: Named,
  by: Named,
  reason: Type.String(),
  state: Type.Union((["waiting", "approved", "denied", "withdrawn"] as const).map((state) => Type.Literal(state))),
  requestedAt: Time,
  decidedBy: Type.Union([Type.String(), Null]),
  decidedAt: NullableTime,
  validUntil: NullableTime,
  /** Whether the one who reads this may answer it; never one's own (NA37). */
  mayDecide: Type.Boolean(),
});
export type AccessRequest = Static<typeof AccessRequest>;
export const AccessRequests = Type.Object({ accessRequests: Type.Array(AccessRequest) });
export const AskAccess = Type.Object({ jumpItem: Id, reason: Type.String({ minLength: 1, maxLength: 1000 }) });

// How Jump Items work on this site: GET, PATCH /api/login/jump-item-settings

export const JumpItemSettings = Type.Object({
  /** A customer is present only while the screen is neither locked nor saved (JUMP-32). */
  usesScreenState: Type.Boolean(),
  /** Where a Jump Policy does not say (POLICY-11). */
  allowsSimultaneousJumps: Type.Boolean(),
  /** Where a Jump Group does not say (FLEX-34). */
  hasEndpointTools: Type.Boolean(),
  /** Ticket ids are checked there by POST {ticket, representative, jumpItem}: 2xx yes, 4xx no; "": not checked (POLICY-09). */
  ticketCheckUrl: Type.String({ maxLength: 1000 }),
});
export type JumpItemSettings = Static<typeof JumpItemSettings>;
export const ChangeJumpItemSettings = Type.Partial(JumpItemSettings);

// The end user's authenticator app: POST /api/console/jump-items/:id/end-user-proof -> secret; PUT {code}; DELETE
