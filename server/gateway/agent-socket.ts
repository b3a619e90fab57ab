/**
 * The standing connection of an agent. One object for each of many thousand, so it holds what it must and no closures;
 * facts and statistics go to the database.
 */
import { MAX_UNAUTHENTICATED_FRAME_BYTES } from "../../protocol/frame.ts";
import type { JumpClientId } from "../../protocol/ids.ts";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import type { Message, MessageBody, MessageType } from "../../protocol/messages.ts";
import type { Parsed } from "../../protocol/parse.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import type { Admission } from "../jump-clients/admission.ts";
import type { AgentConnection } from "../jump-clients/online-jump-clients.ts";
import { controlFrame } from "./control-frame.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { closeCodes, MAX_AGENT_BUFFERED_BYTES, MAX_BAD_MESSAGES } from "./limits.ts";
import { readControl } from "./read-control.ts";
import { type GatewaySocket, sendFrame } from "./socket-sender.ts";
import type { UnprovedSocket } from "./unproved-sockets.ts";

type Hello = MessageBody<"agent.hello"> | MessageBody<"agent.enrol">;
type State = "challenged" | "proving" | "online" | "leaving" | "closed";
type AgentHandlers = { readonly [T in MessageType]?: (socket: AgentSocket, body: MessageBody<T>) => void };

/** What a proved agent may say; anything else the table allows it comes out of order. */
const handlers: AgentHandlers = {
  "agent.heartbeat": (socket, { sequence }) => socket.send({ type: "agent.heartbeat-received", sequence }),
  "agent.facts": (socket, { facts }) => socket.tellPresence({ facts }),
  "agent.statistics": (socket, { statistics }) => socket.tellPresence({ statistics }),
  "consent.answered": (socket, { consent, answer }) => socket.tellConsent(consent, answer),
  "connected-notice.stopped": (socket, { session, how }) => socket.tellStopped(session, how),
};

export class AgentSocket implements AgentConnection, UnprovedSocket {
  readonly kind = "agent";
  capabilities: readonly string[] = [];
  /** Monotonic milliseconds at which it was last heard. */
  heardMs: number;
  #state: State = "challenged";
  #badMessages = 0;
  #nonce: string | null = null;
  #jumpClient: JumpClientId | null = null;
  #socket: GatewaySocket | null = null;

  constructor(
    readonly address: string,
    private readonly parts: GatewayParts,
  ) {
    this.heardMs = parts.clock.monotonicMs();
  }

  /** Set once it has proved who it is. */
  get jumpClient(): JumpClientId | null {
    return this.#jumpClient;
  }

