/**
 * What systemd is told of a serving process (sd_notify(3)): that it serves, that it stops, what it does, and, for its
 * watchdog, that it lives. It lives while its event loop turns and its database answers a read.
 */
import type { Log } from "../log.ts";
import type { DatagramSocket } from "./datagram.ts";

/** As systemd gives them in the environment. */
export interface ServiceManagerSettings {
  /** NOTIFY_SOCKET. */
  readonly socket: string;
  /** WATCHDOG_USEC as milliseconds; null: systemd watches no sign of life of this process. */
  readonly watchdogMs: number | null;
}

/** What a serving process tells; disposing it stops the signs of life. */
export interface ServiceManager extends Disposable {
  /** It serves; from now on signs of life follow. */
  ready(status: string): void;
  stopping(): void;
}

/** Without a service manager there is nobody to tell. */
const nobody: ServiceManager = { ready: () => undefined, stopping: () => undefined, [Symbol.dispose]: () => undefined };

/**
 * @param isAlive a read of the database; it throws, or never answers, when the process is of no use
 */
export async function openServiceManager(
  settings: ServiceManagerSettings | null,
  isAlive: () => Promise<unknown>,
  log: Log,
): Promise<ServiceManager> {
  if (settings === null) return nobody;
  // Loaded only where somebody listens: libc's symbols cost a start about a millisecond.
  const { openDatagramSocket } = await import("./datagram.ts");
  return new NotifySocket(openDatagramSocket(settings.socket), settings.watchdogMs, isAlive, log);
}

class NotifySocket implements ServiceManager {
  #timer: ReturnType<typeof setInterval> | null = null;
  #isAsking = false;
  constructor(
    private readonly socket: DatagramSocket,
    private readonly watchdogMs: number | null,
    private readonly isAlive: () => Promise<unknown>,
    private readonly log: Log,
  ) {}

  ready(status: string): void {
    this.#tell(`READY=1\nSTATUS=${oneLine(status)}`);
    if (this.watchdogMs === null) return;
    void this.#showLife();
    this.#timer = setInterval(() => void this.#showLife(), this.watchdogMs / 2);
  }

  stopping(): void {
    this.#tell("STOPPING=1\nSTATUS=Stopping");
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.socket[Symbol.dispose]();
  }

  /** A read that hangs keeps the next signs back: systemd then starts the service anew. */
  async #showLife(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      await this.isAlive();
      this.#tell("WATCHDOG=1");
    } catch (error) {
      this.log.error("no sign of life for the service manager: the database does not answer", error);
    } finally {
      this.#isAsking = false;
    }
  }

  #tell(message: string): void {
    if (!this.socket.send(message)) this.log.error("the service manager could not be told", new Error(message));
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ");

/** From the texts of the environment; null where nobody listens. */
export function readServiceManager(
  socket: string | undefined,
  watchdogMicroseconds: string | undefined,
): ServiceManagerSettings | null {
  if (socket === undefined || socket === "") return null;
  const microseconds = Number(watchdogMicroseconds);
  const watchdogMs = Number.isSafeInteger(microseconds) && microseconds >= 2000 ? microseconds / 1000 : null;
  return { socket, watchdogMs };
}
