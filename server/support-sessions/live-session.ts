import type { JumpClientId, SupportSessionId } from "../../protocol/ids.ts";
import type { MessageBody } from "../../protocol/messages.ts";
import type { SessionEvent } from "../../protocol/messages/session.ts";
import type { Presence } from "../../protocol/session-policy.ts";
import type { DecisionJumpItem } from "../policy/policies.ts";
import { participantOf, type SessionModel } from "./session.ts";

/** Lines of a session's log kept in memory and shown to whoever joins; the database keeps them all. */
export const SHOWN_EVENTS = 200;

/** A session as it stands in messages. */
export type ShownSession = MessageBody<"session.changed">["session"];

/** What a session is about, as it was when it began. */
export interface SessionFacts {
  readonly session: SupportSessionId;
  readonly jumpClient: JumpClientId;
  readonly name: string;
  readonly hostName: string;
  readonly operatingSystem: string;
  readonly startedAt: string;
  /** Whether somebody was there; it stays as it was when the session began (JUMP-33). */
  readonly presence: Presence;
  /** The id of the ticket it was started by; "": none was needed. */
  readonly ticket: string;
}

/** Where the Jump Item stands now and which policies it has; follows the Jump Item when it is changed. */
export type JumpItemPlace = Pick<DecisionJumpItem, "jumpGroup" | "jumpPolicy" | "presentPolicy" | "absentPolicy">;

/** One running support session: the state machine's model with what it is about and the newest lines of its log. */
export class LiveSession {
  capabilities: readonly string[] = [];
  endedAt: string | null = null;
  /** When its Jump Policy's schedule ends it; null: it does not. */
  endsAt: Date | null = null;
  /** How many minutes before that end people were told last; Infinity: they were not yet. */
  toldMinutes = Infinity;
  readonly #events: SessionEvent[] = [];
  readonly #consents = new Map<string, boolean>();

  constructor(
    readonly facts: SessionFacts,
    public place: JumpItemPlace,
    public model: SessionModel,
    events: readonly SessionEvent[] = [],
  ) {
    this.#events.push(...events);
  }

  get id(): SupportSessionId {
    return this.facts.session;
  }

  /** What decide() is asked about. */
  get jumpItem(): DecisionJumpItem {
    return { ...this.place, id: this.facts.jumpClient, presence: this.facts.presence };
  }

  isOwnedBy(representative: string): boolean {
    return this.model.owner === representative;
  }

  /** What the customer answered about a permission for this representative; null: not asked yet. */
  consentOf(representative: string, permission: string): boolean | null {
    return this.#consents.get(`${representative} ${permission}`) ?? null;
  }

  /** The answer counts until the session ends. */
  keepConsent(representative: string, permission: string, isAllowed: boolean): void {
    this.#consents.set(`${representative} ${permission}`, isAllowed);
  }

  /** Whether somebody works here by the customer's leave, so that the customer sees who and can end it. */
  get hasConsent(): boolean {
    return [...this.#consents.values()].includes(true);
  }

  has(representative: string): boolean {
    return participantOf(this.model, representative) !== undefined;
  }

  addEvent(event: SessionEvent): void {
    this.#events.push(event);
    if (this.#events.length > SHOWN_EVENTS) this.#events.shift();
  }

  /** How one viewer sees it. `controlling`: representatives who hold an open input channel. */
  view(permissions: readonly string[], controlling: ReadonlySet<string>): ShownSession {
    const { model, facts } = this;
    return {
      session: facts.session,
      state: model.state,
      jumpItem: facts.jumpClient,
      name: facts.name,
      hostName: facts.hostName,
      operatingSystem: facts.operatingSystem,
      startedAt: facts.startedAt,
      endedAt: this.endedAt,
      owner: model.owner,
      participants: model.participants.map((participant) => ({
        ...participant,
        isOwner: participant.representative === model.owner,
        isControlling: controlling.has(participant.representative),
      })),
      permissions: [...permissions],
      ticket: facts.ticket,
      endsAt: this.endsAt?.toISOString() ?? null,
      capabilities: [...this.capabilities],
      events: [...this.#events],
    };
  }
}