  opened(socket: GatewaySocket): void {
    this.#socket = socket;
    this.#nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
    const { siteId } = this.parts;
    this.send({ type: "agent.challenge", protocol: PROTOCOL_VERSION, siteId, nonce: this.#nonce });
  }

  received(bytes: Buffer<ArrayBuffer>): void {
    this.heardMs = this.parts.clock.monotonicMs();
    const isProved = this.#state === "online" || this.#state === "leaving";
    const parsed = readControl(bytes, "agent", isProved ? undefined : MAX_UNAUTHENTICATED_FRAME_BYTES);
    if (isProved) this.#receiveProved(parsed);
    else this.#receiveFirst(parsed);
  }

  send(message: Message): void {
    this.sendFrame(controlFrame(message));
  }

  sendFrame(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#socket !== null && !sendFrame(this.#socket, frame, MAX_AGENT_BUFFERED_BYTES))
      this.#socket.close(closeCodes.tooSlow, "channel.overflow");
  }

  /** Hands on what became known of this Jump Client. */
  tellPresence(change: Parameters<GatewayParts["presence"]["tell"]>[1]): void {
    if (this.#jumpClient !== null) this.parts.presence.tell(this.#jumpClient, change);
  }

  /** Hands on what the customer answered. */
  tellConsent(consent: string, answer: ConsentAnswer): void {
    if (this.#jumpClient !== null) this.parts.consents.answered(this.#jumpClient, consent, answer);
  }

  /** Hands on that the customer wants the support session over. */
  tellStopped(session: string, how: NoticeStop): void {
    if (this.#jumpClient !== null) this.parts.sessions.customerStopped(this.#jumpClient, session, how);
  }

  /** Tells it to uninstall itself; it says so when it has, and is forgotten then. */
  dismiss(reason: string): void {
    this.#state = "leaving";
    this.send({ type: "agent.uninstall", reason });
  }

  proofTimedOut(): void {
    this.#shut(closeCodes.policy, "agent.timeout");
  }

  /** Another connection of the same Jump Client has come. */
  close(): void {
    this.#shut(closeCodes.replaced, "replaced");
  }

  /** Nothing was heard of it for too long. The peer is not there to close politely. */
  terminate(): void {
    this.#socket?.terminate();
  }

  closed(): void {
    const wasProved = this.#state === "online" || this.#state === "leaving";
    this.#state = "closed";
    this.#socket = null;
    this.parts.unproved.delete(this);
    const jumpClient = this.#jumpClient;
    if (!wasProved || jumpClient === null || !this.parts.agents.delete(jumpClient, this)) return;
    this.parts.presence.tell(jumpClient, { isOnline: false });
    this.parts.sessions.agentOffline(jumpClient);
  }

  #shut(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  #receiveFirst(parsed: Parsed | null): void {
    const message = parsed?.ok === true && parsed.kind === "message" ? parsed.message : null;
    const nonce = this.#nonce;
    this.#nonce = null;
    if (this.#state !== "challenged" || nonce === null || message === null) return this.#outOfOrder();
    if (message.type !== "agent.hello" && message.type !== "agent.enrol") return this.#outOfOrder();
    this.#state = "proving";
    this.#prove(message, nonce).catch((error: unknown) => {
      this.parts.log.error("An agent could not be admitted", error);
      this.#refuse({ code: "internal", message: "The server could not look this Jump Client up.", isFinal: false });
    });
  }

  async #prove(message: Message<"agent.hello"> | Message<"agent.enrol">, nonce: string): Promise<void> {
    const { admission } = this.parts;
    const isHello = message.type === "agent.hello";
    const admitted = isHello
      ? await admission.hello(message, nonce)
      : await admission.enrol(message, nonce, this.address);
    if (this.#state !== "proving") return;
    if (admitted.outcome === "refused") return this.#refuse(admitted);
    if (admitted.outcome === "leaving") return this.#dismissAtDoor(admitted.jumpClient);
    const held = isHello ? message.sessions : [];
    await this.#welcome(admitted, message, held, isHello ? message.trustBundleVersion : 0);
  }

  async #welcome(
    admitted: Extract<Admission, { outcome: "admitted" }>,
    hello: Hello,
    heldSessions: readonly string[],
    trustBundleVersion: number,
  ): Promise<void> {
    const settings = await this.parts.agentSettings();
    if (this.#state !== "proving") return;
    this.#state = "online";
    this.#enter(admitted.jumpClient);
    this.capabilities = hello.capabilities;
    const isBehind = trustBundleVersion < settings.trustBundle.version;
    this.send({
      type: "agent.welcome",
      jumpClient: admitted.jumpClient,
      name: admitted.name,
      heartbeatIntervalMs: settings.heartbeatIntervalMs,
      statisticsIntervalMs: settings.statisticsIntervalMs,
      ...(isBehind ? { trustBundle: settings.trustBundle.jws } : {}),
    });
    const { facts, statistics } = hello;
    // What is sent with the welcome it keeps.
    const held = Math.max(trustBundleVersion, settings.trustBundle.version);
    this.tellPresence({ isOnline: true, publicAddress: this.address, facts, statistics, trustBundleVersion: held });
    this.parts.sessions.agentOnline(admitted.jumpClient, heldSessions, hello.capabilities);
  }

  #dismissAtDoor(jumpClient: JumpClientId): void {
    this.#enter(jumpClient);
    this.dismiss("This Jump Client was removed from its site.");
  }

  #enter(jumpClient: JumpClientId): void {
    this.#jumpClient = jumpClient;
    this.parts.unproved.delete(this);
    this.parts.agents.add(jumpClient, this)?.close();
  }

  #refuse(refusal: { readonly code: string; readonly message: string; readonly isFinal: boolean }): void {
    const { code, message, isFinal } = refusal;
    this.send({ type: "agent.refused", code, message, isFinal });
    this.#shut(closeCodes.policy, code);
  }

  #receiveProved(parsed: Parsed | null): void {
    if (parsed === null) return this.#shut(closeCodes.policy, "message.malformed");
    if (!parsed.ok) return this.#refuseUnread(parsed);
    if (parsed.kind !== "message") return this.#outOfOrder();
    const { message } = parsed;
    if (message.type === "agent.uninstalled") return this.#uninstalled();
    if (this.#state === "leaving") return;
    const handler = handlers[message.type] as ((socket: AgentSocket, body: Message) => void) | undefined;
    if (handler === undefined) return this.#outOfOrder();
    handler(this, message);
  }

  #uninstalled(): void {
    if (this.#state !== "leaving" || this.#jumpClient === null) return this.#outOfOrder();
    this.parts.jumpClients
      .uninstalled(this.#jumpClient, this.address)
      .catch((error: unknown) => this.parts.log.error("An uninstalled Jump Client could not be forgotten", error));
    this.#shut(1000, "");
  }

  /** A newer agent may know messages we do not; anything else that is off is counted against it. */
  #refuseUnread(refusal: Extract<Parsed, { ok: false }>): void {
    const { code, detail: message } = refusal;
    this.send({ type: "error", code, message, ...(refusal.request === null ? {} : { request: refusal.request }) });
    if (code !== "message.unknown" && ++this.#badMessages > MAX_BAD_MESSAGES) this.#shut(closeCodes.policy, code);
  }

  #outOfOrder(): void {
    this.#shut(closeCodes.policy, "protocol.out_of_order");
  }
}
