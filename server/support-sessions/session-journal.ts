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

export class SessionJournal {
  readonly #writes = new WriteQueue();

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
        ...columnsOf(session),
      });
      await this.countAccess(tx, facts.jumpClient);
      for (const effect of effects) await this.#writeEffect(tx, session, effect, actor, at);
    });
  }

  /** A session is as it is now, because of these effects. */
  async change(
    session: LiveSession,
    effects: readonly SessionEffect[],
    actor: Actor | null,
    at: string,
  ): Promise<void> {
    const columns = columnsOf(session);
    await this.#write(async (tx) => {
      await updateSession(tx, session.id, columns);
      if (columns.ended_at !== null) await this.ending(tx, session.id, columns.ended_at);
      for (const effect of effects) await this.#writeEffect(tx, session, effect, actor, at);
    });
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

  async #write(work: (tx: Tx) => Promise<void>): Promise<void> {
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
  return { state, owner, ended_at: session.endedAt, end_reason: endReason };
}
