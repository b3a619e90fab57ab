/** Sockets whose peer has not proved who it is: how many there may be, and for how long. */
import { networkOf } from "../address.ts";

/**
 * Unproved sockets the server holds at once. Each can make it hold an unfinished frame of 1 MiB, so this is also what
 * strangers can cost in memory: 1 GiB. A whole fleet that reconnects waits its turn by its own back-off.
 */
export const MAX_UNPROVED = 1024;
/** Unproved sockets from one network; many Jump Clients may stand behind one NAT. */
export const MAX_UNPROVED_PER_NETWORK = 512;
/** How long a peer may take to prove itself. */
export const PROOF_TIMEOUT_MS = 10_000;

/** A socket that can be shut when its time is up. */
export interface UnprovedSocket {
  readonly address: string;
  proofTimedOut(): void;
}

export class UnprovedSockets {
  /** In the order they came, so the first ones run out first. */
  readonly #deadlines = new Map<UnprovedSocket, number>();
  readonly #byNetwork = new Map<string, number>();

  constructor(readonly timeoutMs = PROOF_TIMEOUT_MS) {}

  get size(): number {
    return this.#deadlines.size;
  }

  /** Whether one more from this address may come. */
  hasRoomFor(address: string): boolean {
    const fromNetwork = this.#byNetwork.get(networkOf(address)) ?? 0;
    return this.#deadlines.size < MAX_UNPROVED && fromNetwork < MAX_UNPROVED_PER_NETWORK;
  }

  add(socket: UnprovedSocket, nowMs: number): void {
    this.#deadlines.set(socket, nowMs + this.timeoutMs);
    const network = networkOf(socket.address);
    this.#byNetwork.set(network, (this.#byNetwork.get(network) ?? 0) + 1);
  }

  /** The socket has proved itself or is gone; calling it again is nothing. */
  delete(socket: UnprovedSocket): void {
    if (!this.#deadlines.delete(socket)) return;
    const network = networkOf(socket.address);
    const left = (this.#byNetwork.get(network) ?? 1) - 1;
    if (left === 0) this.#byNetwork.delete(network);
    else this.#byNetwork.set(network, left);
  }

  /** Shuts those whose time is up. */
  sweep(nowMs: number): void {
    for (const [socket, deadline] of [...this.#deadlines]) {
      if (deadline > nowMs) return;
      this.delete(socket);
      socket.proofTimedOut();
    }
  }
}
