/**
 * A support session as a pure state machine: an event in, the next state and what is to be done out. It knows no socket,
 * no database and no clock; live-sessions.ts does what the effects say.
 *
 *     connecting --both lanes--> active <--lanes back / lanes lost--> agent-lost     any of them --> ended
 *
 * Times are monotonic milliseconds, so that a jump of the wall clock ends nothing.
 */
import type { AuditAction } from "../../protocol/audit.ts";
import type { Lane } from "../../protocol/hello.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import type { SessionEvent, SessionState } from "../../protocol/messages/session.ts";

/** With no participant connected for so long, a session ends. */
export const EMPTY_LIMIT_MS = 5 * 60_000;
/** With the agent gone for so long, a session ends. */
export const AGENT_LOST_LIMIT_MS = 10 * 60_000;
/** An agent that was told to dial a lane and has not is told again after so long; its ticket lives 60 seconds. */
export const BEGIN_AGAIN_MS = 15_000;
/** A lane that breaks again and again is not asked for more often than this. */
export const BEGIN_AT_MOST_EVERY_MS = 1000;

const bothLanes: readonly Lane[] = ["interactive", "bulk"];

/** Who takes part. `joinedMs` orders them: whoever joined first inherits the session. */
export interface SessionParticipant {
  readonly representative: RepresentativeId;
  readonly displayName: string;
  readonly joinedAt: string;
  readonly isConnected: boolean;
}

/** Everything the rules look at. Participants stand in the order they joined. */
export interface SessionModel {
  readonly state: SessionState;
  /** What the computer is called in the session's log. */
  readonly name: string;
  readonly owner: RepresentativeId;
  readonly participants: readonly SessionParticipant[];
  readonly lanes: Readonly<Record<Lane, boolean>>;
  /** Whether the agent's standing connection is there, by which it can be told to dial. */
  readonly isAgentOnline: boolean;
  /** Whether both lanes ever stood; before, the session is connecting. */
  readonly wasActive: boolean;
  readonly agentLostSinceMs: number | null;
  readonly emptySinceMs: number | null;
  /** When the agent was last told to dial each lane. */
  readonly begunMs: Readonly<Record<Lane, number | null>>;
  readonly endReason: string | null;
}

export type SessionInput =
  | {
      readonly type: "joined";
      readonly representative: RepresentativeId;
      readonly displayName: string;
      /** Though the Jump Policy's schedule is closed. */
      readonly isPastSchedule?: boolean;
    }
  | { readonly type: "left"; readonly representative: RepresentativeId }
  | { readonly type: "end-asked"; readonly representative: RepresentativeId }
  | { readonly type: "console-lost"; readonly representative: RepresentativeId }
  | { readonly type: "console-back"; readonly representative: RepresentativeId }
  | { readonly type: "lane-attached"; readonly lane: Lane }
  | { readonly type: "lane-lost"; readonly lane: Lane }
  /** A newer connection takes the lane's place; it attaches next. */
  | { readonly type: "lane-replaced"; readonly lane: Lane }
  | { readonly type: "agent-online" }
  | { readonly type: "agent-offline" }
  | { readonly type: "jump-client-removed" }
  /** The Jump Policy permits the session no longer (POLICY-07). */
  | { readonly type: "schedule-closed" }
  /** Whoever sits at the computer wants it over. */
  | { readonly type: "customer-stopped"; readonly how: NoticeStop }
  | { readonly type: "ticked" };

export type SessionEffect =
  /** Tell the agent to dial these lanes. */
  | { readonly type: "begin"; readonly lanes: readonly Lane[] }
  /** Tell the agent it is over and close its lanes and every channel. */
  | { readonly type: "finish" }
  | { readonly type: "log"; readonly kind: SessionEvent["kind"]; readonly text: string }
  /** `by` null: nobody asked for it, the system did it. */
  | { readonly type: "audit"; readonly action: AuditAction; readonly by: SessionParticipant | null }
  | { readonly type: "participant-joined"; readonly participant: SessionParticipant }
  | { readonly type: "participant-left"; readonly participant: SessionParticipant }
  /** The session is over for this one; their channels close. */
  | { readonly type: "dismiss"; readonly representative: RepresentativeId; readonly message: string }
  /** Participants are to see the session as it is now. */
  | { readonly type: "show" };

