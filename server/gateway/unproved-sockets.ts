/** Sockets whose peer has not proved who it is: how many there may be, and for how long. */

/** Unproved sockets the server holds at once. A whole fleet that reconnects waits its turn by its own back-off. */
export const MAX_UNPROVED = 4096;
/** Unproved sockets from one address; many Jump Clients may stand behind one NAT. */
export const MAX_UNPROVED_PER_ADDRESS = 1024;
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
  readonly #byAddress = new Map<string, number>();

  constructor(readonly timeoutMs = PROOF_TIMEOUT_MS) {}

  get size(): number {
    return this.#deadlines.size;
  }

  /** Whether one more from this address may come. */
  hasRoomFor(address: string): boolean {
    return this.#deadlines.size < MAX_UNPROVED && (this.#byAddress.get(address) ?? 0) < MAX_UNPROVED_PER_ADDRESS;
  }

  add(socket: UnprovedSocket, nowMs: number): void {
    this.#deadlines.set(socket, nowMs + this.timeoutMs);
    this.#byAddress.set(socket.address, (this.#byAddress.get(socket.address) ?? 0) + 1);
  }

  /** The socket has proved itself or is gone; calling it again is nothing. */
  delete(socket: UnprovedSocket): void {
    if (!this.#deadlines.delete(socket)) return;
    const left = (this.#byAddress.get(socket.address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(socket.address);
    else this.#byAddress.set(socket.address, left);
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
