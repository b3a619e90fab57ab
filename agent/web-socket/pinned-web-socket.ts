/**
 * A WebSocket client that speaks to the holder of one certificate's key and to nobody else, whatever that certificate
 * says of its dates. Bun's own client looks at dates even where the certificate is pinned, and an endpoint whose clock is
 * wrong or whose site's certificate has run out would stay away.
 * INVARIANT: no byte is sent before the TLS handshake, in which the server proves that it holds the key of the certificate
 * it shows, is over and that certificate was compared byte by byte with the one to be met.
 */
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import type { Socket as TlsSocket } from "bun";
import { closeCodes, encodeClientFrame, FrameReader, Opcode, WebSocketError } from "./frames.ts";
import { MaskKeys } from "./mask-keys.ts";
import { readUpgradeAnswer, upgradeRequest } from "./upgrade.ts";

/** What may wait to be sent. Credit keeps it far below; past it the connection ends, for the server reads nothing. */
export const MAX_WAITING_BYTES = 64 << 20;
/** How long a server may take to close its side after ours. */
const CLOSE_TIMEOUT_MS = 5000;

export interface PinnedWebSocketOptions {
  /** https://host:port/path */
  readonly url: URL;
  /** The one leaf certificate that is accepted, DER. */
  readonly certificate: Uint8Array;
  /** From the first packet to the open socket. */
  readonly timeoutMs: number;
  readonly maxMessageBytes: number;
}

export interface PinnedWebSocketEvents {
  onOpen(): void;
  /** The view is only valid during the call. */
  onMessage(bytes: Uint8Array): void;
  /** Called once. */
  onClose(end: PinnedWebSocketEnd): void;
}

export interface PinnedWebSocketEnd {
  /** For the agent's log. */
  readonly reason: string;
  /** The server showed another certificate: who knows a newer one may look again. */
  readonly isOtherCertificate: boolean;
}

type Stage = "connecting" | "asking" | "open" | "closing" | "over";

export class PinnedWebSocket {
  readonly #key = randomBytes(16).toString("base64");
  readonly #maskKeys = new MaskKeys((bytes) => crypto.getRandomValues(bytes));
  readonly #reader: FrameReader;
  #timer: ReturnType<typeof setTimeout>;
  #stage: Stage = "connecting";
  #socket: TlsSocket | null = null;
  #answer: Uint8Array = new Uint8Array();
  /** Frames, the first perhaps in part, that the connection has not taken yet. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Why the socket is closing, once it is. */
  #reason: string | null = null;

