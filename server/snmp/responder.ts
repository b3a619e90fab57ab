/**
 * Answers SNMP questions of one user: version 3 alone, proved and encrypted. Who proves nothing hears at most who we are and
 * what our clock says, without which nobody could begin (RFC 3414, section 4). Everything else is not answered at all.
 */
import { timingSafeEqual } from "node:crypto";
import { answerTo } from "./answers.ts";
import { berOctets } from "./ber.ts";
import { FLAG, type Message, readMessage, writeMessage, type Written } from "./message.ts";
import type { MibView } from "./mib-view.ts";
import { objectId } from "./object-id.ts";
import { type Answer, type Question, readDecrypted, readQuestion, writeAnswer, writeBindings } from "./scoped-pdu.ts";
import { counter } from "./snmp-value.ts";
import {
  decrypt,
  encrypt,
  type EngineClock,
  isProved,
  MAC_BYTES,
  macOf,
  type Salts,
  type UserKeys,
} from "./user-security.ts";

/** The longest packet that is looked at. */
export const MAX_REQUEST_BYTES = 4096;
/** The longest packet that is sent: it fits into one datagram on every usual line. */
const MAX_RESPONSE_BYTES = 1400;
/** What an answer needs beside its bindings, at most. */
const ENVELOPE_BYTES = 220;
/** A message may be so many seconds old (RFC 3414, section 2.2.3). */
const WINDOW_SECONDS = 150;
const MAX_BOOTS = 0x7fff_ffff;
const NOT_IN_TIME = objectId("1.3.6.1.6.3.15.1.1.2.0");
const UNKNOWN_ENGINE = objectId("1.3.6.1.6.3.15.1.1.4.0");

/** Why nobody is answered. */
export type Unanswered =
  "malformed" | "older-version" | "not-encrypted" | "unknown-user" | "wrong-key" | "other-context";
/**
 * What becomes of a packet. An introduction tells whoever asks who we are and nothing else; a correction tells somebody who
 * has proved themselves what our clock says.
 */
export type Outcome =
  | { readonly kind: "answer" | "introduction" | "correction"; readonly packet: Uint8Array }
  | { readonly kind: "unanswered"; readonly why: Unanswered };

export interface ResponderNeeds {
  readonly engineId: Uint8Array;
  /** Counts the engine's starts, and the seconds since the last. */
  clock(): EngineClock;
  readonly username: string;
  readonly keys: UserKeys;
  readonly salts: Salts;
  /** What can be read now. */
  view(): Promise<MibView>;
}

export class Responder {
  #reports = { unknownEngine: 0, notInTime: 0 };
  constructor(private readonly needs: ResponderNeeds) {}

  /** Never throws for what a packet holds. */
  async respond(packet: Uint8Array): Promise<Outcome> {
    const message = packet.length > MAX_REQUEST_BYTES ? "malformed" : readMessage(packet);
    if (message === "malformed") return { kind: "unanswered", why: "malformed" };
    if (message === "other") return { kind: "unanswered", why: "older-version" };
    if (!isSame(message.engineId, this.needs.engineId)) return this.#introduce(message);
    const why = this.#whyRefused(packet, message);
    if (why !== null) return { kind: "unanswered", why };
    if (!this.#isInTime(message)) return this.#tellTime(message);
    const question = this.#open(message);
    // It is proved, so what does not open was encrypted with another key.
    if (question === null) return { kind: "unanswered", why: "wrong-key" };
    if (!this.#isOfOurContext(question)) return { kind: "unanswered", why: "other-context" };
    const answer = await this.#answer(message, question);
    return { kind: "answer", packet: this.#seal(message, answer) };
  }

  #whyRefused(packet: Uint8Array, message: Message): Unanswered | null {
    const { username, keys } = this.needs;
    const both = FLAG.authenticated | FLAG.encrypted;
    if ((message.flags & both) !== both) return "not-encrypted";
    if (message.username !== username) return "unknown-user";
    return isProved(packet, message, keys.authentication) ? null : "wrong-key";
  }

  /** INVARIANT: it was proved before. An old message is no message: whoever heard one cannot send it again later. */
  #isInTime({ engineBoots, engineTime }: Message): boolean {
    const { boots, seconds } = this.needs.clock();
    return boots < MAX_BOOTS && engineBoots === boots && Math.abs(engineTime - seconds) <= WINDOW_SECONDS;
  }

  #open(message: Message): Question | null {
    const { engineBoots: boots, engineTime: seconds, scoped, salt } = message;
    const plain = decrypt(scoped, salt, { boots, seconds }, this.needs.keys);
    return plain === null ? null : readDecrypted(plain);
  }

