/** A console without a browser: signed in, on its socket, in a support session. It runs the console's own wire code. */
import type { SessionView } from "../../protocol/messages/session.ts";
import type { JumpItemRow } from "../../protocol/api/console.ts";
import { CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import { ConsoleWire } from "../../ui/connection/console-wire.ts";
import { ADMIN } from "../../ui/test/harness/site.ts";
import { eventually } from "../../ui/test/harness/eventually.ts";

/** The self-signed certificate of a site that lives for one bench is not worth checking. */
const tls = { rejectUnauthorized: false };

/** Bun's client, whose options the DOM's type of the same name does not know. */
const ClientSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => WebSocket;

export class BenchConsole implements Disposable {
  readonly #cookie: string;
  readonly address: string;
  readonly wire: ConsoleWire;
  readonly #socket: WebSocket;

  private constructor(address: string, cookie: string, socket: WebSocket, wire: ConsoleWire) {
    this.address = address;
    this.#cookie = cookie;
    this.#socket = socket;
    this.wire = wire;
  }

  /** Signs in at `https://…`, as the administrator or as somebody else, and takes a socket. */
  static async open(address: string, who: { username: string; password: string } = ADMIN): Promise<BenchConsole> {
    const signIn = await fetch(`${address}/api/console/sign-in`, {
      method: "POST",
      headers: { origin: address, "content-type": "application/json" },
      body: JSON.stringify(who),
      tls,
    });
    if (!signIn.ok) throw new Error(`signing in: ${signIn.status} ${await signIn.text()}`);
    const cookie = signIn.headers
      .getSetCookie()
      .map((header) => header.split(";")[0]!)
      .join("; ");
    const ticket = await fetch(`${address}/api/console/socket-ticket`, {
      method: "POST",
      headers: { origin: address, cookie },
      tls,
    });
    const { ticket: secret } = (await ticket.json()) as { ticket: string };
    return BenchConsole.#dial(address, cookie, secret);
  }

  static async #dial(address: string, cookie: string, ticket: string): Promise<BenchConsole> {
    const url = address.replace("https:", "wss:") + CONSOLE_SOCKET_PATH;
    const socket = new ClientSocket(url, { headers: { origin: address, cookie }, tls });
    socket.binaryType = "arraybuffer";
    const welcomed = Promise.withResolvers<void>();
    const nothing = (): void => undefined;
    const wire = new ConsoleWire(
      {
        send: (frame) => socket.send(frame),
        welcomed: () => welcomed.resolve(),
        signedOut: (code, message) => welcomed.reject(new Error(`${code}: ${message}`)),
        jumpItemsChanged: nothing,
        sessionChanged: nothing,
        sessionLogged: nothing,
        sessionEnded: nothing,
        toolEvent: nothing,
        news: nothing,
        roundTrip: nothing,
        broken: (reason) => welcomed.reject(new Error(reason)),
        problem: (error) => welcomed.reject(error instanceof Error ? error : new Error(String(error))),
      },
      () => performance.now(),
    );
    socket.onopen = () => wire.hello(ticket);
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => wire.receive(new Uint8Array(data));
    socket.onclose = ({ reason }) => welcomed.reject(new Error(`the socket closed: ${reason}`));
    await welcomed.promise;
    return new BenchConsole(address, cookie, socket, wire);
  }

  /** What a request needs to be this console's. */
  get headers(): { readonly origin: string; readonly cookie: string } {
    return { origin: this.address, cookie: this.#cookie };
  }

  /** Asks the console's HTTP API; paths begin with /api/console. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), ...this.headers };
    return fetch(this.address + path, { ...init, headers, tls });
  }

  /** Waits until the first Jump Client is online, jumps, and waits until both lanes stand. */
  async jump(): Promise<SessionView> {
    const row = await eventually("a Jump Client is online", async () => {
      const response = await this.fetch("/api/console/jump-items?limit=1&status=online");
      return ((await response.json()) as { rows: JumpItemRow[] }).rows[0];
    });
    const started = await this.wire.request("session.start", { jumpItem: row.id });
    if (started === null) throw new Error("the server named no session");
    await eventually("the session's lanes stand", async () => {
      const answer = await this.wire.ask(started.session, "files.volumes", {}).catch(() => null);
      return answer !== null;
    });
    return started;
  }

  [Symbol.dispose](): void {
    this.wire.lose();
    this.#socket.close();
  }
}
