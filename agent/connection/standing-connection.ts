/**
 * The standing connection of an agent, without its transport: bytes in, bytes out. It proves who the agent is, keeps the
 * connection alive, notices when it has silently died and tells what the server asks.
 */
import { encodeMessage, parseMessage } from "../../protocol/parse.ts";
import type { Handlers, Message, MessageBody } from "../../protocol/messages.ts";
import { agentProof } from "../../protocol/hello.ts";
import { CONTROL_CHANNEL, decodeFrame, encodeFrame, FrameError, FrameKind } from "../../protocol/frame.ts";
import type { SystemFacts, SystemStatistics } from "../../protocol/messages/agent.ts";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import { type Capability, PROTOCOL_VERSION } from "../../protocol/version.ts";

/** Who the agent is; made at enrolment and kept in its state directory. */
export interface AgentIdentity {
  readonly siteId: string;
  /** Ed25519, base64url. */
  readonly publicKey: string;
  /** null until the site has taken this computer in. */
  readonly jumpClient: string | null;
  /** The installer's token, needed until then. */
  readonly token: string | null;
  /** What the site is to call this computer when it takes it in; null: as the installer or the host name says. */
  readonly wishedName: string | null;
  /** Ed25519 over the bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** What the agent tells of its computer. Both are asked often and answer at once from what was last read. */
export interface SystemReport {
  facts(): SystemFacts;
  statistics(): SystemStatistics;
}

export interface StandingConnectionContext {
  readonly identity: AgentIdentity;
  readonly capabilities: readonly Capability[];
  readonly system: SystemReport;
  readonly trustBundleVersion: number;
  /** Support sessions still held from before. */
  readonly sessions: readonly string[];
  send(frame: Uint8Array<ArrayBuffer>): void;
  onWelcome(welcome: MessageBody<"agent.welcome">): void;
  onRefused(refusal: MessageBody<"agent.refused">): void;
  onTrustChanged(trustBundle: string): void;
  onUninstall(reason: string): void;
  onSessionBegin(begin: MessageBody<"session.begin">): void;
  onSessionFinish(session: string): void;
  onConsentAsk(question: MessageBody<"consent.ask">): void;
  onConsentWithdraw(consent: string): void;
  onConnectedNotice(notice: MessageBody<"connected-notice.show">): void;
  /** The peer broke the protocol or fell silent: the connection is to be closed. */
  onFailure(reason: string): void;
}

/** How long a server may take to let the agent in. */
export const WELCOME_TIMEOUT_MS = 30_000;
/** Without a word from the server for this many heartbeats the connection is taken for dead. */
export const SILENT_HEARTBEATS = 2.5;

type Stage = "challenge" | "welcome" | "standing" | "over";
type WhileStanding = Handlers<
  "server",
  StandingConnection,
  | "console.welcome"
  | "console.signed-out"
  | "console.pong"
  | "jump-items.changed"
  | "session.started"
  | "session.changed"
  | "session.logged"
  | "session.notice"
  | "access-requests.changed"
  | "announcements.changed"
  | "consent.waiting"
  | "consent.settled"
  | "session.ended"
  | "session.attached"
  | "done"
  | "error"
  | "tool.progress"
  | "tool.cancel"
>;

export class StandingConnection {
  #stage: Stage = "challenge";
  #heardAtMs: number;
  #heartbeatAtMs = 0;
  #statisticsAtMs = 0;
  #sequence = 0;
  #heartbeatIntervalMs = 0;
  #statisticsIntervalMs = 0;

  constructor(
    private readonly context: StandingConnectionContext,
    nowMs: number,
  ) {
    this.#heardAtMs = nowMs;
  }

  get isStanding(): boolean {
    return this.#stage === "standing";
  }

