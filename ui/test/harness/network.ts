import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { DelayLine } from "./delay-line.ts";

/**
 * A network one can drop: passes bytes between whoever connects to its port and a target port, both on this machine, until
 * it is cut. While it is cut nobody gets through; open connections break at once.
 */
export class Network implements AsyncDisposable {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #delayMs = 0;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
  }

  static async open(targetPort: number): Promise<Network> {
    const server = createServer();
    const network = new Network(server, targetPort);
    server.on("connection", (socket) => network.#join(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return network;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections go through it now. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Breaks every connection and refuses new ones. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Makes the line long: connections made from now on bring every byte so much later, in both directions. */
  delay(oneWayMs: number): void {
    this.#delayMs = oneWayMs;
  }

  /** Lets connections through again. */
  restore(): void {
    this.#isCut = false;
  }

  #join(near: Socket): void {
    if (this.#isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.#targetPort, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      // What broke is told by "close"; the error itself adds nothing.
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      if (this.#delayMs === 0) one.pipe(other);
      else one.pipe(new DelayLine(this.#delayMs)).pipe(other);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
