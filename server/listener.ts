/**
 * The listening socket: one Bun.serve with TLS. A new certificate is a second Bun.serve on the same port (SO_REUSEPORT),
 * after which the old one takes no new connections; the ones it has, sockets above all, live on. `server.reload()` would
 * ignore a new certificate (Bun 1.4.5).
 *
 * What the swap cannot spare: `stop(false)` closes connections without a request under way, also one that is just being
 * made. Its client sees a reset and connects again, as browsers and agents do by themselves. Stopping the old server
 * a little later changes nothing: with SO_REUSEPORT it is given every other new connection until it stops.
 */
import { constants } from "node:crypto";
import type { Server } from "bun";
import { MAX_FRAME_BYTES } from "../protocol/frame.ts";
import type { Gateway, SocketData } from "./gateway/gateway-interface.ts";

/** The largest request body: an upload's slice and room to spare. */
const MAX_REQUEST_BODY_BYTES = 32 << 20;
/**
 * A quiet HTTP connection is closed after so long, and so is one whose request or answer takes longer, unless that request
 * may (`server.timeout`). Bun itself gives the head of a request about eleven seconds, however slowly it drips (measured).
 */
export const HTTP_IDLE_SECONDS = 120;
/** A socket that neither sends nor answers pings is closed after so long. */
const SOCKET_IDLE_SECONDS = 60;
/** How long requests under way may take when the server stops. */
const GRACE_MS = 2000;
/** Past this a socket's own buffer drops frames; senders stop far below it and look at what send() returns. */
const SOCKET_BUFFER_BYTES = 16 << 20;

export interface ListenerOptions {
  readonly hostname: string;
  /** 0: the system chooses; the choice is kept. */
  readonly port: number;
  /** Others of ours listen on this port, or did a moment ago: whether a stranger does is not asked. */
  readonly isOurPort?: boolean;
  readonly certificate: ListenerCertificate;
  /** Older versions are refused in the handshake; never older than 1.2. */
  readonly minimumTlsVersion: TlsVersion;
  readonly websocket: Gateway["websocket"];
  fetch(request: Request, server: Server<SocketData>): Response | undefined | Promise<Response | undefined>;
  /** Hears of what fetch() threw; whoever asked is told 500 and nothing else. */
  failed(error: unknown): void;
}
export type TlsVersion = "1.2" | "1.3";
/** PEM texts. */
export interface ListenerCertificate {
  readonly chainPem: string;
  readonly keyPem: string;
}

export class Listener implements AsyncDisposable {
  readonly #options: ListenerOptions;
  #certificate: ListenerCertificate;
  #minimumTlsVersion: TlsVersion;
  #current: Server<SocketData>;
  /** Servers that take no new connections, each with the promise of its end, which comes with its last connection. */
  readonly #ending = new Map<Server<SocketData>, Promise<void>>();
  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#certificate = options.certificate;
    this.#minimumTlsVersion = options.minimumTlsVersion;
    const port = options.isOurPort === true ? options.port : refuseTakenPort(options.hostname, options.port);
    this.#current = this.#start(port);
  }

  get port(): number {
    return this.#current.port!;
  }

  /** Serves another certificate to every connection from now on. */
  replaceCertificate(certificate: ListenerCertificate): void {
    this.#certificate = certificate;
    this.#startAnew();
  }

  /** Asks this of every connection from now on; those that are open stay. */
  requireTls(version: TlsVersion): void {
    if (version === this.#minimumTlsVersion) return;
    this.#minimumTlsVersion = version;
    this.#startAnew();
  }

  /** Takes no new connections; requests under way go on. */
  stopAccepting(): void {
    this.#end(this.#current);
  }

  /** Gives requests under way two seconds, then ends every connection and frees the port. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(this.#current);
    const { promise: grace, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, GRACE_MS);
    await Promise.race([Promise.all(this.#ending.values()), grace]);
    clearTimeout(timer);
    await Promise.all(Array.from(this.#ending.keys(), (server) => server.stop(true)));
  }

  #startAnew(): void {
    const former = this.#current;
    this.#current = this.#start(this.port);
    this.#end(former);
  }

  #start(port: number): Server<SocketData> {
    return start(this.#options, port, this.#certificate, this.#minimumTlsVersion);
  }

  #end(server: Server<SocketData>): void {
    if (this.#ending.has(server)) return;
    const ended = server.stop(false).then(() => void this.#ending.delete(server));
    this.#ending.set(server, ended);
  }
}

/**
 * With SO_REUSEPORT the system no longer refuses a port another server of ours holds: half the connections would go
 * there. So the port is taken once without it.
 */
function refuseTakenPort(hostname: string, port: number): number {
  try {
    const probe = Bun.listen({ hostname, port, socket: { data: () => undefined } });
    const taken = probe.port;
    probe.stop(true);
    return taken;
  } catch (error) {
    throw new Error(`${hostname}:${port} is taken, or not ours to listen on. Choose another with --listen.`, {
      cause: error,
    });
  }
}

function start(
  options: ListenerOptions,
  port: number,
  certificate: ListenerCertificate,
  minimumTlsVersion: TlsVersion,
): Server<SocketData> {
  // Bun's own default refuses what is older than 1.2 (measured).
  const secureOptions = minimumTlsVersion === "1.3" ? constants.SSL_OP_NO_TLSv1_2 : 0;
  return Bun.serve<SocketData>({
    hostname: options.hostname,
    port,
    reusePort: true,
    development: false,
    tls: { cert: certificate.chainPem, key: certificate.keyPem, secureOptions },
    idleTimeout: HTTP_IDLE_SECONDS,
    maxRequestBodySize: MAX_REQUEST_BODY_BYTES,
    fetch: (request, server) => options.fetch(request, server),
    error: (error) => {
      options.failed(error);
      return new Response(null, { status: 500 });
    },
    websocket: {
      ...options.websocket,
      perMessageDeflate: false,
      maxPayloadLength: MAX_FRAME_BYTES + 1024,
      backpressureLimit: SOCKET_BUFFER_BYTES,
      closeOnBackpressureLimit: false,
      idleTimeout: SOCKET_IDLE_SECONDS,
      sendPings: true,
    },
  });
}
