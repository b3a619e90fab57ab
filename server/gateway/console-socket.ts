/** The socket of one console tab: signs on by a ticket, then asks; and one end of the channels it opened. */
import type { Refusal } from "../../protocol/errors.ts";
import { FRAME_HEADER_BYTES, FrameKind, MAX_UNAUTHENTICATED_FRAME_BYTES } from "../../protocol/frame.ts";
import type { Message } from "../../protocol/messages.ts";
import type { Parsed, ParsedTool } from "../../protocol/parse.ts";
import type { Actor } from "../actor.ts";
import type { ConsoleEnd } from "./console-end.ts";
import { askTool } from "./console-tools.ts";
import { handleConsoleMessage } from "./console-messages.ts";
import { controlFrame } from "./control-frame.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import {
  closeCodes,
  MAX_BAD_MESSAGES,
  MAX_CONSOLE_BUFFERED_BYTES,
  MAX_CONSOLE_CONTROL_BUFFERED_BYTES,
  MAX_CONSOLES_PER_REPRESENTATIVE,
} from "./limits.ts";
import { readControl } from "./read-control.ts";
import type { Channel } from "./relay.ts";
import { type GatewaySocket, sendFrame } from "./socket-sender.ts";
import type { UnprovedSocket } from "./unproved-sockets.ts";

export class ConsoleSocket implements ConsoleEnd, UnprovedSocket {
  readonly kind = "console";
  readonly channels = new Set<Channel>();
  readonly requests = new Map<number, number>();
  readonly askings = new Map<number, AbortController>();
  strayFrames = 0;
  messagesInFlight = 0;
  #badMessages = 0;
  #socket: GatewaySocket | null = null;
  #state: "waiting" | "proving" | "signed-on" | "closed" = "waiting";
  #actor: Actor | null = null;

  constructor(
    readonly address: string,
    private readonly parts: GatewayParts,
  ) {}

  get actor(): Actor | null {
    return this.#actor;
  }

  opened(socket: GatewaySocket): void {
    this.#socket = socket;
  }

  received(bytes: Buffer<ArrayBuffer>): void {
    if (this.#state === "signed-on") this.#receiveSignedOn(bytes);
    else if (this.#state === "waiting") this.#receiveFirst(bytes);
    else this.close(closeCodes.policy, "protocol.out_of_order");
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#socket !== null && !sendFrame(this.#socket, frame, MAX_CONSOLE_CONTROL_BUFFERED_BYTES))
      this.close(closeCodes.tooSlow, "channel.overflow");
  }

  tell(message: Message): void {
    this.send(controlFrame(message));
  }

  refuse(request: number | null, refusal: Refusal): void {
    const message = { type: "error", code: refusal.code, message: refusal.message.slice(0, 1000) } as const;
    this.tell(request === null ? message : { ...message, request });
  }

  deliver(frame: Uint8Array<ArrayBuffer>): boolean {
    return this.#socket !== null && sendFrame(this.#socket, frame, MAX_CONSOLE_BUFFERED_BYTES);
  }

  channelClosed(channel: Channel): void {
    if (channel.kind !== "input") return;
    const session = this.parts.sessions.find(channel.session);
    if (session !== undefined) this.parts.sessions.show(session);
  }

  proofTimedOut(): void {
    this.close(closeCodes.policy, "agent.timeout");
  }

  signOut(why: Refusal): void {
    this.tell({ type: "console.signed-out", code: why.code, message: why.message });
    this.#letGo("channel.revoked");
    this.close(closeCodes.signedOut, why.code);
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  closed(): void {
    this.#letGo("channel.lost");
    this.#state = "closed";
    this.#socket = null;
    this.parts.unproved.delete(this);
  }

  #letGo(reason: "channel.lost" | "channel.revoked"): void {
    const actor = this.#actor;
    this.#actor = null;
    if (this.#state === "signed-on") this.#state = "closed";
    this.parts.relay.closeAllOf(this, reason);
    for (const asking of this.askings.values()) asking.abort();
    if (actor === null || !this.parts.consoles.delete(actor.id, this)) return;
    this.parts.access.release(actor.id);
    this.parts.sessions.consoleChanged(actor.id, false);
  }

  #receiveFirst(bytes: Buffer<ArrayBuffer>): void {
    const parsed = readControl(bytes, "console", MAX_UNAUTHENTICATED_FRAME_BYTES);
    if (parsed?.ok !== true || parsed.kind !== "message" || parsed.message.type !== "console.hello")
      return this.close(closeCodes.policy, "protocol.out_of_order");
    this.#state = "proving";
    this.#signOn(parsed.message.ticket).catch((error: unknown) => {
      this.parts.log.error("A console could not sign on", error);
      this.close(closeCodes.policy, "internal");
    });
  }

