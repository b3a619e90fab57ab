import type { Refusal } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/messages.ts";
import type { Actor } from "../actor.ts";
import type { ChannelEnd } from "./relay.ts";

/** A console's socket as everything but the socket itself sees it. */
export interface ConsoleEnd extends ChannelEnd {
  /** Who is signed on; null before and after. */
  readonly actor: Actor | null;
  /** The console's own request numbers that wait, with the number each has on the agent's lane. */
  readonly requests: Map<number, number>;
  /** The console's requests that wait for the customer, each with what waits no longer. */
  readonly askings: Map<number, AbortController>;
  /** Messages that are being dealt with. */
  messagesInFlight: number;
  /** Sends a control frame; a console that no longer reads is closed and comes back for the whole state. */
  send(frame: Uint8Array<ArrayBuffer>): void;
  tell(message: Message): void;
  /** Refuses a request, or with null something that was no request. */
  refuse(request: number | null, refusal: Refusal): void;
  /** The sign-in is over: said, and everything shut at once (NA38). */
  signOut(why: Refusal): void;
  close(code: number, reason: string): void;
}
