/**
 * Asks the customer before a tool opens, where the decision says so (JUMP-13). The answer counts for that
 * representative and that permission until the session ends; silence means what the session policy says.
 */
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import { AppError } from "../../protocol/errors.ts";
import type { JumpClientId } from "../../protocol/ids.ts";
import { type Permission, wordsOfPermission } from "../../protocol/permissions.ts";
import type { Prompting } from "../../protocol/session-policy.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Clock } from "../clock.ts";
import type { OnlineJumpClients } from "../jump-clients/online-jump-clients.ts";
import type { Log } from "../log.ts";
import { newId } from "../new-id.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import type { LiveSessions } from "../support-sessions/live-sessions.ts";
import type { GatewayAccess } from "./access.ts";
import type { ConsoleSockets } from "./console-sockets.ts";
import { controlFrame } from "./control-frame.ts";

/** An agent that says nothing has this much longer than the customer had. */
const GRACE_MS = 10_000;
/** Questions that may wait for the customers of this site at once; past it silence is assumed. */
const MAX_WAITING = 1000;

type Outcome = "allowed" | "denied" | "unanswered" | "cancelled";

interface Question {
  readonly id: string;
  readonly session: LiveSession;
  readonly actor: Actor;
  readonly permission: Permission;
  readonly prompting: Prompting;
  readonly settled: PromiseWithResolvers<Outcome>;
  readonly timer: ReturnType<typeof setTimeout>;
  /** Requests that wait for it. */
  waiters: number;
}

export interface SessionConsentsNeeds {
  readonly access: GatewayAccess;
  readonly agents: OnlineJumpClients;
  readonly consoles: ConsoleSockets;
  readonly sessions: LiveSessions;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<SiteSettings, "read">;
}

export class SessionConsents implements Disposable {
  readonly #questions = new Map<string, Question>();

  constructor(private readonly needs: SessionConsentsNeeds) {}

  /**
   * Resolves when the permission is held: at once, or when the customer has allowed it. Aborting waits no longer.
   * @throws {AppError} permission.denied, consent.refused
   */
  async require(actor: Actor, permission: Permission, session: LiveSession, signal?: AbortSignal): Promise<void> {
    // Each round settles one permission: what it needs comes before it.
    for (;;) {
      const standing = this.needs.access.standingIn(actor, permission, session);
      if (standing.state === "allow") return;
      if (standing.state === "deny") throw standing.isByCustomer ? refused(permission) : denied();
      const outcome = await this.#ask({ session, actor, ...standing }, signal);
      if (outcome === "cancelled") throw new AppError("consent.refused", "The customer was not asked to the end.");
      if (session.model.state === "ended") throw new AppError("session.ended", "The session has ended.");
      if (outcome === "denied") throw refused(standing.permission);
    }
  }