/** When an event comes: monotonic milliseconds, and the wall clock's UTC ISO 8601 for what is written down. */
export interface Moment {
  readonly ms: number;
  readonly iso: string;
}

export interface SessionStep {
  readonly model: SessionModel;
  readonly effects: readonly SessionEffect[];
}

/** A session that its owner has just asked for, with the agent being told to dial. */
export function startSession(
  name: string,
  owner: Omit<SessionParticipant, "joinedAt" | "isConnected">,
  at: Moment,
  { ticket, isPastSchedule }: { readonly ticket: string; readonly isPastSchedule: boolean } = plainStart,
): SessionStep {
  const participant = { ...owner, joinedAt: at.iso, isConnected: true };
  return {
    model: {
      state: "connecting",
      name,
      owner: owner.representative,
      participants: [participant],
      lanes: { interactive: false, bulk: false },
      isAgentOnline: true,
      wasActive: false,
      agentLostSinceMs: at.ms,
      emptySinceMs: null,
      begunMs: { interactive: at.ms, bulk: at.ms },
      endReason: null,
    },
    effects: [
      { type: "participant-joined", participant },
      { type: "audit", action: "session.started", by: participant },
      { type: "log", kind: "session", text: `${owner.displayName} started the session` },
      ...(isPastSchedule ? pastSchedule(participant, "started") : []),
      ...(ticket === "" ? [] : [{ type: "log", kind: "session", text: `The ticket is ${ticket}` } as const]),
      { type: "begin", lanes: bothLanes },
    ],
  };
}

const plainStart = { ticket: "", isPastSchedule: false };

/** Somebody who may went past the Jump Policy's schedule (JUMP-15). */
function pastSchedule(by: SessionParticipant, what: "started" | "joined"): SessionEffect[] {
  const text = `${by.displayName} ${what} outside the Jump Policy's schedule`;
  return [
    { type: "audit", action: "session.schedule-overridden", by },
    { type: "log", kind: "warning", text },
  ];
}

/** A session found running in the database when the server starts: everyone is waited for again. */
export function restoreSession(
  stored: Pick<SessionModel, "name" | "owner"> & {
    readonly participants: readonly Omit<SessionParticipant, "isConnected">[];
  },
  at: Moment,
): SessionModel {
  return {
    state: "agent-lost",
    name: stored.name,
    owner: stored.owner,
    participants: stored.participants.map((participant) => ({ ...participant, isConnected: false })),
    lanes: { interactive: false, bulk: false },
    isAgentOnline: false,
    wasActive: true,
    agentLostSinceMs: at.ms,
    emptySinceMs: at.ms,
    begunMs: { interactive: null, bulk: null },
    endReason: null,
  };
}

/** Told to representatives. */
const customerStops: Readonly<Record<NoticeStop, string>> = {
  button: "The customer ended the session",
  closed: "The notice at the computer was closed, which ends the session",
};

