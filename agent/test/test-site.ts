/** A scripted site: a real TLS server on a free port that speaks the agent's paths and says what a test tells it to. */
import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { ServerWebSocket } from "bun";
import { CompactSign } from "jose";
import { CONTROL_CHANNEL, decodeFrame, encodeFrame, type Frame, FrameKind } from "../../protocol/frame.ts";
import {
  AGENT_SESSION_SOCKET_PATH,
  AGENT_SOCKET_PATH,
  type InstallerFile,
  TRUST_BUNDLE_PATH,
  type TrustBundle,
} from "../../protocol/hello.ts";
import { encodeMessage, type Parsed, parseMessage } from "../../protocol/parse.ts";
import type { TestCertificate } from "./certificates.ts";

interface SocketData {
  readonly path: string;
  peer: TestPeer | null;
}

/** 22 characters, as ids are. */
export const makeId = (): string => randomBytes(16).toString("base64url");

/** One connection of the agent, with everything it sent. */
export class TestPeer {
  readonly frames: Frame[] = [];
  readonly messages: Parsed[] = [];
  readonly closed = Promise.withResolvers<void>();
  #waiting: { matches(): unknown; resolve(value: unknown): void }[] = [];

  constructor(private readonly socket: ServerWebSocket<SocketData>) {}

  get path(): string {
    return this.socket.data.path;
  }

  send(message: { readonly type: string } & Record<string, unknown>): void {
    this.sendBytes(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message)));
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.socket.sendBinary(bytes);
  }

  close(): void {
    this.socket.close();
  }

  /** Cuts the connection without a closing handshake. */
  cut(): void {
    this.socket.terminate();
  }

  /** Resolves with the first thing `find` finds, now or when more has come. */
  async until<T>(find: (peer: this) => T | undefined | null | false): Promise<T> {
    const found = find(this);
    if (found) return found;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#waiting.push({ matches: () => find(this), resolve });
    return (await promise) as T;
  }

  /** The first message of a type the agent sent, now or later. */
  message(type: string): Promise<Record<string, unknown>> {
    return this.until(() => {
      const found = this.messages.find((one) => one.ok && one.kind === "message" && one.message.type === type);
      return found?.ok === true && found.kind === "message" ? { ...found.message } : undefined;
    });
  }

  take(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes.slice());
    this.frames.push(frame);
    if (frame.kind === FrameKind.control) this.messages.push(parseMessage(frame.payload, "agent"));
    this.#waiting = this.#waiting.filter(({ matches, resolve }) => {
      const found = matches();
      if (found) resolve(found);
      return !found;
    });
  }
}

export class TestSite implements AsyncDisposable {
  readonly siteId = makeId();
  readonly #keys = generateKeyPairSync("ed25519");
  readonly siteKey: string = this.#keys.publicKey.export({ format: "jwk" }).x!;
  readonly peers: TestPeer[] = [];
  /** What GET /gateway/trust answers; null: 404. */
  publishedBundle: string | null = null;
  #server: Bun.Server<SocketData>;
  #waiting: (() => void)[] = [];

  constructor(certificate: TestCertificate, port = 0) {
    this.#server = this.#serve(certificate, port);
  }

  get port(): number {
    return this.#server.port!;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** Replaces the certificate: everybody is cut off and meets the new one at the same port. */
  async showCertificate(certificate: TestCertificate): Promise<void> {
    const { port } = this;
    await this.#server.stop(true);
    this.#server = this.#serve(certificate, port);
  }

  /** A trust bundle signed by the site's key, or by somebody else's. */
  async signBundle(bundle: Partial<TrustBundle>, key: KeyObject = this.#keys.privateKey): Promise<string> {
    const whole = {
      siteId: this.siteId,
      version: 1,
      issuedAt: new Date().toISOString(),
      keys: [],
      roots: [],
      ...bundle,
    };
    const payload = new TextEncoder().encode(JSON.stringify(whole));
    return new CompactSign(payload).setProtectedHeader({ alg: "EdDSA" }).sign(key);
  }

  async installer(keys: readonly string[]): Promise<InstallerFile> {
    return {
      site: this.url,
      siteId: this.siteId,
      siteName: "Test site",
      siteKey: this.siteKey,
      token: randomBytes(32).toString("base64url"),
      trustBundle: await this.signBundle({ keys: [...keys] }),
    };
  }

  /** The n-th connection the agent made to `path`. */
  async peer(path: string, index = 0): Promise<TestPeer> {
    for (;;) {
      const found = this.peers.filter((peer) => peer.path === path)[index];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Lets the n-th standing connection in: challenge, greeting, welcome. Returns what the agent sent for itself. */
  async welcome(
    index = 0,
    { jumpClient = makeId(), ...more }: { jumpClient?: string } & Record<string, unknown> = {},
  ): Promise<{ peer: TestPeer; hello: Record<string, unknown>; jumpClient: string }> {
    const peer = await this.peer(AGENT_SOCKET_PATH, index);
    peer.send({
      type: "agent.challenge",
      protocol: 1,
      siteId: this.siteId,
      nonce: randomBytes(32).toString("base64url"),
    });
    const hello = await Promise.race([peer.message("agent.hello"), peer.message("agent.enrol")]);
    const intervals = { heartbeatIntervalMs: 30_000, statisticsIntervalMs: 60_000 };
    peer.send({ type: "agent.welcome", jumpClient, name: "Test computer", ...intervals, ...more });
    return { peer, hello, jumpClient };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  #serve({ key, cert }: TestCertificate, port: number): Bun.Server<SocketData> {
    const upgradable = [AGENT_SOCKET_PATH, AGENT_SESSION_SOCKET_PATH];
    return Bun.serve<SocketData>({
      port,
      hostname: "127.0.0.1",
      tls: { key, cert },
      fetch: (request, server) => {
        const path = new URL(request.url).pathname;
        if (upgradable.includes(path) && server.upgrade(request, { data: { path, peer: null } })) return undefined;
        const bundle = path === TRUST_BUNDLE_PATH ? this.publishedBundle : null;
        return new Response(bundle, { status: bundle === null ? 404 : 200 });
      },
      websocket: {
        open: (socket) => this.#opened(socket),
        message: (socket, bytes) => socket.data.peer?.take(bytes as Buffer),
        close: (socket) => socket.data.peer?.closed.resolve(),
      },
    });
  }

  #opened(socket: ServerWebSocket<SocketData>): void {
    socket.data.peer = new TestPeer(socket);
    this.peers.push(socket.data.peer);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
