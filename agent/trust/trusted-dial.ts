/**
 * Dials the site over TLS that SiteTrust has accepted, and nothing else.
 * INVARIANT: never ws://, and never a connection whose certificate was not checked.
 */
import { MAX_FRAME_BYTES } from "../../protocol/frame.ts";
import type { Dial, Socket, SocketEvents } from "../connection/socket.ts";
import { PinnedWebSocket } from "../web-socket/pinned-web-socket.ts";
import type { PeerCertificate } from "./peer-certificate.ts";
import type { SiteTrust } from "./site-trust.ts";

/** How long a server may take from the first packet to the open socket. */
export const DIAL_TIMEOUT_MS = 30_000;

/** A dial that first tries the certificate it knows, and looks again when the server no longer shows it. */
export function createTrustedDial(trust: SiteTrust): Dial {
  return (path, events) => new TrustedSocket(trust, path, events);
}

class TrustedSocket implements Socket {
  #socket: PinnedWebSocket | null = null;
  #isOver = false;

  constructor(
    private readonly trust: SiteTrust,
    private readonly path: string,
    private readonly events: SocketEvents,
  ) {
    queueMicrotask(() => this.#begin());
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#socket?.send(frame);
  }

  close(): void {
    if (this.#isOver) return;
    // A half-open connection never answers the closing handshake: the owner is told at once.
    queueMicrotask(() => this.#over("closed by the agent"));
    this.#socket?.close();
  }

  #begin(): void {
    if (this.#isOver) return;
    const { pinned } = this.trust;
    if (pinned === null) void this.#look();
    else this.#connect(pinned, true);
  }

  async #look(): Promise<void> {
    const answer = await this.trust.accept();
    if (this.#isOver) return;
    if (answer.ok) this.#connect(answer.certificate, false);
    else this.#over(answer.reason);
  }

  #connect(certificate: PeerCertificate, mayLookAgain: boolean): void {
    const options = {
      url: new URL(this.path, this.trust.site),
      certificate: certificate.raw,
      timeoutMs: DIAL_TIMEOUT_MS,
      maxMessageBytes: MAX_FRAME_BYTES,
    };
    const socket = new PinnedWebSocket(options, {
      onOpen: () => (this.#isOver ? socket.close() : this.events.onOpen()),
      onMessage: (bytes) => {
        if (!this.#isOver) this.events.onFrame(bytes);
      },
      onClose: ({ reason, isOtherCertificate }) => {
        if (this.#isOver) return;
        if (isOtherCertificate && mayLookAgain) void this.#look();
        else this.#over(reason);
      },
    });
    this.#socket = socket;
  }

  #over(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.events.onClose(reason);
  }
}
