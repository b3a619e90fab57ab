/** /appliance > Status > Failover pair. All need an appliance administrator, but for the pair's own lane. */
import { type Static, Type } from "@sinclair/typebox";
import { NullableTime, Time } from "../common.ts";

const Null = Type.Null();

/** alone: no pair. A standby serves nothing but /appliance and the lane by which it is fed. */
const PairRole = Type.Union(["alone", "primary", "standby"].map((role) => Type.Literal(role)));

/** So many of the last things that happened to the pair are shown. */
export const MAX_PAIR_HISTORY = 20;

/** One thing that happened to the pair: whole English sentences, by protocol/server-sentences.ts. */
export const PairEvent = Type.Object({
  at: Time,
  text: Type.String(),
  /** It tells that writes were lost, or that they are in a former database alone. */
  isLoss: Type.Optional(Type.Boolean()),
});
export type PairEvent = Static<typeof PairEvent>;

// GET /api/appliance/standby

export const Standby = Type.Object({
  role: PairRole,
  /** The other one; null: alone. */
  peer: Type.Union([
    Null,
    Type.Object({
      address: Type.String(),
      fingerprint: Type.String(),
      isReached: Type.Boolean(),
      lastReachedAt: NullableTime,
    }),
  ]),
  /** How far the standby is behind, in seconds of writes; null: not known. */
  behindSeconds: Type.Union([Type.Number(), Null]),
  behindBytes: Type.Union([Type.Integer(), Null]),
  /** 0 to 1 while the first whole copy runs. */
  copying: Type.Union([Type.Number(), Null]),
  lastSwitch: Type.Union([
    Null,
    Type.Object({ at: Time, tookMs: Type.Integer(), isDrill: Type.Boolean(), isForced: Type.Boolean() }),
  ]),
  /** Sentences, as in the history; "": there is none. */
  problem: Type.String(),
  /** Newest first. */
  history: Type.Array(PairEvent, { maxItems: MAX_PAIR_HISTORY }),
});
export type Standby = Static<typeof Standby>;

// POST /api/appliance/standby/invitation -> Invitation: on the primary; valid 30 minutes, once
// POST /api/appliance/standby/join {invitation} -> Standby: on a fresh appliance; its own data is replaced
// POST /api/appliance/standby/switch {force} -> Standby: on either. force: the other one is not reached; what it had not sent is lost
// POST /api/appliance/standby/drill -> Standby: opens the copy on the standby, checks it, throws it away
// POST /api/appliance/standby/part -> Standby: ends the pair
// For programs: POST /api/login/standby/switch {} -> Standby, scope "appliance.switch": at the primary, as planned
// The lane: GET /gateway/standby (a socket; mutual proof by the pair's keys)

export const Invitation = Type.Object({ invitation: Type.String(), expiresAt: Time });
export type Invitation = Static<typeof Invitation>;
export const JoinPair = Type.Object({ invitation: Type.String({ minLength: 1, maxLength: 2000 }) });
export const SwitchRoles = Type.Object({ force: Type.Boolean() });
