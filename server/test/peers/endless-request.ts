/** One HTTP request whose body goes on as long as a test likes, chunk by chunk over TLS. */
import { connect, type TLSSocket } from "node:tls";

const CHUNK_BYTES = 64 << 10;

export class EndlessRequest implements Disposable {
  #answer = "";
  readonly #head = Promise.withResolvers<number>();
  private constructor(private readonly socket: TLSSocket) {
    this.#head.promise.catch(() => undefined);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#take(text));
    socket.on("error", (error) => this.#head.reject(error));
    socket.on("close", () => this.#head.reject(new Error("the connection ended without an answer")));
  }

  /** Connects and sends the head; no byte of the body yet. */
  static async open(
    port: number,
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<EndlessRequest> {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    const lines = Object.entries({ host: "127.0.0.1", "transfer-encoding": "chunked", ...headers });
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
    return new EndlessRequest(socket);
  }

  get hasAnswer(): boolean {
    return this.#answer !== "";
  }

  /** The status of the answer, once it comes. */
  status(): Promise<number> {
    return this.#head.promise;
  }

  /** Sends so many bytes, no faster than they are taken. */
  async send(bytes: number): Promise<void> {
    for (let left = bytes; left > 0; left -= CHUNK_BYTES) await this.sendText("a".repeat(Math.min(left, CHUNK_BYTES)));
  }

  /** One chunk of ASCII. */
  async sendText(text: string): Promise<void> {
    await this.#write(`${text.length.toString(16)}\r\n${text}\r\n`);
  }

  async end(): Promise<void> {
    await this.#write("0\r\n\r\n");
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(text, (error) => (error == null ? resolve() : reject(error)));
    });
  }

  #take(text: string): void {
    this.#answer += text;
    const status = /^HTTP\/1\.1 (\d{3}) /u.exec(this.#answer)?.[1];
    if (status !== undefined) this.#head.resolve(Number(status));
  }
}
