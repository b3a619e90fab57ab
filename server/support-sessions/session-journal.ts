/** Writes down what happens in support sessions, one after the other: the change, its audit event, its line of the log. */
import type { JumpClientId, SupportSessionId } from "../../protocol/ids.ts";
import type { SessionEvent } from "../../protocol/messages/session.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { AuditActor, AuditEvent } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import type { LiveSession } from "./live-session.ts";
import type { SessionEffect } from "./session.ts";
import { insertEvent, insertParticipant, insertSession, markLeft, updateSession } from "./store.ts";
import { WriteQueue } from "./write-queue.ts";

const SYSTEM: AuditActor = { kind: "system" };
/** Changes that wait to be written while the database cannot be; past it they are lost, and the log says so. */
const MAX_OWED = 10_000;

type Work = (tx: Tx) => Promise<void>;

export class SessionJournal {
  readonly #writes = new WriteQueue();
  /** Changes that could not be written. Their sessions have gone on, so they are tried again until they are. */
  readonly #owed: Work[] = [];

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    /** Called in the transaction that starts a session. */
    private readonly countAccess: (tx: Tx, jumpClient: JumpClientId) => Promise<void>,
    /** Called in the transaction that ends a session. */
    private readonly ending: (tx: Tx, session: SupportSessionId, at: string) => Promise<void>,
  ) {}

  /** A session begins. */
  async begin(session: LiveSession, effects: readonly SessionEffect[], actor: Actor, at: string): Promise<void> {
    const { facts } = session;
    await this.#write(async (tx) => {
      await insertSession(tx, {
        id: facts.session,
        jump_client: facts.jumpClient,
        name: facts.name,
        host_name: facts.hostName,
        operating_system: facts.operatingSystem,
        started_at: at,
        presence: facts.presence,
        ticket: facts.ticket,
        ...columnsOf(session),
      });
      await this.countAccess(tx, facts.jumpClient);
      for (const effect of effects) await this.#writeEffect(tx, session, effect, actor, at);
    });
  }

  /**
   * A session is as it is now, because of these effects. Rejects when it cannot be written now; it is owed then, with
   * everything after it, and tried again by payOwed().
   */
  async change(
    session: LiveSession,
    effects: readonly SessionEffect[],
    actor: Actor | null,
    at: string,
  ): Promise<void> {
    const columns = columnsOf(session);
    const work = async (tx: Tx) => {
      await updateSession(tx, session.id, columns);
      if (columns.ended_at !== null) await this.ending(tx, session.id, columns.ended_at);
      for (const effect of effects) await this.#writeEffect(tx, session, effect, actor, at);
    };
    await this.#writes.run(async () => {
      if (this.#owed.length >= MAX_OWED) throw new Error("Too many changes of sessions wait to be written.");
      this.#owed.push(work);
      await this.#pay();
    });
  }

  /** Tries again what could not be written. Rejects while it still cannot. */
  async payOwed(): Promise<void> {
    if (this.#owed.length > 0) await this.#writes.run(() => this.#pay());
  }

  /** Something was done in a session that does not change it. */
  async record(session: LiveSession, audit: AuditEvent | null, event: SessionEvent | null): Promise<void> {
    await this.#write(async (tx) => {
      if (audit !== null) await this.audit.record(tx, { ...audit, session: session.id });
      if (event !== null) await insertEvent(tx, session.id, event);
    });
  }

  /** Resolves when everything asked for so far is written. */
  async settled(): Promise<void> {
    await this.#writes.settled();
  }

  /** In the order they happened: what comes after one that fails waits behind it. */
  async #pay(): Promise<void> {
    for (let work = this.#owed[0]; work !== undefined; work = this.#owed[0]) {
      await this.database.transaction(work);
      this.#owed.shift();
    }
  }

  async #write(work: Work): Promise<void> {
    await this.#writes.run(() => this.database.transaction(work));
  }

  async #writeEffect(
    tx: Tx,
    session: LiveSession,
    effect: SessionEffect,
    actor: Actor | null,
    at: string,
  ): Promise<void> {
    if (effect.type === "log") await insertEvent(tx, session.id, { at, kind: effect.kind, text: effect.text });
    else if (effect.type === "participant-left") await markLeft(tx, session.id, effect.participant.representative, at);
    else if (effect.type === "participant-joined")
      await insertParticipant(tx, {
        session: session.id,
        representative: effect.participant.representative,
        display_name: effect.participant.displayName,
        joined_at: effect.participant.joinedAt,
        left_at: null,
      });
    else if (effect.type === "audit") await this.#audit(tx, session, effect, actor);
  }

  async #audit(
    tx: Tx,
    session: LiveSession,
    effect: Extract<SessionEffect, { type: "audit" }>,
    actor: Actor | null,
  ): Promise<void> {
    const { endReason } = session.model;
    await this.audit.record(tx, {
      action: effect.action,
      outcome: "succeeded",
      actor: actor !== null && effect.by !== null ? auditActor(actor) : SYSTEM,
      object: { kind: "jump-client", id: session.facts.jumpClient, name: session.facts.name },
      session: session.id,
      ...(endReason === null ? {} : { detail: { reason: endReason } }),
    });
  }
}

function columnsOf(session: LiveSession) {
  const { state, owner, endReason } = session.model;
  const endsAt = session.endsAt?.toISOString() ?? null;
  return { state, owner, ended_at: session.endedAt, end_reason: endReason, schedule_ends_at: endsAt };
}
