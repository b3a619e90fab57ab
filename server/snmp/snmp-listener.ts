/** The socket at which SNMP questions come in. Loaded when SNMP is switched on. */
import type { SnmpRefusal } from "../../protocol/api/appliance/services.ts";
import { AppError } from "../../protocol/errors.ts";
import { networkOf } from "../address.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Networks } from "../security/networks.ts";
import { RateLimit } from "./rate-limit.ts";
import { Readings, type ReadingsSources } from "./readings.ts";
import { Responder } from "./responder.ts";
import { localKeys, Salts, type UserKeys } from "./user-security.ts";

/** Questions that are being answered; a further one is not answered. */
const MAX_PENDING = 64;
/** Every address of the machine, of both kinds; the second where it has no IPv6. */
const EVERYWHERE = ["::", "0.0.0.0"] as const;

export interface SnmpListenerOptions {
  readonly port: number;
  /** Who is answered; nobody else hears anything. */
  readonly networks: readonly string[];
  readonly username: string;
  readonly masters: UserKeys;
  readonly engineId: Uint8Array;
  readonly engineBoots: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly sources: ReadingsSources;
}
/** What was asked last. */
export interface SnmpNews {
  readonly lastAnsweredAt: string | null;
  readonly lastRefused: SnmpRefusal | null;
}

type Socket = Bun.udp.Socket<"buffer">;

export class SnmpListener implements Disposable {
  readonly #options: SnmpListenerOptions;
  readonly #networks: Networks;
  readonly #limit: RateLimit;
  readonly #responder: Responder;
  #pending = 0;
  #news: SnmpNews = { lastAnsweredAt: null, lastRefused: null };
  #socket: Socket | null = null;

  private constructor(options: SnmpListenerOptions) {
    const { clock, masters, engineId, engineBoots: boots, username, networks, sources } = options;
    const openedAtMs = clock.monotonicMs();
    const readings = new Readings(sources);
    this.#options = options;
    this.#networks = new Networks(networks);
    this.#limit = new RateLimit(() => clock.monotonicMs());
    this.#responder = new Responder({
      ...{ engineId, username, keys: localKeys(masters, engineId) },
      clock: () => ({ boots, seconds: Math.floor((clock.monotonicMs() - openedAtMs) / 1000) }),
      salts: new Salts(crypto.getRandomValues(new BigUint64Array(1))[0]!),
      view: () => readings.view(),
    });
  }

  /** @throws {AppError} network.invalid where the port cannot be listened on */
  static async open(options: SnmpListenerOptions): Promise<SnmpListener> {
    const listener = new SnmpListener(options);
    listener.#socket = await bind(options.port, (socket, packet, port, address) =>
      listener.#take(socket, packet, { port, address }),
    );
    return listener;
  }

  /** The port; for tests, who let the system choose. */
  get port(): number {
    return this.#socket?.port ?? 0;
  }

  get news(): SnmpNews {
    return this.#news;
  }

  [Symbol.dispose](): void {
    this.#socket?.close();
    this.#socket = null;
  }

  #take(socket: Socket, packet: Buffer, from: { readonly port: number; readonly address: string }): void {
    const address = from.address.replace(/^::ffff:/u, "");
    if (!this.#networks.has(address)) return this.#refuse(address, "network");
    if (!this.#limit.mayAsk(networkOf(address)) || this.#pending >= MAX_PENDING) return;
    this.#pending += 1;
    this.#answer(socket, Buffer.from(packet), { ...from, plainAddress: address })
      .catch((error: unknown) => this.#options.log.error("an SNMP question could not be answered", error))
      .finally(() => (this.#pending -= 1));
  }

  async #answer(
    socket: Socket,
    packet: Uint8Array,
    { port, address, plainAddress }: { readonly port: number; readonly address: string; readonly plainAddress: string },
  ): Promise<void> {
    const outcome = await this.#responder.respond(packet);
    if (outcome.kind === "unanswered") return this.#refuse(plainAddress, outcome.why);
    if (outcome.kind === "introduction" && !this.#limit.mayIntroduce()) return;
    if (this.#socket === null || !isSent(socket, outcome.packet, port, address)) return;
    if (outcome.kind === "answer") this.#news = { ...this.#news, lastAnsweredAt: this.#now() };
  }

  #refuse(from: string, why: SnmpRefusal["why"]): void {
    this.#news = { ...this.#news, lastRefused: { at: this.#now(), from, why } };
  }

  #now(): string {
    return this.#options.clock.now().toISOString();
  }
}

/** A datagram that does not fit into the system's buffer, or has no way, is lost like any other; whoever asks does so again. */
function isSent(socket: Socket, packet: Uint8Array, port: number, address: string): boolean {
  try {
    return socket.send(packet, port, address);
  } catch {
    return false;
  }
}

/** Somebody who did not wait for the answer: their system says so, and Bun would print it, once a question. */
const hasGone = (): void => undefined;

async function bind(
  port: number,
  data: (socket: Socket, packet: Buffer, port: number, address: string) => void,
): Promise<Socket> {
  let problem: unknown = null;
  for (const hostname of EVERYWHERE) {
    try {
      return await Bun.udpSocket({ hostname, port, socket: { data, error: hasGone } });
    } catch (error) {
      problem = error;
    }
  }
  const message = `UDP port ${port} cannot be listened on: another program has it, or it may not be ours. Choose another.`;
  throw new AppError("network.invalid", message, { cause: problem });
}
