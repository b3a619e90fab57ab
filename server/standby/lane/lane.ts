/** One lane between two appliances: the handshake, then sealed messages, in order, until either ends it. */
import {
  decodeLaneMessage,
  encodeLaneMessage,
  encodeLaneWord,
  type LaneMessage,
  type LaneWord,
  MAX_LANE_MESSAGE_BYTES,
} from "../../../protocol/standby.ts";
import { type Admitted, answerChallenge, checkWelcome, HandshakeError, type Seals, welcome } from "./handshake.ts";
import { type EphemeralKey, makeEphemeralKey, type PairKeys } from "./pair-keys.ts";

/** A peer proves itself within so long. */
const HANDSHAKE_MS = 10_000;
/** The primary says something each second, and the standby answers: silence for so long is a line that is dead. */
const SILENCE_MS = 15_000;

/** What carries a lane. */
export interface Wire {
  /** `false`: it was not taken, the line is over. */
  send(bytes: Uint8Array<ArrayBuffer>): boolean;
  close(): void;
}

/** The side that was dialled admits; the side that dials knows whom it wants to meet. */
export type LaneSide =
  | { readonly kind: "host"; readonly keys: PairKeys; admitted(): Admitted }
  | { readonly kind: "dialler"; readonly keys: PairKeys; readonly hostKey: string; readonly invitation: string | null };

export interface LaneOpened {
  readonly peerKey: string;
  /** It came by the invitation. */
  readonly isInvited: boolean;
}

export interface LaneEvents {
  onOpen(lane: Lane, opened: LaneOpened): void;
  onMessage(lane: Lane, message: LaneMessage): void;
  /** Once, whatever the stage. */
  onClose(lane: Lane, reason: string): void;
}

export class Lane {
  readonly #ephemeral: EphemeralKey = makeEphemeralKey();
  #challenge: Extract<LaneWord, { type: "challenge" }> | null = null;
  #seals: Seals | null = null;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout>;

  /** The host speaks first. */
  constructor(
    private readonly wire: Wire,
    private readonly side: LaneSide,
    private readonly events: LaneEvents,
  ) {
    this.#timer = setTimeout(() => this.end("it took too long to prove who it is"), HANDSHAKE_MS);
    if (side.kind === "host") this.#sendPlain({ type: "challenge", ephemeral: this.#ephemeral.publicKey });
  }

  /** Whether the other one has proved who it is. */
  get isProved(): boolean {
    return this.#seals !== null;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends a message; once the lane is over, nothing. */
  send(message: LaneMessage): void {
    if (this.#isOver || this.#seals === null) return;
    if (!this.wire.send(this.#seals.outward.seal(...encodeLaneMessage(message)))) this.end("the line was lost");
  }

  /** What the line brought; a message that is not as it should be ends the lane. */
  received(bytes: Uint8Array): void {
    if (this.#isOver) return;
    try {
      if (bytes.length > MAX_LANE_MESSAGE_BYTES) throw new HandshakeError("a message is too long");
      if (this.#seals === null) this.#shakeHands(decodeLaneMessage(bytes));
      else this.#open(this.#seals, bytes);
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error));
    }
  }

  /** Ends it, for a reason that the log gets. */
  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.wire.close();
    this.events.onClose(this, reason);
  }

  #open(seals: Seals, bytes: Uint8Array): void {
    const opened = seals.inward.open(bytes);
    const message = opened === null ? null : decodeLaneMessage(opened);
    if (message === null) throw new HandshakeError("a message does not fit: altered, repeated, or of another release");
    this.#waitForMore();
    this.events.onMessage(this, message);
  }

  #shakeHands(word: LaneMessage | null): void {
    const own = { keys: this.side.keys, ephemeral: this.#ephemeral };
    if (this.side.kind === "host" && word?.type === "hello") {
      const answer = welcome(word, own, this.side.admitted());
      this.#sendPlain(answer.word);
      this.#opened(answer.seals, { peerKey: word.key, isInvited: answer.isInvited });
    } else if (this.side.kind === "dialler" && word?.type === "challenge" && this.#challenge === null) {
      this.#challenge = word;
      this.#sendPlain(answerChallenge(word, { ...own, invitation: this.side.invitation }, this.side.hostKey));
    } else if (this.side.kind === "dialler" && word?.type === "welcome" && this.#challenge !== null) {
      const { hostKey, invitation } = this.side;
      const seals = checkWelcome(word, this.#challenge, own, hostKey);
      this.#opened(seals, { peerKey: hostKey, isInvited: invitation !== null });
    } else {
      throw new HandshakeError("the other one does not speak as one of a pair");
    }
  }

  #opened(seals: Seals, opened: LaneOpened): void {
    this.#seals = seals;
    this.#waitForMore();
    this.events.onOpen(this, opened);
  }

  #waitForMore(): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = setTimeout(() => this.end("the other one has gone silent"), SILENCE_MS);
  }

  #sendPlain(word: LaneWord): void {
    if (!this.wire.send(encodeLaneWord(word))) this.end("the line was lost");
  }
}
