/** A lane: one of the two connections an agent dials for a support session, interactive or bulk. */
import { AppError } from "../../protocol/errors.ts";
import { FRAME_HEADER_BYTES, FrameKind, MAX_UNAUTHENTICATED_FRAME_BYTES } from "../../protocol/frame.ts";
import type { Lane } from "../../protocol/hello.ts";
import type { JumpClientId } from "../../protocol/ids.ts";
import type { Parsed } from "../../protocol/parse.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import { controlFrame } from "./control-frame.ts";
import type { LaneEnd } from "./lane-end.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { closeCodes, LANE_BUSY_BYTES, MAX_BAD_MESSAGES, MAX_LANE_BUFFERED_BYTES } from "./limits.ts";
import { readControl } from "./read-control.ts";
import type { Channel } from "./relay.ts";
import { RoundTrip } from "./round-trip.ts";
import { type GatewaySocket, sendFrame } from "./socket-sender.ts";
import { FIRST_TRANSFER_WINDOW_BYTES } from "./transfer-window.ts";
import type { UnprovedSocket } from "./unproved-sockets.ts";

/** Where a lane stands once its ticket was good. */
interface Attachment {
  readonly session: LiveSession;
  readonly lane: Lane;
}

export class LaneSocket implements LaneEnd, UnprovedSocket {
  readonly kind = "agent-session";
  readonly channels = new Set<Channel>();
  strayFrames = 0;
  #badMessages = 0;
  #socket: GatewaySocket | null = null;
  #state: "waiting" | "proving" | "attached" | "closed" = "waiting";
  #attachment: Attachment | null = null;
  #writable: PromiseWithResolvers<void> | null = null;
  readonly #roundTrip = new RoundTrip();
  transferWindowBytes = FIRST_TRANSFER_WINDOW_BYTES;

  constructor(
    readonly address: string,
    private readonly parts: GatewayParts,
  ) {}

  get session(): LiveSession | null {
    return this.#attachment?.session ?? null;
  }

  get roundTripMs(): number | null {
    return this.#roundTrip.leastMs;
  }

  measureRoundTrip(): void {
    const payload = this.#roundTrip.ask(this.parts.clock.monotonicMs());
    if (payload !== null) this.#socket?.ping(payload);
  }

  ponged(payload: string): void {
    this.#roundTrip.answered(payload, this.parts.clock.monotonicMs());
  }

  opened(socket: GatewaySocket): void {
    this.#socket = socket;
  }

  received(bytes: Buffer<ArrayBuffer>): void {
    if (this.#state === "attached") this.#receiveAttached(bytes);
    else if (this.#state === "waiting") this.#receiveFirst(bytes);
    else this.close(closeCodes.policy, "protocol.out_of_order");
  }

  send(frame: Uint8Array<ArrayBuffer>): boolean {
    return this.#socket !== null && sendFrame(this.#socket, frame, MAX_LANE_BUFFERED_BYTES);
  }

  deliver(frame: Uint8Array<ArrayBuffer>): boolean {
    return this.send(frame);
  }

  channelClosed(): void {
    // The agent is told by a close frame; nothing is kept here.
  }

  whenWritable(): Promise<void> | null {
    if (this.#socket === null || this.#socket.getBufferedAmount() <= LANE_BUSY_BYTES) return null;
    this.#writable ??= Promise.withResolvers<void>();
    return this.#writable.promise;
  }

  drained(): void {
    if (this.#socket !== null && this.#socket.getBufferedAmount() > LANE_BUSY_BYTES) return;
    this.#writable?.resolve();
    this.#writable = null;
  }

  proofTimedOut(): void {
    this.close(closeCodes.policy, "agent.timeout");
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  closed(): void {
    const attachment = this.#attachment;
    this.#state = "closed";
    this.#socket = null;
    this.drained();
    this.parts.unproved.delete(this);
    this.parts.relay.closeAllOf(this, "channel.lost");
    this.parts.toolRequests.laneLost(this);
    if (attachment !== null && this.parts.lanes.delete(attachment.session.id, attachment.lane, this))
      this.parts.sessions.laneChanged(attachment.session, attachment.lane, "lost");
  }

  #receiveFirst(bytes: Buffer<ArrayBuffer>): void {
    const parsed = readControl(bytes, "agent", MAX_UNAUTHENTICATED_FRAME_BYTES);
    if (parsed?.ok !== true || parsed.kind !== "message" || parsed.message.type !== "session.attach")
      return this.close(closeCodes.policy, "protocol.out_of_order");
    this.#state = "proving";
    this.#attach(parsed.message.ticket).catch((error: unknown) => {
      if (!(error instanceof AppError)) this.parts.log.error("A lane could not be attached", error);
      this.close(closeCodes.policy, error instanceof AppError ? error.code : "internal");
    });
  }

  async #attach(ticket: string): Promise<void> {
    const claims = await this.parts.tickets.redeem(ticket);
    const session = this.parts.sessions.find(claims.session);
    if (session === undefined || session.facts.jumpClient !== (claims.sub as JumpClientId))
      throw new AppError("session.ended", "The session of this ticket has ended.");
    if (this.#state !== "proving") return;
    this.#state = "attached";
    this.parts.unproved.delete(this);
    this.#attachment = { session, lane: claims.lane };
    const before = this.parts.lanes.add(session.id, claims.lane, this);
    if (before !== undefined) this.parts.sessions.laneChanged(session, claims.lane, "replaced");
    before?.close(closeCodes.replaced, "replaced");
    this.send(controlFrame({ type: "session.attached", session: session.id }));
    this.measureRoundTrip();
    this.parts.sessions.laneChanged(session, claims.lane, "attached");
  }

  #receiveAttached(bytes: Buffer<ArrayBuffer>): void {
    if (bytes.length >= FRAME_HEADER_BYTES && bytes[0] !== FrameKind.control) {
      if (this.parts.relay.forward(this, bytes) === "misbehaving") this.close(closeCodes.policy, "channel.unknown");
      return;
    }
    const parsed = readControl(bytes, "agent");
    if (parsed === null) this.close(closeCodes.policy, "message.malformed");
    else if (!parsed.ok) this.#countBadMessage(parsed);
    else this.#handle(parsed);
  }

  #handle(parsed: Exclude<Parsed, { ok: false }>): void {
    const { toolRequests } = this.parts;
    const session = this.#attachment!.session;
    if (parsed.kind === "reply") toolRequests.replied(this, parsed);
    else if (parsed.kind === "tool-event") this.parts.toolEvents.spread(session, parsed);
    else if (parsed.kind !== "message") this.close(closeCodes.policy, "protocol.out_of_order");
    else if (parsed.message.type === "error") toolRequests.refused(this, parsed.message);
    else if (parsed.message.type === "tool.progress") toolRequests.progressed(this, parsed.message);
    else this.close(closeCodes.policy, "protocol.out_of_order");
  }

  /** A newer agent may know messages we do not; anything else that is off is counted against it. */
  #countBadMessage(refusal: Extract<Parsed, { ok: false }>): void {
    if (refusal.request !== null) this.parts.toolRequests.malformed(this, refusal.request, refusal.detail);
    if (refusal.code === "message.unknown") return;
    this.#badMessages += 1;
    if (this.#badMessages > MAX_BAD_MESSAGES) this.close(closeCodes.policy, refusal.code);
  }
}
