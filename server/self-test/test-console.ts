/** The console of one self-test: the socket people's browsers use, and of its messages the few that a shell needs. */
import { CONTROL_CHANNEL, decodeFrame, encodeFrame, FrameKind } from "../../protocol/frame.ts";
import { CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import type { ChannelId } from "../../protocol/ids.ts";
import { encodeMessage } from "../../protocol/parse.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { newId } from "../new-id.ts";
import { askApi, tls } from "./local-api.ts";

/** The same class under the name by which its options are typed; the DOM's type hides them. */
const BunWebSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => Bun.WebSocket;

type Body = Readonly<Record<string, unknown>>;
interface Waiter {
  readonly fits: (message: Body) => boolean;
  readonly resolve: (message: Body) => void;
  readonly reject: (error: Error) => void;
}

/** The server or the agent said no. */
export class ToolRefusal extends Error {
  override readonly name = "ToolRefusal";
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class TestConsole implements Disposable {
  readonly #socket: Bun.WebSocket;
  readonly #waiters = new Set<Waiter>();
  #output = "";
  #shell: ChannelId | null = null;
  #request = 0;

  private constructor(socket: Bun.WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#receive(new Uint8Array(data as ArrayBuffer)));
    socket.addEventListener("close", ({ code, reason }) =>
      this.#fail(new Error(`the socket closed: ${code} ${reason}`)),
    );
    socket.addEventListener("error", () => this.#fail(new Error("the socket was refused")));
  }

  /** Takes a ticket and a socket. @throws {ApiRefusal} when the site lets no console of ours in */
  static async open(address: string, token: string): Promise<TestConsole> {
    const { ticket } = (await askApi(address, "console", token, "POST", "socket-ticket")) as { ticket: string };
    const url = address.replace(/^https/u, "wss") + CONSOLE_SOCKET_PATH;
    const socket = new BunWebSocket(url, { headers: { origin: address }, tls });
    const console = new TestConsole(socket);
    const welcomed = console.#next(({ type }) => type === "console.welcome");
    socket.addEventListener("open", () => console.#send({ type: "console.hello", protocol: PROTOCOL_VERSION, ticket }));
    await welcomed;
    return console;
  }

  /** Starts a support session with a Jump Item; its id. @throws {ToolRefusal} */
  async start(jumpItem: string): Promise<string> {
    const { session } = (await this.#ask("session.start", { jumpItem })) as { session: { session: string } };
    return session.session;
  }

  /** Opens a shell in it. @throws {ToolRefusal} agent.offline until the agent's lanes stand */
  async openShell(session: string): Promise<void> {
    const params = { session, rows: 24, columns: 80, writer: newId<string>() };
    const opened = (await this.#ask("shell.open", params)) as { channel: ChannelId };
    this.#shell = opened.channel;
  }

  /** Types into the shell. */
  type(text: string): void {
    this.#socket.send(encodeFrame(FrameKind.data, this.#shell!, new TextEncoder().encode(text)));
  }

  /** What the shell has written so far; a few lines, far within the credit a channel begins with. */
  get output(): string {
    return this.#output;
  }

  async end(session: string): Promise<void> {
    const ended = this.#next(({ type }) => type === "session.ended");
    this.#send({ type: "session.end", request: (this.#request += 1), session });
    await ended;
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  async #ask(type: string, params: Body): Promise<Body> {
    const request = (this.#request += 1);
    const answered = this.#next((message) => message["request"] === request && message["type"] !== "tool.progress");
    this.#send({ ...params, type, request });
    const answer = await answered;
    if (answer["type"] === "error")
      throw new ToolRefusal(String(answer["code"]), `${type}: ${String(answer["message"])}`);
    return answer;
  }

  #send(message: Body & { readonly type: string }): void {
    this.#socket.send(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message)));
  }

  #next(fits: (message: Body) => boolean): Promise<Body> {
    return new Promise((resolve, reject) => this.#waiters.add({ fits, resolve, reject }));
  }

  #receive(bytes: Uint8Array): void {
    const { kind, channel, payload } = decodeFrame(bytes);
    if (kind === FrameKind.data && channel === this.#shell) this.#output += new TextDecoder().decode(payload);
    if (kind !== FrameKind.control) return;
    const message = JSON.parse(new TextDecoder().decode(payload)) as Body;
    for (const waiter of [...this.#waiters].filter(({ fits }) => fits(message))) {
      this.#waiters.delete(waiter);
      waiter.resolve(message);
    }
  }

  #fail(error: Error): void {
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
  }
}
