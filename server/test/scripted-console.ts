/** A console in a test: signs on over HTTP, then speaks the wire. */
import { CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import type { ShownSession } from "../support-sessions/live-session.ts";
import { type AnyMessage, type Came, ScriptedSocket, type ToolMessage } from "./scripted-socket.ts";
import type { TestBrowser } from "./test-browser.ts";

export class ScriptedConsole implements Disposable {
  #lastRequest = 0;

  private constructor(
    readonly socket: ScriptedSocket,
    readonly welcome: Came<"console.welcome">,
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
  async ask(type: string, body: Record<string, unknown> = {}): Promise<ToolMessage> {
    return await this.answer(this.request(type, body));
  }

  /** The answer to a request; progress is none. */
  async answer(request: number): Promise<ToolMessage> {
    const isAnswer = (message: AnyMessage): boolean =>
      message["request"] === request && message.type !== "tool.progress";
    return (await this.socket.nextOf(isAnswer)) as ToolMessage;
  }

  /** The code of the refusal a request gets. @throws {Error} when it is not refused */
  async refusal(type: string, body: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.ask(type, body);
    if (answer.type !== "error") throw new Error(`${type} was not refused`);
    return String(answer["code"]);
  }

  /** Starts, or joins, a session; gives its id. @throws {Error} when it is refused */
  async start(jumpItem: string): Promise<string> {
    const request = this.request("session.start", { jumpItem });
    const started = await this.socket.next("session.started", (message) => message.request === request);
    return started.session.session;
  }

  /** The session as it is shown once it fits. */
  async sees(session: string, fits: (view: ShownSession) => boolean): Promise<ShownSession> {
    const changed = await this.socket.next(
      "session.changed",
      (message) => message.session.session === session && fits(message.session),
    );
    return changed.session;
  }

  [Symbol.dispose](): void {
    this.socket[Symbol.dispose]();
  }
}