  /** Takes one frame from the server. */
  receive(bytes: Uint8Array, nowMs: number): void {
    if (this.#stage === "over") return;
    this.#heardAtMs = nowMs;
    try {
      const frame = decodeFrame(bytes);
      // Nothing but control messages belongs on this connection; other kinds are a later release's.
      if (frame.kind === FrameKind.control && frame.channel === CONTROL_CHANNEL) this.#control(frame.payload, nowMs);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#fail(error.message);
    }
  }

  /** Called about once a second: sends what is due and notices silence. */
  tick(nowMs: number): void {
    if (this.#stage === "over") return;
    if (this.#stage !== "standing") {
      if (nowMs - this.#heardAtMs > WELCOME_TIMEOUT_MS) this.#fail("the server did not answer the greeting");
      return;
    }
    if (nowMs - this.#heardAtMs > this.#heartbeatIntervalMs * SILENT_HEARTBEATS) {
      this.#fail("the server has fallen silent");
      return;
    }
    if (nowMs >= this.#heartbeatAtMs) this.#sendHeartbeat(nowMs);
    if (nowMs >= this.#statisticsAtMs) this.sendStatistics(nowMs);
  }

  /** Sends the statistics now, out of turn when who is signed in has changed. */
  sendStatistics(nowMs: number): void {
    if (this.#stage !== "standing") return;
    this.#statisticsAtMs = nowMs + this.#statisticsIntervalMs;
    this.#send({ type: "agent.statistics", statistics: this.context.system.statistics() });
  }

  /** Sends the facts again: the host name or an address has changed. */
  sendFacts(): void {
    if (this.#stage === "standing") this.#send({ type: "agent.facts", facts: this.context.system.facts() });
  }

  /** What the customer answered. */
  sendConsent(consent: string, answer: ConsentAnswer): void {
    if (this.#stage === "standing") this.#send({ type: "consent.answered", consent, answer });
  }

  /** The customer wants that support session over. */
  sendStopped(session: string, how: NoticeStop): void {
    if (this.#stage === "standing") this.#send({ type: "connected-notice.stopped", session, how });
  }

  /** The last message of an agent that is being removed. */
  sendUninstalled(): void {
    if (this.#stage === "standing") this.#send({ type: "agent.uninstalled" });
  }

  /** The transport is gone. */
  close(): void {
    this.#stage = "over";
  }

  #control(payload: Uint8Array, nowMs: number): void {
    const parsed = parseMessage(payload, "server");
    if (!parsed.ok) {
      // A newer server may say what this agent does not know; a broken or lying one is left.
      if (parsed.code === "message.unknown") return;
      this.#fail(`${parsed.code}: ${parsed.detail}`);
      return;
    }
    if (parsed.kind !== "message") return;
    this.#dispatch(parsed.message, nowMs);
  }

  #dispatch(message: Message, nowMs: number): void {
    if (this.#stage === "challenge" && message.type === "agent.challenge") this.#answer(message);
    else if (message.type === "agent.refused") this.#refused(message);
    else if (this.#stage === "welcome" && message.type === "agent.welcome") this.#welcome(message, nowMs);
    else if (this.#stage !== "standing") this.#fail(`${message.type} before the greeting was over`);
    else if (Object.hasOwn(StandingConnection.#whileStanding, message.type)) {
      const handlers = StandingConnection.#whileStanding as Record<string, (body: Message, own: this) => void>;
      handlers[message.type]?.(message, this);
    }
  }

  /** One table for all instances: a bench holds thousands of them. */
  static readonly #whileStanding: WhileStanding = {
    "agent.challenge": (_, connection) => connection.#fail("a second challenge"),
    "agent.welcome": (_, connection) => connection.#fail("a second welcome"),
    "agent.refused": (refusal, connection) => connection.#refused(refusal),
    "agent.heartbeat-received": () => undefined,
    "trust.changed": (body, { context }) => context.onTrustChanged(body.trustBundle),
    "agent.uninstall": (body, { context }) => context.onUninstall(body.reason),
    "session.begin": (body, { context }) => context.onSessionBegin(body),
    "session.finish": (body, { context }) => context.onSessionFinish(body.session),
    "consent.ask": (body, { context }) => context.onConsentAsk(body),
    "connected-notice.show": (body, { context }) => context.onConnectedNotice(body),
    "consent.withdraw": (body, { context }) => context.onConsentWithdraw(body.consent),
  };

  #answer(challenge: MessageBody<"agent.challenge">): void {
    const { identity } = this.context;
    if (challenge.siteId !== identity.siteId) {
      this.#fail("this is another site than the one this computer is enrolled with");
      return;
    }
    const proof = agentProof(identity.siteId, challenge.nonce, identity.publicKey);
    const hello = {
      protocol: PROTOCOL_VERSION,
      capabilities: [...this.context.capabilities],
      publicKey: identity.publicKey,
      signature: Buffer.from(identity.sign(proof)).toString("base64url"),
      facts: this.context.system.facts(),
      statistics: this.context.system.statistics(),
    };
    this.#stage = "welcome";
    if (identity.jumpClient !== null)
      this.#send({
        type: "agent.hello",
        ...hello,
        jumpClient: identity.jumpClient,
        sessions: [...this.context.sessions],
        trustBundleVersion: this.context.trustBundleVersion,
      });
    else if (identity.token !== null)
      this.#send({ type: "agent.enrol", ...hello, ...enrolment(identity, identity.token) });
    else this.#fail("there is no installer token to enrol with");
  }

  #welcome(welcome: MessageBody<"agent.welcome">, nowMs: number): void {
    this.#stage = "standing";
    this.#heartbeatIntervalMs = welcome.heartbeatIntervalMs;
    this.#statisticsIntervalMs = welcome.statisticsIntervalMs;
    this.#heartbeatAtMs = nowMs + welcome.heartbeatIntervalMs;
    this.#statisticsAtMs = nowMs + welcome.statisticsIntervalMs;
    this.context.onWelcome(welcome);
  }

  #refused(refusal: MessageBody<"agent.refused">): void {
    this.#stage = "over";
    this.context.onRefused(refusal);
  }

  #sendHeartbeat(nowMs: number): void {
    this.#heartbeatAtMs = nowMs + this.#heartbeatIntervalMs;
    this.#sequence += 1;
    this.#send({ type: "agent.heartbeat", sequence: this.#sequence });
  }

  #fail(reason: string): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    this.context.onFailure(reason);
  }

  #send(message: Message): void {
    this.context.send(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message)));
  }
}

function enrolment({ wishedName }: AgentIdentity, token: string): { token: string; name?: string } {
  return wishedName === null ? { token } : { token, name: wishedName };
}
