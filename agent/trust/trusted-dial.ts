/**
 * Dials the site over TLS that SiteTrust has accepted, and nothing else. Bun's WebSocket asks `checkServerIdentity` only
 * where the chain verifies, so an accepted leaf is given to it as its one root, and compared byte by byte.
 * INVARIANT: never ws://, and never a connection whose certificate was not checked.
 */
import { timingSafeEqual } from "node:crypto";
import { MAX_FRAME_BYTES } from "../../protocol/frame.ts";
import type { Dial, Socket, SocketEvents } from "../connection/socket.ts";
import type { PeerCertificate } from "./peer-certificate.ts";
import type { SiteTrust } from "./site-trust.ts";

/** How long a server may take from the first packet to the open socket. */
export const DIAL_TIMEOUT_MS = 30_000;

/** A dial that first tries the certificate it knows, and looks again when the server no longer shows it. */
export function createTrustedDial(trust: SiteTrust): Dial {
  return (path, events) => new TrustedSocket(trust, path, events);
}

/** Bun's client, whose options and `terminate` the DOM's type of the same name does not know. */
const ClientSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => Bun.WebSocket;

class TrustedSocket implements Socket {
  #socket: Bun.WebSocket | null = null;
  #isOver = false;

  constructor(
    private readonly trust: SiteTrust,
    private readonly path: string,
    private readonly events: SocketEvents,
  ) {
    queueMicrotask(() => this.#begin());
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(frame);
  }

  close(): void {
    if (this.#isOver) return;
    this.#socket?.close();
    // A half-open connection never answers the closing handshake: the owner is told at once.
    queueMicrotask(() => this.#over("closed by the agent"));
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
    const url = new URL(this.path, this.trust.site);
    url.protocol = "wss:";
    const socket = new ClientSocket(url.href, { tls: pin(certificate) });
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    let isOpen = false;
    let failure = "the connection could not be made";
    const timer = setTimeout(() => socket.terminate(), DIAL_TIMEOUT_MS);
    socket.addEventListener("open", () => {
      isOpen = true;
      clearTimeout(timer);
      if (this.#isOver) socket.close();
      else this.events.onOpen();
    });
    socket.addEventListener("message", (event) => this.#receive(socket, event.data));
    socket.addEventListener("error", (event) => (failure = (event as Event & { message?: string }).message || failure));
    socket.addEventListener("close", (event) => {
      clearTimeout(timer);
      if (this.#isOver || this.#socket !== socket) return;
      if (isOpen) this.#over(event.reason || "the connection was lost");
      else if (mayLookAgain && /TLS|certificate/i.test(failure)) void this.#look();
      else this.#over(failure);
    });
  }

  #receive(socket: Bun.WebSocket, data: unknown): void {
    if (this.#isOver || this.#socket !== socket) return;
    if (data instanceof ArrayBuffer && data.byteLength <= MAX_FRAME_BYTES) this.events.onFrame(new Uint8Array(data));
    else this.close();
  }

  #over(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.events.onClose(reason);
  }
}

/** TLS options under which only this very certificate is accepted. */
function pin(certificate: PeerCertificate) {
  return {
    ca: certificate.pem,
    // The leaf stands for itself: without this, one that somebody else signed would need the rest of its chain.
    allowPartialTrustChain: true,
    rejectUnauthorized: true,
    checkServerIdentity: (_host: string, shown: { raw: Uint8Array }) =>
      shown.raw.length === certificate.raw.length && timingSafeEqual(shown.raw, certificate.raw)
        ? undefined
        : new Error("TLS: the server shows another certificate than the one that was accepted"),
  };
}