/** The next state. An event that changes nothing, or comes after the end, gives the same model and no effects. */
export function stepSession(model: SessionModel, input: SessionInput, at: Moment): SessionStep {
  if (model.state === "ended") return { model, effects: [] };
  switch (input.type) {
    case "joined":
      return join(model, input, at);
    case "left":
      return leave(model, input.representative, at);
    case "end-asked":
      return endByParticipant(model, input.representative);
    case "console-lost":
      return connect(model, input.representative, false, at);
    case "console-back":
      return connect(model, input.representative, true, at);
    case "lane-attached":
      return attachLane(model, input.lane);
    case "lane-lost":
      return beginMissing(loseLane(model, input.lane, at), BEGIN_AT_MOST_EVERY_MS, at);
    case "lane-replaced":
      return loseLane(model, input.lane, at);
    case "agent-online":
      return beginAfterReturn({ ...model, isAgentOnline: true }, at);
    case "agent-offline":
      return { model: { ...model, isAgentOnline: false }, effects: [] };
    case "jump-client-removed":
      return end(model, "The Jump Client was removed", null);
    case "schedule-closed":
      return withEffects(
        [{ type: "audit", action: "session.ended-by-schedule", by: null }],
        end(model, "The Jump Policy's schedule ended the session", null),
      );
    case "customer-stopped":
      return withEffects(
        [{ type: "audit", action: "session.ended-by-customer", by: null }],
        end(model, customerStops[input.how], null),
      );
    case "ticked":
      return tick(model, at);
  }
}

/** The participant who is that representative. */
export function participantOf(model: SessionModel, representative: string): SessionParticipant | undefined {
  return model.participants.find((participant) => participant.representative === representative);
}

function join(model: SessionModel, input: Extract<SessionInput, { type: "joined" }>, at: Moment): SessionStep {
  const { representative, displayName, isPastSchedule = false } = input;
  if (participantOf(model, representative)) return connect(model, representative, true, at);
  const participant = { representative, displayName, joinedAt: at.iso, isConnected: true };
  return {
    model: { ...model, participants: [...model.participants, participant], emptySinceMs: null },
    effects: [
      { type: "participant-joined", participant },
      { type: "audit", action: "session.joined", by: participant },
      { type: "log", kind: "participant", text: `${displayName} joined the session` },
      ...(isPastSchedule ? pastSchedule(participant, "joined") : []),
      { type: "show" },
    ],
  };
}

function leave(model: SessionModel, representative: RepresentativeId, at: Moment): SessionStep {
  const leaver = participantOf(model, representative);
  if (!leaver) return { model, effects: [] };
  const participants = model.participants.filter((participant) => participant !== leaver);
  const heir = participants[0];
  const effects: SessionEffect[] = [
    { type: "participant-left", participant: leaver },
    { type: "audit", action: "session.left", by: leaver },
    { type: "log", kind: "participant", text: `${leaver.displayName} left the session` },
    { type: "dismiss", representative, message: "You left the session" },
  ];
  if (!heir) return withEffects(effects, end({ ...model, participants }, "The last participant left", null));
  if (model.owner === representative)
    effects.push({ type: "log", kind: "participant", text: `${heir.displayName} now owns the session` });
  effects.push({ type: "show" });
  const owner = model.owner === representative ? heir.representative : model.owner;
  return { model: { ...model, participants, owner, emptySinceMs: emptySince(model, participants, at) }, effects };
}

function endByParticipant(model: SessionModel, representative: RepresentativeId): SessionStep {
  const asker = participantOf(model, representative);
  return asker ? end(model, `${asker.displayName} ended the session`, asker) : { model, effects: [] };
}

function connect(model: SessionModel, representative: RepresentativeId, isConnected: boolean, at: Moment): SessionStep {
  const participant = participantOf(model, representative);
  if (!participant || participant.isConnected === isConnected) return { model, effects: [] };
  const participants = model.participants.map((one) => (one === participant ? { ...one, isConnected } : one));
  const text = isConnected
    ? `${participant.displayName} is connected again`
    : `${participant.displayName} lost the connection`;
  return {
    model: { ...model, participants, emptySinceMs: emptySince(model, participants, at) },
    effects: [{ type: "log", kind: "connection", text }, { type: "show" }],
  };
}

function emptySince(model: SessionModel, participants: readonly SessionParticipant[], at: Moment): number | null {
  if (participants.some((participant) => participant.isConnected)) return null;
  return model.emptySinceMs ?? at.ms;
}

