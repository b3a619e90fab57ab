/**
 * The listening sockets that are open now, one a place. Another plan opens what is new, then closes what is no longer
 * named: whoever asks is answered before the place they asked at is gone.
 */
import type { Server } from "bun";
import type { Listeners, ListenerUse } from "../../protocol/api/appliance/access.ts";
import { AppError } from "../../protocol/errors.ts";
import type { SocketData } from "../gateway/gateway-interface.ts";
import { Listener, type ListenerCertificate, type ListenerOptions, type TlsVersion } from "../listener.ts";
import type { Log } from "../log.ts";
import { Gate } from "./gate.ts";
import { keyOf, type MainPlace, type PlannedPlace, planOf } from "./plan.ts";

/** What the server answers at a place. */
export type Answer = (
  request: Request,
  server: Server<SocketData>,
  isOpenTo: (path: string, address: string) => boolean,
) => Response | undefined | Promise<Response | undefined>;

export interface ListeningPlacesOptions extends Omit<ListenerOptions, "hostname" | "port" | "fetch" | "isOurPort"> {
  readonly main: MainPlace;
  readonly log: Log;
  /** This machine's addresses now. */
  ownAddresses(): readonly string[];
  answer: Answer;
}
/** A place that could not be listened on. */
export interface PlaceProblem extends MainPlace {
  readonly message: string;
}
interface OpenPlace {
  readonly place: MainPlace;
  readonly listener: Listener;
  readonly answered: Answered;
}
/** Who is answered at a place now. */
interface Answered {
  uses: ReadonlySet<ListenerUse>;
}

const nobody: ReadonlySet<ListenerUse> = new Set();
/** Those whose connections stay open: a request asks the gate each time, a socket was asked once. */
const socketUses = ["endpoints", "consoles"] as const;

/** Whether somebody who was answered may no longer be. */
const narrows = (before: Listeners, after: Listeners, use: ListenerUse): boolean =>
  after[use].networks.length > 0 && !Bun.deepEquals(before[use].networks, after[use].networks);

