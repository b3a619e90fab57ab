import type { RepresentativeId, SupportSessionId } from "../../protocol/ids.ts";
import type { ConsoleEnd } from "./console-end.ts";

/** The consoles that are signed on, by representative; each browser tab is one. */
export class ConsoleSockets {
  readonly #byRepresentative = new Map<RepresentativeId, Set<ConsoleEnd>>();

  of(representative: string): ReadonlySet<ConsoleEnd> {
    return this.#byRepresentative.get(representative as RepresentativeId) ?? new Set();
  }

  *all(): Iterable<ConsoleEnd> {
    for (const sockets of this.#byRepresentative.values()) yield* sockets;
  }

  /** Returns whether it is the first console of that representative. */
  add(representative: RepresentativeId, socket: ConsoleEnd): boolean {
    const sockets = this.#byRepresentative.get(representative) ?? new Set();
    this.#byRepresentative.set(representative, sockets);
    sockets.add(socket);
    return sockets.size === 1;
  }

  /** Returns whether it was the last console of that representative. */
  delete(representative: RepresentativeId, socket: ConsoleEnd): boolean {
    const sockets = this.#byRepresentative.get(representative);
    if (!sockets?.delete(socket) || sockets.size > 0) return false;
    this.#byRepresentative.delete(representative);
    return true;
  }

  /** Representatives who hold an open input channel in the session. */
  controlling(session: SupportSessionId): Set<string> {
    const controlling = new Set<string>();
    for (const [representative, sockets] of this.#byRepresentative)
      for (const socket of sockets)
        for (const channel of socket.channels)
          if (channel.kind === "input" && channel.session === session) controlling.add(representative);
    return controlling;
  }
}