  /** There is one context: this engine's own, whose name is empty (RFC 3412, section 7.2). It goes into the answer as it came. */
  #isOfOurContext({ contextEngineId, contextName }: Question): boolean {
    return contextName.length === 0 && isSame(contextEngineId, this.needs.engineId);
  }

  async #answer({ maxSize }: Message, question: Question): Promise<Answer> {
    const mostBytes = Math.min(maxSize, MAX_RESPONSE_BYTES) - ENVELOPE_BYTES;
    const answered = answerTo(question, await this.needs.view(), mostBytes);
    const { requestId, contextEngineId } = question;
    return { kind: "response", contextEngineId, requestId, ...answered };
  }

  /** Whoever asks another engine, or none, hears who we are. */
  #introduce(message: Message): Outcome {
    if ((message.flags & FLAG.reportable) === 0) return { kind: "unanswered", why: "malformed" };
    this.#reports.unknownEngine += 1;
    const requestId = (message.flags & FLAG.encrypted) === 0 ? (readQuestion(message.scoped)?.requestId ?? 0) : 0;
    const bindings = writeBindings([{ name: UNKNOWN_ENGINE, value: counter(this.#reports.unknownEngine) }]);
    const scoped = writeAnswer({ ...this.#report(requestId), bindings });
    const none = new Uint8Array();
    const { packet } = writeMessage({
      ...this.#envelope(message),
      flags: 0,
      username: "",
      mac: none,
      salt: none,
      scoped,
    });
    return { kind: "introduction", packet };
  }

  /** Whoever has the key and another idea of our clock hears what it says, proved by us. */
  #tellTime(message: Message): Outcome {
    if ((message.flags & FLAG.reportable) === 0) return { kind: "unanswered", why: "malformed" };
    this.#reports.notInTime += 1;
    const bindings = writeBindings([{ name: NOT_IN_TIME, value: counter(this.#reports.notInTime) }]);
    const scoped = writeAnswer({ ...this.#report(0), bindings });
    const flags = FLAG.authenticated;
    return {
      kind: "correction",
      packet: this.#prove({ ...this.#envelope(message), flags, salt: new Uint8Array(), scoped }),
    };
  }

  #seal(message: Message, answer: Answer): Uint8Array {
    const envelope = this.#envelope(message);
    const salt = this.needs.salts.take();
    const clock = { boots: envelope.engineBoots, seconds: envelope.engineTime };
    const scoped = berOctets(encrypt(writeAnswer(answer), salt, clock, this.needs.keys));
    return this.#prove({ ...envelope, flags: FLAG.authenticated | FLAG.encrypted, salt, scoped });
  }

  #prove(message: Omit<Written, "mac">): Uint8Array {
    const { packet, macOffset } = writeMessage({ ...message, mac: new Uint8Array(MAC_BYTES) });
    packet.set(macOf(packet, macOffset, this.needs.keys.authentication), macOffset);
    return packet;
  }

  #envelope({ messageId }: Message) {
    const { engineId, username } = this.needs;
    const { boots, seconds } = this.needs.clock();
    return { messageId, maxSize: MAX_REQUEST_BYTES, engineId, engineBoots: boots, engineTime: seconds, username };
  }

  #report(requestId: number) {
    return { kind: "report", contextEngineId: this.needs.engineId, requestId, errorStatus: 0, errorIndex: 0 } as const;
  }
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
