/**
 * A Jump Client: keeps one standing connection to its site, for good. It knows no tools, no files and no TLS, so that a
 * bench can hold thousands of them in one process; one shared ticker drives them all.
 */
import { AGENT_SOCKET_PATH } from "../../protocol/hello.ts";
import type { MessageBody } from "../../protocol/messages.ts";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import type { Capability } from "../../protocol/version.ts";
import type { Ticker } from "../clock.ts";
import { refusedDelayMs, retryDelayMs } from "./backoff.ts";
import type { SessionHost } from "./session-host.ts";
import type { Dial, Socket } from "./socket.ts";
import { CustomerStops, type NoticeHost } from "./customer-stops.ts";
import { type AgentIdentity, StandingConnection, type SystemReport } from "./standing-connection.ts";

export type JumpClientState =
  | { readonly kind: "connecting" }
  | { readonly kind: "connected"; readonly jumpClient: string; readonly name: string }
  | { readonly kind: "waiting"; readonly retryMs: number; readonly reason: string; readonly isRefused: boolean };

/** Questions to the customer, as the standing connection sees them. */
export interface ConsentHost {
  ask(question: MessageBody<"consent.ask">): void;
  withdraw(consent: string): void;
  onAnswer(answer: (consent: string, answer: ConsentAnswer) => void): void;
}

/** What of trust the standing connection needs. */
export interface TrustHost {
  readonly bundleVersion: number;
  offerBundle(signed: string): Promise<boolean>;
}

export interface JumpClientOptions {
  identity: AgentIdentity;
  readonly capabilities: readonly Capability[];
  readonly system: SystemReport;
  readonly trust: TrustHost;
  /** null: this one takes part in no support sessions, as the simulated ones of a bench. */
  readonly sessions: SessionHost | null;
  /** null: this one asks nobody. */
  readonly consents?: ConsentHost | null;
  /** null: this one shows nobody who is connected. */
  readonly notices?: NoticeHost | null;
  readonly dial: Dial;
  readonly ticker: Ticker;
  /** 0 (inclusive) to 1 (exclusive). */
  random(): number;
  /** The site has taken this computer in under this id; keep it. */
  onEnrolled(jumpClient: string, name: string): void;
  onState(state: JumpClientState): void;
  /** The site wants the agent gone. `done` tells it so and closes; call it before the files go. */
  onUninstall(reason: string, done: () => void): void;
}

export class JumpClient implements Disposable {
  readonly #ticking: Disposable;
  readonly #stops: CustomerStops;
  #connection: StandingConnection | null = null;
  #socket: Socket | null = null;
  #failures = 0;
  #retryAtMs = 0;
  #isOver = false;

  constructor(private readonly options: JumpClientOptions) {
    this.#stops = new CustomerStops(options.sessions, options.notices ?? null, (session, how) =>
      this.#connection?.sendStopped(session, how),
    );
    options.consents?.onAnswer((consent, answer) => this.#connection?.sendConsent(consent, answer));
    this.#ticking = options.ticker.listen((nowMs) => this.#tick(nowMs));
    this.#dial();
  }

  /** Tells the site at once who is signed in and whether the screen is locked. */
  presenceChanged(): void {
    this.#connection?.sendStatistics(this.options.ticker.nowMs());
  }

  /** Tells the site that the host name, an address or the like is another now. */
  factsChanged(): void {
    this.#connection?.sendFacts();
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ticking[Symbol.dispose]();
    this.#connection?.close();
    this.#socket?.close();
  }

  #tick(nowMs: number): void {
    this.#stops.tick(nowMs);
    if (this.#connection !== null) this.#connection.tick(nowMs);
    else if (this.#socket === null && nowMs >= this.#retryAtMs) this.#dial();
  }

  #dial(): void {
    this.options.onState({ kind: "connecting" });
    let retryMs: number | null = null;
    let reason: string | null = null;
    const connect = (): StandingConnection =>
      this.#standingConnection(
        () => socket,
        (why, ms) => {
          reason = why;
          retryMs = ms;
        },
      );
    const socket = this.options.dial(AGENT_SOCKET_PATH, {
      onOpen: () => (this.#connection = connect()),
      onFrame: (bytes) => this.#connection?.receive(bytes, this.options.ticker.nowMs()),
      onClose: (why) => this.#lost(reason ?? why, retryMs),
    });
    this.#socket = socket;
  }

  /** `stop` notes why the connection is about to end and, for a final refusal, how long to stay away. */
  #standingConnection(
    socket: () => Socket,
    stop: (reason: string, retryMs: number | null) => void,
  ): StandingConnection {
    const { options } = this;
    return new StandingConnection(
      {
        identity: options.identity,
        capabilities: options.capabilities,
        system: options.system,
        trustBundleVersion: options.trust.bundleVersion,
        sessions: options.sessions?.ids ?? [],
        send: (frame) => socket().send(frame),
        onWelcome: (welcome) => this.#welcomed(welcome),
        onRefused: (refusal) => {
          const isFinal = refusal.isFinal && !this.#mayEnrolAgain(refusal);
          stop(refusal.message, isFinal ? refusedDelayMs(options.random()) : null);
          socket().close();
        },
        onTrustChanged: (trustBundle) => void options.trust.offerBundle(trustBundle),
        onUninstall: (reason) => options.onUninstall(reason, () => this.#leave()),
        onSessionBegin: (begin) => this.#stops.begin(begin),
        onSessionFinish: (session) => this.#stops.finish(session),
        onConnectedNotice: (notice) => this.#stops.show(notice),
        onConsentAsk: (question) => options.consents?.ask(question),
        onConsentWithdraw: (consent) => options.consents?.withdraw(consent),
        onFailure: (reason) => {
          stop(reason, null);
          socket().close();
        },
      },
      options.ticker.nowMs(),
    );
  }

  #welcomed(welcome: MessageBody<"agent.welcome">): void {
    const { options } = this;
    this.#failures = 0;
    if (options.identity.jumpClient !== welcome.jumpClient) {
      options.identity = { ...options.identity, jumpClient: welcome.jumpClient, token: null };
      options.onEnrolled(welcome.jumpClient, welcome.name);
    }
    if (welcome.trustBundle !== undefined) void options.trust.offerBundle(welcome.trustBundle);
    this.#stops.tellAll();
    options.onState({ kind: "connected", jumpClient: welcome.jumpClient, name: welcome.name });
  }

  /** The site no longer knows this computer, but an installer run since then holds a token: enrol with that. */
  #mayEnrolAgain(refusal: MessageBody<"agent.refused">): boolean {
    const { identity } = this.options;
    if (refusal.code !== "agent.unknown" || identity.jumpClient === null || identity.token === null) return false;
    this.options.identity = { ...identity, jumpClient: null };
    return true;
  }

  #leave(): void {
    this.#connection?.sendUninstalled();
    this[Symbol.dispose]();
  }

  #lost(reason: string, refusedMs: number | null): void {
    this.#connection?.close();
    this.#connection = null;
    this.#socket = null;
    if (this.#isOver) return;
    const retryMs = refusedMs ?? retryDelayMs(this.#failures, this.options.random());
    this.#failures += 1;
    this.#retryAtMs = this.options.ticker.nowMs() + retryMs;
    this.options.onState({ kind: "waiting", retryMs, reason, isRefused: refusedMs !== null });
  }
}