  constructor(
    private readonly options: PinnedWebSocketOptions,
    private readonly events: PinnedWebSocketEvents,
  ) {
    this.#reader = new FrameReader(options.maxMessageBytes, {
      onMessage: (bytes) => this.#stage === "open" && this.events.onMessage(bytes),
      onPing: (payload) => this.#sendFrame(Opcode.pong, payload),
      onClose: (_code, reason) => this.#closedByPeer(reason),
    });
    this.#timer = setTimeout(() => this.#over("the server took too long to answer"), options.timeoutMs);
    void this.#connect();
  }

  /** Sends one binary message; before the socket is open, and after it, nothing. */
  send(message: Uint8Array): void {
    if (this.#stage === "open") this.#sendFrame(Opcode.binary, message);
  }

  /** Says goodbye and closes; `onClose` follows when the server has, or soon without it. */
  close(): void {
    if (this.#stage === "open") this.#closeWith(closeCodes.normal, "closed by the agent");
    else if (this.#stage !== "closing") this.#over("closed by the agent");
  }

  async #connect(): Promise<void> {
    const { url } = this.options;
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    try {
      await Bun.connect({
        hostname,
        port: Number(url.port || 443),
        // INVARIANT: what the chain is worth does not count here because #verify() asks for more: this very certificate.
        tls: { rejectUnauthorized: false, ...(isIP(hostname) === 0 ? { serverName: hostname } : {}) },
        socket: {
          open: (socket) => this.#connected(socket),
          handshake: (socket, isComplete, error) => this.#verify(socket, isComplete, error),
          data: (_, bytes) => this.#received(bytes),
          drain: () => this.#flush(),
          close: (_, error) => this.#over(error?.message ?? "the connection was lost"),
          error: (_, error) => this.#over(error.message),
          connectError: (_, error) => this.#over(error.message),
        },
      });
    } catch (error) {
      this.#over(error instanceof Error ? error.message : String(error));
    }
  }

  #connected(socket: TlsSocket): void {
    if (this.#stage === "over") socket.terminate();
    else this.#socket = socket;
  }

  /**
   * A handshake that failed may still have shown a certificate: a stranger can show ours, but only its owner completes it.
   * An error beside a complete one is about the chain.
   */
  #verify(socket: TlsSocket, isComplete: boolean, error: Error | null): void {
    if (this.#stage !== "connecting") return;
    if (!isComplete) {
      this.#over(`the TLS handshake failed: ${error?.message ?? "the connection was lost"}`);
      return;
    }
    if (Buffer.compare(socket.getPeerX509Certificate().raw, this.options.certificate) !== 0) {
      this.#over("the server shows another certificate than the one that was accepted", true);
      return;
    }
    this.#socket = socket;
    this.#stage = "asking";
    this.#write(upgradeRequest(this.options.url, this.#key));
  }

  #received(bytes: Uint8Array): void {
    try {
      if (this.#stage === "open" || this.#stage === "closing") this.#reader.push(bytes);
      else if (this.#stage === "asking") this.#readAnswer(bytes);
      else this.#over("the server spoke before it was asked");
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      this.#closeWith(error.closeCode, error.message);
    }
  }

  #readAnswer(bytes: Uint8Array): void {
    const received = Buffer.concat([this.#answer, bytes]);
    const answer = readUpgradeAnswer(received, this.#key);
    if (answer.kind === "refused") {
      this.#over(answer.reason);
    } else if (answer.kind === "incomplete") {
      this.#answer = received;
    } else {
      clearTimeout(this.#timer);
      this.#answer = new Uint8Array();
      this.#stage = "open";
      this.events.onOpen();
      this.#reader.push(received.subarray(answer.headBytes));
    }
  }

  #closedByPeer(reason: string): void {
    if (this.#stage === "open") this.#closeWith(closeCodes.normal, reason || "the connection was lost");
  }

  /** Sends the closing frame after all that still waits, and gives the server a while to close its side. */
  #closeWith(code: number, reason: string): void {
    if (this.#stage !== "open") return;
    this.#sendFrame(Opcode.close, Uint8Array.of(code >> 8, code & 0xff));
    this.#stage = "closing";
    this.#reason = reason;
    this.#timer = setTimeout(() => this.#over(reason), CLOSE_TIMEOUT_MS);
    this.#flush();
  }

  #sendFrame(opcode: Opcode, payload: Uint8Array): void {
    if (this.#stage === "open") this.#write(encodeClientFrame(opcode, payload, this.#maskKeys.next()));
  }

  #write(bytes: Uint8Array): void {
    const sent = this.#waiting.length === 0 ? this.#offer(bytes) : 0;
    if (sent === bytes.length) return;
    this.#waiting.push(sent === 0 ? bytes : bytes.subarray(sent));
    this.#waitingBytes += bytes.length - sent;
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#over("the server does not read what it is sent");
  }

  /** The connection can take more. */
  #flush(): void {
    while (this.#waiting.length > 0) {
      const first = this.#waiting[0]!;
      const sent = this.#offer(first);
      this.#waitingBytes -= sent;
      if (sent < first.length) {
        this.#waiting[0] = first.subarray(sent);
        return;
      }
      this.#waiting.shift();
    }
    if (this.#stage === "closing") this.#socket?.end();
  }

  /** How many of the bytes the connection took. */
  #offer(bytes: Uint8Array): number {
    return Math.max(0, this.#socket?.write(bytes) ?? 0);
  }

  #over(reason: string, isOtherCertificate = false): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#socket?.terminate();
    this.events.onClose({ reason: this.#reason ?? reason, isOtherCertificate });
  }
}