  /** What the computer says. An answer counts only from the Jump Client that was asked. */
  answered(jumpClient: JumpClientId, consent: string, answer: ConsentAnswer): void {
    const question = [...this.#questions.values()].find(({ id }) => id === consent);
    if (question?.session.facts.jumpClient !== jumpClient) return;
    this.#settle(question, answer === "nobody" ? "unanswered" : answer);
  }

  /** The representative waits no longer. */
  cancel(session: string, actor: Actor, permission: string): void {
    const question = this.#questions.get(keyOf(session, actor.id, permission));
    if (question !== undefined) this.#settle(question, "cancelled");
  }

  /** Questions nobody waits for: the session is over, or whoever asked has left it. Cheap; call it every second. */
  sweep(): void {
    for (const question of [...this.#questions.values()]) {
      const { session, actor } = question;
      if (session.model.state === "ended" || !session.has(actor.id)) this.#settle(question, "cancelled");
    }
  }

  [Symbol.dispose](): void {
    for (const question of [...this.#questions.values()]) this.#settle(question, "cancelled");
  }

  async #ask(
    asked: Pick<Question, "session" | "actor" | "permission" | "prompting">,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const key = keyOf(asked.session.id, asked.actor.id, asked.permission);
    const question = this.#questions.get(key) ?? this.#begin(key, asked);
    question.waiters += 1;
    const leave = (): void => {
      question.waiters -= 1;
      if (question.waiters === 0) this.#settle(question, "cancelled");
    };
    signal?.addEventListener("abort", leave, { once: true });
    try {
      return signal?.aborted === true ? "cancelled" : await question.settled.promise;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  #begin(key: string, asked: Pick<Question, "session" | "actor" | "permission" | "prompting">): Question {
    const patienceMs = asked.prompting.timeoutSeconds * 1000 + GRACE_MS;
    const timer = setTimeout(() => this.#settle(question, "unanswered"), patienceMs);
    const question: Question = {
      ...asked,
      ...{ id: newId<string>(), settled: Promise.withResolvers<Outcome>(), timer, waiters: 0 },
    };
    const isTooMany = this.#questions.size >= MAX_WAITING;
    this.#questions.set(key, question);
    if (isTooMany) setImmediate(() => this.#settle(question, "unanswered"));
    else this.#send(question).catch((error: unknown) => this.#failed(question, error));
    return question;
  }

  async #send(question: Question): Promise<void> {
    const { session, actor, permission, prompting, id } = question;
    const { siteName, language } = await this.needs.settings.read();
    const agent = this.needs.agents.get(session.facts.jumpClient);
    // An agent that cannot ask is like a computer with nobody at it.
    if (agent === undefined || !agent.capabilities.includes("consent.x11")) return this.#settle(question, "unanswered");
    const { timeoutSeconds, whenUnanswered } = prompting;
    const endsAt = new Date(this.needs.clock.now().getTime() + timeoutSeconds * 1000).toISOString();
    this.#tell(actor, { type: "consent.waiting", session: session.id, permission, endsAt });
    const wish = wordsOfPermission(permission).name;
    const asked = { consent: id, siteName: siteName.slice(0, 200), representative: actor.displayName, wish };
    return agent.send({ type: "consent.ask", ...asked, permission, language, timeoutSeconds, whenUnanswered });
  }

  #failed(question: Question, error: unknown): void {
    this.needs.log.error("The customer could not be asked", error);
    this.#settle(question, "unanswered");
  }

  #settle(question: Question, outcome: Outcome): void {
    const { session, actor, permission, prompting, id } = question;
    if (!this.#questions.delete(keyOf(session.id, actor.id, permission))) return;
    clearTimeout(question.timer);
    const isAllowed = outcome === "allowed" || (outcome === "unanswered" && prompting.whenUnanswered === "allow");
    if (outcome !== "cancelled") session.keepConsent(actor.id, permission, isAllowed);
    if (isAllowed) this.needs.sessions.show(session);
    if (outcome === "cancelled" || outcome === "unanswered")
      this.needs.agents.get(session.facts.jumpClient)?.send({ type: "consent.withdraw", consent: id });
    this.#tell(actor, { type: "consent.settled", session: session.id, permission, outcome });
    this.#record(question, outcome, isAllowed).catch((error: unknown) =>
      this.needs.log.error("What the customer answered could not be written down", error),
    );
    question.settled.resolve(outcome === "cancelled" ? "cancelled" : isAllowed ? "allowed" : "denied");
  }

  async #record({ session, actor, permission }: Question, outcome: Outcome, isAllowed: boolean): Promise<void> {
    const { jumpClient, name } = session.facts;
    const text = lineOf(outcome, wordsOfPermission(permission).name, actor.displayName);
    await this.needs.sessions.record(
      session,
      {
        ...{ action: "consent.asked", outcome: isAllowed ? "succeeded" : "denied", actor: auditActor(actor) },
        object: { kind: "jump-client", id: jumpClient, name },
        detail: { permission, answer: outcome },
      },
      { kind: "session", text },
    );
  }

  #tell(actor: Actor, message: Parameters<typeof controlFrame>[0]): void {
    const frame = controlFrame(message);
    for (const console of [...this.needs.consoles.of(actor.id)]) console.send(frame);
  }
}

const keyOf = (session: string, representative: string, permission: string): string =>
  `${session} ${representative} ${permission}`;

const denied = () =>
  new AppError("permission.denied", "You are not allowed to do that on this computer. Ask an administrator.");
const refused = (permission: Permission) =>
  new AppError("consent.refused", `The customer did not allow it: ${wordsOfPermission(permission).name}.`);

function lineOf(outcome: Outcome, wish: string, who: string): string {
  if (outcome === "allowed") return `The customer allowed ${who}: ${wish}`;
  if (outcome === "denied") return `The customer denied ${who}: ${wish}`;
  if (outcome === "unanswered") return `The customer did not answer ${who}: ${wish}`;
  return `${who} did not wait for the customer: ${wish}`;
}
