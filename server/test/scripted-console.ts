/** A console in a test: signs on over HTTP, then speaks the wire. */
import { CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import { type AnyMessage, ScriptedSocket } from "./scripted-socket.ts";
import type { TestBrowser } from "./test-browser.ts";

export class ScriptedConsole implements Disposable {
  #lastRequest = 0;

  private constructor(
    readonly socket: ScriptedSocket,
    readonly welcome: AnyMessage,
  ) {}

  /** Signs on with the console sign-in the browser holds. */
  static async open(browser: TestBrowser): Promise<ScriptedConsole> {
    const { ticket } = await browser.json<{ ticket: string }>("POST", "/api/console/socket-ticket", {});
    const socket = await ScriptedSocket.open(`${browser.url}${CONSOLE_SOCKET_PATH}`, { origin: browser.url });
    socket.send({ type: "console.hello", protocol: 1, ticket });
    return new ScriptedConsole(socket, await socket.next("console.welcome"));
  }

  /** Sends a request and gives its number. */
  request(type: string, body: Record<string, unknown> = {}): number {
    this.#lastRequest += 1;
    this.socket.send({ ...body, type, request: this.#lastRequest });
    return this.#lastRequest;
  }

  /** Sends a request and waits for its answer, whatever it is. */
  async ask(type: string, body: Record<string, unknown>, reply: string): Promise<AnyMessage> {
    const request = this.request(type, body);
    return await Promise.race([
      this.socket.next(reply, (message) => message["request"] === request),
      this.socket.next("error", (message) => message["request"] === request).catch(() => new Promise<never>(() => {})),
    ]);
  }

  /** Starts, or joins, a session; gives its id. @throws {Error} when it was refused. */
  async start(jumpItem: string): Promise<string> {
    const started = await this.ask("session.start", { jumpItem }, "session.started");
    if (started.type !== "session.started") throw new Error(`refused: ${started["code"]}`);
    return started["session"]["session"];
  }

  /** The session as it is shown once it fits. */
  async sees(session: string, fits: (view: AnyMessage) => boolean): Promise<AnyMessage> {
    const changed = await this.socket.next(
      "session.changed",
      (message) => message["session"]["session"] === session && fits(message["session"]),
    );
    return changed["session"];
  }

  [Symbol.dispose](): void {
    this.socket[Symbol.dispose]();
  }
}