  async #signOn(ticket: string): Promise<void> {
    const actor = await this.parts.redeemSocketTicket(ticket);
    if (this.#state !== "proving") return;
    if (actor === null) return this.#turnAway("sign_in.required", "This console is no longer signed in.");
    if (!this.parts.access.allows(actor, "console.use", null))
      return this.#turnAway("console.disabled", "The representative console is switched off for this site or for you.");
    if (this.parts.consoles.of(actor.id).size >= MAX_CONSOLES_PER_REPRESENTATIVE)
      return this.#turnAway("request.too_many", "The console is open in too many tabs. Close some of them.");
    this.#welcome(actor);
    // Rights that changed while it signed on: from here on a change finds this console among the others.
    const rights = await this.parts.rightsOf(actor.id);
    if (rights !== null) this.parts.access.hold(rights);
    if (!(await this.parts.isSignedIn(actor)))
      this.signOut({ code: "sign_in.required", message: "You were signed out." });
  }

  #turnAway(code: Refusal["code"], message: string): void {
    this.tell({ type: "console.signed-out", code, message });
    this.close(closeCodes.signedOut, code);
  }

  #welcome(actor: Actor): void {
    this.#state = "signed-on";
    this.#actor = actor;
    this.parts.access.hold(actor.rights);
    this.parts.unproved.delete(this);
    const isFirst = this.parts.consoles.add(actor.id, this);
    this.tell({
      type: "console.welcome",
      representative: actor.id,
      displayName: actor.displayName,
      sessions: this.parts.sessions
        .ofRepresentative(actor.id)
        .map((session) =>
          session.view(this.parts.access.permissionsIn(actor, session), this.parts.consoles.controlling(session.id)),
        ),
      serverVersion: this.parts.serverVersion,
    });
    if (isFirst) this.parts.sessions.consoleChanged(actor.id, true);
  }

  #receiveSignedOn(bytes: Buffer<ArrayBuffer>): void {
    if (bytes.length >= FRAME_HEADER_BYTES && bytes[0] !== FrameKind.control) {
      this.parts.touch(this.#actor!);
      const forwarded = this.parts.relay.forward(this, bytes);
      if (forwarded === "misbehaving") this.close(closeCodes.policy, "channel.unknown");
      else if (forwarded === "handed-on" && bytes[0] === FrameKind.data)
        this.parts.typing.note(this.parts.clock.monotonicMs());
      return;
    }
    const parsed = readControl(bytes, "console");
    if (parsed === null) return this.close(closeCodes.policy, "message.malformed");
    if (!parsed.ok) return this.#refuseUnread(parsed);
    if (parsed.kind === "tool") this.#ask(parsed);
    else if (parsed.kind === "message") handleConsoleMessage(this.parts, this, this.#actor!, parsed.message);
    else this.close(closeCodes.policy, "protocol.out_of_order");
  }

  #ask(asked: ParsedTool): void {
    this.parts.touch(this.#actor!);
    askTool(this.parts, this, this.#actor!, asked);
  }

  #refuseUnread(refusal: Extract<Parsed, { ok: false }>): void {
    this.refuse(refusal.request, { code: refusal.code, message: `The server could not read that: ${refusal.detail}` });
    if (refusal.code === "message.unknown") return;
    this.#badMessages += 1;
    if (this.#badMessages > MAX_BAD_MESSAGES) this.close(closeCodes.policy, refusal.code);
  }
}
