/** The support sessions that run: does what the state machine says, and keeps the database in step. */
import type { ErrorCode } from "../../protocol/errors.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Lane } from "../../protocol/hello.ts";
import type { JumpClientId, RepresentativeId, SupportSessionId } from "../../protocol/ids.ts";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import type { SessionEvent } from "../../protocol/messages/session.ts";
import type { Actor } from "../actor.ts";
import type { AuditEvent } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Log } from "../log.ts";
import { newId } from "../new-id.ts";
import { type JumpItemPlace, LiveSession, SHOWN_EVENTS } from "./live-session.ts";
import type { SessionTarget } from "./session-target.ts";
import {
  type Moment,
  restoreSession,
  type SessionEffect,
  type SessionInput,
  startSession,
  stepSession,
} from "./session.ts";
import type { SessionOutlet } from "./session-outlet.ts";
import { noticeText, scheduleStep } from "./schedule-end.ts";
import type { SessionTickets } from "./session-tickets.ts";
import type { StartGrant } from "./start-conditions.ts";
import { SessionEffects } from "./session-effects.ts";
import { SessionJournal } from "./session-journal.ts";
import { recentSessions, runningSessions } from "./store.ts";

/** A start of which nothing was asked. */
const plainGrant: StartGrant = { ticket: "", isPastSchedule: false, endsAt: null };
/** How often sessions are looked over for those that waited too long. */
const TICK_MS = 1000;
/** Earlier sessions named in a Jump Item's details. */
const RECENT_SESSIONS = 10;
/** The longest line of a session's log. */
const MAX_LINE_CHARACTERS = 1000;

export interface LiveSessionsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly tickets: SessionTickets;
  readonly outlet: SessionOutlet;
  /** Called in the transaction that starts a session, and after it and its end, so that Jump Items show it. */
  readonly jumpClients: {
    countAccess(tx: Tx, jumpClient: JumpClientId): Promise<void>;
    changed(jumpClient: JumpClientId): void;
  };
  /** Called in the transaction that ends a session, with the time of its end. */
  ending(tx: Tx, session: SupportSessionId, at: string): Promise<void>;
}

export class LiveSessions implements AsyncDisposable {
  readonly #sessions = new Map<SupportSessionId, LiveSession>();
  readonly #byJumpClient = new Map<JumpClientId, LiveSession>();
  readonly #starting = new Map<JumpClientId, Promise<LiveSession>>();
  readonly #journal: SessionJournal;
  readonly #effects: SessionEffects;
  #isDisposed = false;
  readonly #timer: ReturnType<typeof setInterval>;

  private readonly database: Database;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly outlet: SessionOutlet;
  private readonly jumpClients: LiveSessionsNeeds["jumpClients"];

