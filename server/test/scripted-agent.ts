/** An agent in a test: real keys and real sockets, and none of the agent's code. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { AGENT_SESSION_SOCKET_PATH, AGENT_SOCKET_PATH, agentProof } from "../../protocol/hello.ts";
import type { SystemFacts, SystemStatistics } from "../../protocol/messages/agent.ts";
import { type AnyMessage, type Came, ScriptedSocket } from "./scripted-socket.ts";

export const FACTS: SystemFacts = {
  hostName: "finch",
  platform: "linux",
  architecture: "x64",
  operatingSystem: "Debian GNU/Linux 12 (bookworm)",
  agentVersion: "0.1.0",
  privateAddresses: ["10.1.2.3"],
  bootedAt: "2026-11-20T08:00:00.000Z",
};
export const STATISTICS: SystemStatistics = {
  cpuPercent: 12.5,
  memoryTotalBytes: 8 << 30,
  memoryUsedBytes: 4 << 30,
  disks: [{ name: "/", totalBytes: 100e9, usedBytes: 40e9 }],
  signedInUsers: ["ines"],
  isScreenLocked: false,
  hasDisplay: true,
};

/** The two lanes of a support session at the agent. */
export interface ScriptedLanes {
  readonly session: string;
  readonly interactive: ScriptedSocket;
  readonly bulk: ScriptedSocket;
}

export class ScriptedAgent implements Disposable {
  readonly publicKey: string;
  readonly #privateKey: KeyObject;
  readonly #sockets = new Set<ScriptedSocket>();
  /** Set by enrol(). */
  jumpClient = "";

  constructor(readonly url: string) {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    this.publicKey = publicKey.export({ format: "jwk" }).x!;
    this.#privateKey = privateKey;
  }

  /** A socket with the challenge it was given. */
  async challenge(): Promise<{ socket: ScriptedSocket; siteId: string; nonce: string }> {
    const socket = await this.dial(AGENT_SOCKET_PATH);
    const { siteId, nonce } = await socket.next("agent.challenge");
    return { socket, siteId, nonce };
  }

  async dial(path: string, headers: Record<string, string> = {}): Promise<ScriptedSocket> {
    const socket = await ScriptedSocket.open(`${this.url}${path}`, headers);
    this.#sockets.add(socket);
    return socket;
  }

  /** What a hello and an enrolment have in common, signed for this site and nonce. */
  hello(siteId: string, nonce: string): AnyMessage {
    return {
      type: "agent.hello",
      protocol: 1,
      capabilities: ["files", "shell.pty", "screen.x11"],
      publicKey: this.publicKey,
      signature: this.sign(agentProof(siteId, nonce, this.publicKey)),
      facts: FACTS,
      statistics: STATISTICS,
      jumpClient: this.jumpClient,
      sessions: [],
      trustBundleVersion: 0,
    };
  }

  sign(bytes: Uint8Array): string {
    return sign(null, bytes, this.#privateKey).toString("base64url");
  }

  /** Enrols with an installer's token; the socket is online afterwards. */
  async enrol(token: string, change: Record<string, unknown> = {}): Promise<ScriptedSocket> {
    const { socket, siteId, nonce } = await this.challenge();
    socket.send({ ...this.hello(siteId, nonce), type: "agent.enrol", token, ...change });
    const welcome = await socket.next("agent.welcome");
    this.jumpClient = welcome.jumpClient;
    return socket;
  }

  /** Comes back under the key it enrolled. */
  async connect(change: Record<string, unknown> = {}): Promise<ScriptedSocket> {
    const { socket, siteId, nonce } = await this.challenge();
    socket.send({ ...this.hello(siteId, nonce), type: "agent.hello", ...change });
    await socket.next("agent.welcome");
    return socket;
  }

  /** Dials both lanes as a session.begin says. */
  async attach(begin: Came<"session.begin">): Promise<ScriptedLanes> {
    const interactive = await this.attachLane(begin.interactiveTicket);
    const bulk = await this.attachLane(begin.bulkTicket);
    return { session: begin.session, interactive, bulk };
  }

  async attachLane(ticket: string): Promise<ScriptedSocket> {
    const socket = await this.dial(AGENT_SESSION_SOCKET_PATH);
    socket.send({ type: "session.attach", protocol: 1, ticket });
    await socket.next("session.attached");
    return socket;
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket[Symbol.dispose]();
  }
}