function attachLane(model: SessionModel, lane: Lane): SessionStep {
  const lanes = { ...model.lanes, [lane]: true };
  if (!lanes.interactive || (!lanes.bulk && !model.wasActive)) return { model: { ...model, lanes }, effects: [] };
  if (model.state === "active") return { model: { ...model, lanes }, effects: [] };
  const text = model.wasActive ? `${model.name} is connected again` : `Connected to ${model.name}`;
  return {
    model: { ...model, lanes, state: "active", wasActive: true, agentLostSinceMs: null },
    effects: [{ type: "log", kind: "connection", text }, { type: "show" }],
  };
}

function loseLane(model: SessionModel, lane: Lane, at: Moment): SessionStep {
  if (!model.lanes[lane]) return { model, effects: [] };
  const next = { ...model, lanes: { ...model.lanes, [lane]: false } };
  if (model.state !== "active" || lane === "bulk") return { model: next, effects: [] };
  const effects: SessionEffect[] = [
    { type: "log", kind: "connection", text: `The connection to ${model.name} was lost; waiting for it to return` },
    { type: "show" },
  ];
  return { model: { ...next, state: "agent-lost", agentLostSinceMs: at.ms }, effects };
}

/** Only what is missing is dialled, the stream of a lane that stands goes on; and nothing more often than `leastMs`. */
function beginMissing(step: SessionStep, leastMs: number, at: Moment): SessionStep {
  const { lanes, begunMs } = step.model;
  const isDue = (lane: Lane): boolean => at.ms - (begunMs[lane] ?? Number.NEGATIVE_INFINITY) >= leastMs;
  return begin(
    step,
    bothLanes.filter((lane) => !lanes[lane] && isDue(lane)),
    at,
  );
}

/** The agent's network was gone: a lane that seems to stand beside a lost one may be dead too, and is dialled with it. */
function beginAfterReturn(model: SessionModel, at: Moment): SessionStep {
  const step = beginMissing({ model, effects: [] }, BEGIN_AT_MOST_EVERY_MS, at);
  return step.effects.length > 0 ? begin({ model, effects: [] }, bothLanes, at) : step;
}

function begin({ model, effects }: SessionStep, lanes: readonly Lane[], at: Moment): SessionStep {
  if (lanes.length === 0 || !model.isAgentOnline) return { model, effects };
  const begunMs = { ...model.begunMs };
  for (const lane of lanes) begunMs[lane] = at.ms;
  return { model: { ...model, begunMs }, effects: [...effects, { type: "begin", lanes }] };
}

function tick(model: SessionModel, at: Moment): SessionStep {
  if (model.emptySinceMs !== null && at.ms - model.emptySinceMs >= EMPTY_LIMIT_MS)
    return end(model, "Every participant was gone for 5 minutes", null);
  if (model.agentLostSinceMs !== null && at.ms - model.agentLostSinceMs >= AGENT_LOST_LIMIT_MS)
    return end(model, `${model.name} did not return within 10 minutes`, null);
  return beginMissing({ model, effects: [] }, BEGIN_AGAIN_MS, at);
}

function end(model: SessionModel, reason: string, by: SessionParticipant | null): SessionStep {
  return {
    model: {
      ...model,
      state: "ended",
      participants: [],
      lanes: { interactive: false, bulk: false },
      endReason: reason,
    },
    effects: [
      ...model.participants.map((participant) => ({ type: "participant-left", participant }) as const),
      { type: "audit", action: "session.ended", by },
      { type: "log", kind: "session", text: reason },
      ...model.participants.map(
        ({ representative }) => ({ type: "dismiss", representative, message: `${reason}.` }) as const,
      ),
      { type: "finish" },
    ],
  };
}

function withEffects(effects: readonly SessionEffect[], step: SessionStep): SessionStep {
  return { model: step.model, effects: [...effects, ...step.effects] };
}