export class ListeningPlaces implements AsyncDisposable {
  readonly #options: ListeningPlacesOptions;
  readonly #open = new Map<string, OpenPlace>();
  /** Places that are given up, each with the promise of its end. */
  readonly #closing = new Map<Listener, { readonly port: number; readonly end: Promise<void> }>();
  #certificate: ListenerCertificate;
  #minimumTlsVersion: TlsVersion;
  #main: MainPlace;
  #gate: Gate;
  #listeners: Listeners;
  #problems: readonly PlaceProblem[] = [];
  constructor(options: ListeningPlacesOptions, listeners: Listeners) {
    this.#options = options;
    this.#certificate = options.certificate;
    this.#minimumTlsVersion = options.minimumTlsVersion;
    this.#main = options.main;
    this.#listeners = listeners;
    this.#gate = new Gate(listeners, options.ownAddresses());
    // The system's choice of a port is known once it is listened on; nothing else has a reason to be open unasked.
    if (this.#main.port === 0) this.#openMain();
  }

  /** What the server was started with, with the port the system chose. */
  get main(): MainPlace {
    return this.#main;
  }

  /** What of the plan cannot be listened on now. */
  get problems(): readonly PlaceProblem[] {
    return this.#problems;
  }

  /** Whether somebody at this address would be answered for this use. */
  admits(listeners: Listeners, use: ListenerUse, address: string): boolean {
    return new Gate(listeners, this.#options.ownAddresses()).admitsTo(use, address);
  }

  /**
   * Listens as the settings say, or not at all otherwise.
   * @throws {AppError} network.invalid where a place cannot be listened on; all is as before
   */
  change(listeners: Listeners): void {
    const plan = planOf(listeners, this.#main);
    const gate = new Gate(listeners, this.#options.ownAddresses());
    const opened: PlannedPlace[] = [];
    try {
      for (const place of plan) if (this.#openPlace(place)) opened.push(place);
    } catch (error) {
      for (const place of opened) this.#close(keyOf(place));
      throw error;
    }
    this.#follow(listeners, plan, gate, []);
  }

  /** Listens as the settings say as far as it can; what it cannot is in `problems`, and is tried with the next call. */
  attempt(listeners: Listeners): void {
    const plan = planOf(listeners, this.#main);
    const problems = plan.flatMap((place): PlaceProblem[] => {
      try {
        this.#openPlace(place);
        return [];
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return [{ hostname: place.hostname, port: place.port, message }];
      }
    });
    for (const problem of problems)
      if (!this.#problems.some((known) => keyOf(known) === keyOf(problem)))
        this.#options.log.warn("a place cannot be listened on", { ...problem });
    this.#follow(listeners, plan, new Gate(listeners, this.#options.ownAddresses()), problems);
  }

  /** Serves another certificate to every connection from now on. */
  replaceCertificate(certificate: ListenerCertificate): void {
    this.#certificate = certificate;
    for (const { listener } of this.#open.values()) listener.replaceCertificate(certificate);
  }

  /** Asks this of every connection from now on; those that are open stay. */
  requireTls(version: TlsVersion): void {
    this.#minimumTlsVersion = version;
    for (const { listener } of this.#open.values()) listener.requireTls(version);
  }

  /** Takes no new connections; requests under way go on. */
  stopAccepting(): void {
    for (const { listener } of this.#open.values()) listener.stopAccepting();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const key of [...this.#open.keys()]) this.#close(key);
    await Promise.all(Array.from(this.#closing.values(), ({ end }) => end));
  }

  #follow(listeners: Listeners, plan: readonly PlannedPlace[], gate: Gate, problems: readonly PlaceProblem[]): void {
    const former = this.#listeners;
    this.#listeners = listeners;
    this.#gate = gate;
    this.#problems = problems;
    const uses = new Map(plan.map((place) => [keyOf(place), place.uses]));
    for (const [key, open] of [...this.#open]) {
      const before = open.answered.uses;
      const after = uses.get(key) ?? nobody;
      open.answered.uses = after;
      const isChosenBySystem = this.#options.main.port === 0 && key === keyOf(this.#main);
      if (after.size === 0 && !isChosenBySystem) this.#close(key);
      else if (socketUses.some((use) => before.has(use) && (!after.has(use) || narrows(former, listeners, use))))
        this.#renew(key, open.place, after);
    }
  }

  /** Ends every connection there: whoever may still come connects anew, as after a lost line. */
  #renew(key: string, place: MainPlace, uses: ReadonlySet<ListenerUse>): void {
    const fresh = this.#listen(place);
    fresh.answered.uses = uses;
    this.#close(key);
    this.#open.set(key, fresh);
  }

  #openMain(): void {
    const { hostname } = this.#main;
    const open = this.#listen(this.#main);
    this.#main = { hostname, port: open.listener.port };
    this.#open.set(keyOf(this.#main), { ...open, place: this.#main });
  }

  /** Whether it was not open before. @throws {AppError} network.invalid */
  #openPlace({ hostname, port }: PlannedPlace): boolean {
    if (this.#open.has(keyOf({ hostname, port }))) return false;
    try {
      this.#open.set(keyOf({ hostname, port }), this.#listen({ hostname, port }));
      return true;
    } catch (error) {
      const text = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
      throw new AppError(
        "network.invalid",
        `${text} cannot be listened on: another program has it, or it is no address of this machine.`,
        { cause: error },
      );
    }
  }

  #listen(place: MainPlace): OpenPlace {
    const { websocket, answer, failed } = this.#options;
    const answered: Answered = { uses: nobody };
    const listener = new Listener({
      ...{ ...place, isOurPort: this.#isOurPort(place.port), websocket, failed },
      ...{ certificate: this.#certificate, minimumTlsVersion: this.#minimumTlsVersion },
      fetch: (request, server) =>
        answer(request, server, (path, address) => this.#gate.admits(path, address, answered.uses)),
    });
    return { place, listener, answered };
  }

  #isOurPort(port: number): boolean {
    const open = Array.from(this.#open.values(), ({ place }) => place.port);
    const closing = Array.from(this.#closing.values(), (it) => it.port);
    return [...open, ...closing].includes(port);
  }

  #close(key: string): void {
    const open = this.#open.get(key);
    if (open === undefined) return;
    this.#open.delete(key);
    const { listener, place } = open;
    listener.stopAccepting();
    const end = listener[Symbol.asyncDispose]().then(() => void this.#closing.delete(listener));
    this.#closing.set(listener, { port: place.port, end });
  }
}