  constructor({ database, audit, clock, log, tickets, outlet, jumpClients, ending }: LiveSessionsNeeds) {
    [this.database, this.clock, this.log] = [database, clock, log];
    [this.outlet, this.jumpClients] = [outlet, jumpClients];
    this.#effects = new SessionEffects(outlet, tickets, log);
    const countAccess = (tx: Tx, jumpClient: JumpClientId) => jumpClients.countAccess(tx, jumpClient);
    this.#journal = new SessionJournal(database, audit, countAccess, ending);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Takes up the sessions that ran when the server stopped: agents and consoles are waited for. */
  async restore(): Promise<void> {
    for (const stored of await runningSessions(this.database.queries, SHOWN_EVENTS)) {
      const { row } = stored;
      const participants = stored.participants.map((participant) => ({
        representative: participant.representative as RepresentativeId,
        displayName: participant.display_name,
        joinedAt: participant.joined_at,
      }));
      const model = restoreSession(
        { name: row.name, owner: row.owner as RepresentativeId, participants },
        this.#moment(),
      );
      const facts = {
        session: row.id as SupportSessionId,
        jumpClient: row.jump_client as JumpClientId,
        name: row.name,
        hostName: row.host_name,
        operatingSystem: row.operating_system,
        startedAt: row.started_at,
        presence: row.presence,
        ticket: row.ticket,
      };
      const session = new LiveSession(facts, stored.place, model, stored.events);
      session.endsAt = row.schedule_ends_at === null ? null : new Date(row.schedule_ends_at);
      this.#register(session);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearInterval(this.#timer);
    await this.#journal.settled();
  }

  get size(): number {
    return this.#sessions.size;
  }

  find(session: string): LiveSession | undefined {
    return this.#sessions.get(session as SupportSessionId);
  }

  /** Every session that runs. */
  all(): LiveSession[] {
    return [...this.#sessions.values()];
  }

  ofJumpClient(jumpClient: string): LiveSession | undefined {
    return this.#byJumpClient.get(jumpClient as JumpClientId);
  }

  ofRepresentative(representative: string): LiveSession[] {
    return [...this.#sessions.values()].filter((session) => session.has(representative));
  }

  /** @throws {AppError} session.unknown, session.not_participant */
  findFor(session: string, representative: string): LiveSession {
    const live = this.find(session);
    if (!live) throw refuse("session.unknown", "This session has ended or never was.");
    if (!live.has(representative)) throw refuse("session.not_participant", "You do not take part in this session.");
    return live;
  }

  /**
   * Starts a session, or joins the one that runs with that Jump Client (JUMP-34). Resolves when it is written down.
   * `admit` is asked of the session that runs, which may have been begun meanwhile; what it throws is the refusal.
   */
  async start(
    actor: Actor,
    target: SessionTarget,
    grant: StartGrant = plainGrant,
    admit: (running: LiveSession) => void = () => undefined,
  ): Promise<LiveSession> {
    const running = this.#byJumpClient.get(target.jumpClient) ?? (await this.#starting.get(target.jumpClient));
    if (running) {
      admit(running);
      return await this.join(actor, running, grant.isPastSchedule);
    }
    const starting = this.#startNew(actor, target, grant);
    this.#starting.set(target.jumpClient, starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(target.jumpClient);
    }
  }

  /** Resolves when it is written down. */
  async join(actor: Actor, session: LiveSession, isPastSchedule = false): Promise<LiveSession> {
    if (session.model.state === "ended") throw refuse("session.ended", "This session has ended.");
    const who = { representative: actor.id, displayName: actor.displayName };
    await this.apply(session, { type: "joined", ...who, isPastSchedule }, actor);
    return session;
  }

  /** Feeds one event to a session and does what follows from it. Resolves when the change is written down. */
  async apply(session: LiveSession, input: SessionInput, actor: Actor | null = null): Promise<void> {
    const { model, effects } = stepSession(session.model, input, this.#moment());
    const isChanged = model.state !== session.model.state || model.owner !== session.model.owner;
    session.model = model;
    if (effects.length === 0 && !isChanged) return;
    if (model.state === "ended") this.#unregister(session);
    const at = this.clock.now().toISOString();
    const written = this.#journal.change(session, effects, actor, at);
    for (const effect of effects) this.#effects.perform(session, effect);
    await written;
    this.#showLines(session, effects, at);
  }

  /** An agent is there again: its sessions go on, and what it still holds of ended ones is over. */
  agentOnline(jumpClient: JumpClientId, heldSessions: readonly string[], capabilities: readonly string[]): void {
    const session = this.#byJumpClient.get(jumpClient);
    if (session) {
      session.capabilities = capabilities;
      this.#applyUnasked(session, { type: "agent-online" });
      this.outlet.showCustomer(session);
    }
    for (const held of heldSessions)
      if (held !== session?.id)
        this.outlet.tellAgent(jumpClient, { type: "session.finish", session: held as SupportSessionId });
  }

  agentOffline(jumpClient: JumpClientId): void {
    const session = this.#byJumpClient.get(jumpClient);
    if (session) this.#applyUnasked(session, { type: "agent-offline" });
  }

  /** Its Jump Client was moved or given other policies. */
  jumpClientMoved(jumpClient: JumpClientId, place: Partial<JumpItemPlace>): void {
    const session = this.#byJumpClient.get(jumpClient);
    if (session) session.place = { ...session.place, ...place };
  }

  /** Jump Policies have changed, or a Jump Item has another: each session ends when `endOf` says. */
  reschedule(endOf: (session: LiveSession) => Date | null): void {
    for (const session of this.#sessions.values()) {
      const endsAt = endOf(session);
      if (endsAt?.getTime() === session.endsAt?.getTime()) continue;
      session.endsAt = endsAt;
      session.toldMinutes = Infinity;
      this.#journal
        .change(session, [], null, this.clock.now().toISOString())
        .catch((error: unknown) => this.log.error("The end of a session could not be written down", error))
        .finally(() => this.#sessions.has(session.id) && this.show(session));
    }
  }

  /** The customer wants that session over; one with another computer is none of their business. */
  customerStopped(jumpClient: JumpClientId, id: string, how: NoticeStop): void {
    const session = this.#byJumpClient.get(jumpClient);
    if (session?.id === id) this.#applyUnasked(session, { type: "customer-stopped", how });
    // It is over already: the agent waits to hear so.
    else this.outlet.tellAgent(jumpClient, { type: "session.finish", session: id });
  }

  jumpClientRemoved(jumpClient: JumpClientId): void {
    const session = this.#byJumpClient.get(jumpClient);
    if (session) this.#applyUnasked(session, { type: "jump-client-removed" });
  }

  /** A console of that representative came (back) or the last of them went. */
  consoleChanged(representative: RepresentativeId, isConnected: boolean): void {
    for (const session of this.ofRepresentative(representative))
      this.#applyUnasked(session, { type: isConnected ? "console-back" : "console-lost", representative });
  }

  laneChanged(session: LiveSession, lane: Lane, change: "attached" | "lost" | "replaced"): void {
    this.#applyUnasked(session, { type: `lane-${change}`, lane });
  }

  /** Shows the session as it is now to everyone in it. */
  show(session: LiveSession): void {
    this.#effects.show(session);
  }

  /** Writes an audit event and a line of the session's log in one transaction, and shows the line. */
  async record(
    session: LiveSession,
    audit: AuditEvent | null,
    line: { readonly kind: SessionEvent["kind"]; readonly text: string } | null,
  ): Promise<void> {
    const at = this.clock.now().toISOString();
    const event = line === null ? null : { at, kind: line.kind, text: line.text.slice(0, MAX_LINE_CHARACTERS) };
    await this.#journal.record(session, audit, event);
    if (event !== null) this.#showLine(session, event);
  }

  /** The last sessions with a Jump Client, newest first. */
  async recent(
    jumpClient: string,
  ): Promise<{ id: string; representative: string; startedAt: string; endedAt: string | null }[]> {
    const rows = await recentSessions(this.database.queries, jumpClient, RECENT_SESSIONS);
    return rows.map((row) => ({
      id: row.id,
      representative: row.representative ?? "",
      startedAt: row.started_at,
      endedAt: row.ended_at,
    }));
  }

  /** Everything asked for so far is written. */
  async settled(): Promise<void> {
    await this.#journal.settled();
  }

  async #startNew(actor: Actor, target: SessionTarget, grant: StartGrant): Promise<LiveSession> {
    const at = this.#moment();
    const { capabilities, place, ...about } = target;
    const { ticket, endsAt } = grant;
    const facts = { ...about, ticket, session: newId<SupportSessionId>(), startedAt: at.iso };
    const owner = { representative: actor.id, displayName: actor.displayName };
    const { model, effects } = startSession(target.name, owner, at, grant);
    const session = new LiveSession(facts, place, model);
    session.endsAt = endsAt;
    session.capabilities = capabilities;
    await this.#journal.begin(session, effects, actor, at.iso);
    this.#register(session);
    for (const effect of effects) this.#effects.perform(session, effect);
    this.#showLines(session, effects, at.iso);
    return session;
  }

  #register(session: LiveSession): void {
    this.#sessions.set(session.id, session);
    this.#byJumpClient.set(session.facts.jumpClient, session);
    this.jumpClients.changed(session.facts.jumpClient);
  }

  #unregister(session: LiveSession): void {
    session.endedAt = this.clock.now().toISOString();
    this.#sessions.delete(session.id);
    this.#byJumpClient.delete(session.facts.jumpClient);
    this.jumpClients.changed(session.facts.jumpClient);
  }

  /** For what happened to us rather than was asked: there is nobody to tell of a failure but the log. */
  #applyUnasked(session: LiveSession, input: SessionInput): void {
    // The server stops: sockets that close now are its own doing, and its next start waits for everyone again.
    if (this.#isDisposed) return;
    this.apply(session, input).catch((error: unknown) =>
      this.log.error("A change of a support session could not be written down", error, { session: session.id }),
    );
  }

  #tick(): void {
    this.#journal
      .payOwed()
      .catch((error: unknown) => this.log.error("Changes of support sessions still cannot be written down", error));
    for (const session of [...this.#sessions.values()]) {
      this.#applyUnasked(session, { type: "ticked" });
      this.#followSchedule(session);
    }
  }

  /** People are told in time; then the session ends. */
  #followSchedule(session: LiveSession): void {
    const step = scheduleStep(session.endsAt, this.clock.now(), session.toldMinutes);
    if (step.kind === "end") this.#applyUnasked(session, { type: "schedule-closed" });
    if (step.kind !== "notice") return;
    session.toldMinutes = step.told;
    const text = noticeText(step.minutes);
    const notice = { type: "session.notice", session: session.id, endsAt: session.endsAt!.toISOString() } as const;
    for (const { representative } of session.model.participants)
      this.outlet.tellConsoles(representative, { ...notice, minutes: step.minutes, message: `${text}.` });
    this.record(session, null, { kind: "warning", text }).catch((error: unknown) =>
      this.log.error("A line of a session's log could not be written", error, { session: session.id }),
    );
  }

  #showLines(session: LiveSession, effects: readonly SessionEffect[], at: string): void {
    for (const effect of effects)
      if (effect.type === "log") this.#showLine(session, { at, kind: effect.kind, text: effect.text });
  }

  /** A line is shown once it is written down, never before. */
  #showLine(session: LiveSession, event: SessionEvent): void {
    session.addEvent(event);
    for (const { representative } of session.model.participants)
      this.outlet.tellConsoles(representative, { type: "session.logged", session: session.id, event });
  }

  #moment(): Moment {
    return { ms: this.clock.monotonicMs(), iso: this.clock.now().toISOString() };
  }
}

function refuse(code: ErrorCode, message: string): AppError {
  return new AppError(code, message);
}
