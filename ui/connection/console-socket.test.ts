import { afterEach, expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import { AppError } from "../../protocol/errors.ts";
import { decodeFrame, encodeFrame, FrameKind } from "../../protocol/frame.ts";
import type { ChannelId } from "../../protocol/ids.ts";
import type { SessionState, SessionView } from "../../protocol/messages/session.ts";
import { encodeMessage } from "../../protocol/parse.ts";
import { ConsoleSocket, type ConsoleSocketOptions } from "./console-socket.ts";

const session = "SSSSSSSSSSSSSSSSSSSSSS";
type Told = { type: string; request: number } & Record<string, unknown>;

/** A server that signs every console on and answers what `answer` says; pings are answered while `pongs` is true. */
class Peer implements Disposable {
  readonly heard: Told[] = [];
  readonly sockets = new Set<ServerWebSocket<unknown>>();
  sessions: SessionView[] = [];
  pongs = true;
  tickets = 0;
  ticketError: AppError | null = null;
  answer: (message: Told) => ({ type: string } & Record<string, unknown>) | null = () => null;
  readonly #server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no", { status: 400 })),
    websocket: {
      open: (socket) => void this.sockets.add(socket),
      close: (socket) => void this.sockets.delete(socket),
      message: (socket, data) => this.#heard(socket, data),
    },
  });

  get url(): string {
    return `ws://127.0.0.1:${this.#server.port}/gateway/console`;
  }

  say(message: { type: string } & Record<string, unknown>): void {
    for (const socket of this.sockets)
      socket.send(encodeFrame(FrameKind.control, 0 as ChannelId, encodeMessage(message)));
  }

  cut(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  connect(options: Partial<ConsoleSocketOptions> = {}): ConsoleSocket {
    const socket = new ConsoleSocket({
      url: this.url,
      ticket: async () => {
        if (this.ticketError !== null) throw this.ticketError;
        return `ticket ${++this.tickets}`;
      },
      now: () => performance.now(),
      random: () => 0,
      ...options,
    });
    socket.connect();
    return socket;
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }

  #heard(socket: ServerWebSocket<unknown>, data: string | Buffer): void {
    if (typeof data === "string") throw new Error("a console sends bytes");
    if (decodeFrame(data).kind !== FrameKind.control) return;
    const message = JSON.parse(new TextDecoder().decode(decodeFrame(data).payload)) as Told;
    this.heard.push(message);
    const reply = (value: { type: string } & Record<string, unknown>): void =>
      void socket.send(encodeFrame(FrameKind.control, 0 as ChannelId, encodeMessage(value)));
    if (message.type === "console.hello") reply(this.#welcome());
    else if (message.type !== "console.ping") {
      const answer = this.answer(message);
      if (answer !== null) reply({ request: message.request, ...answer });
    } else if (this.pongs) reply({ type: "console.pong", request: message.request });
  }

  #welcome() {
    return {
      type: "console.welcome",
      representative: "RRRRRRRRRRRRRRRRRRRRRR",
      displayName: "Ines Duarte",
      sessions: this.sessions,
      serverVersion: "test",
    };
  }
}

const opened: Disposable[] = [];
afterEach(() => {
  for (const one of opened.splice(0).reverse()) one[Symbol.dispose]();
});

function pair(options: Partial<ConsoleSocketOptions> = {}, prepare: (peer: Peer) => void = () => undefined) {
  const peer = new Peer();
  opened.push(peer);
  prepare(peer);
  const socket = peer.connect(options);
  opened.push(socket);
  return { peer, socket };
}

/** Waits until it is so; the test's own time limit ends what never comes. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(2);
}

test("it signs on with its ticket and measures the round trip at once", async () => {
  const { peer, socket } = pair();
  expect(socket.state).toBe("connecting");
  await until(() => socket.roundTripMs !== null);
  expect(socket.state).toBe("open");
  expect(socket.representative).toBe("RRRRRRRRRRRRRRRRRRRRRR");
  expect(peer.heard[0]).toEqual({ type: "console.hello", protocol: 1, ticket: "ticket 1" } as unknown as Told);
  expect(socket.roundTripMs).toBeLessThan(1000);
});

test("a cut connection is counted, comes back with a new ticket, and sessions go on", async () => {
  const { peer, socket } = pair({}, (peer) => (peer.sessions = [viewOf("active")]));
  await until(() => socket.state === "open");
  const usable: boolean[] = [];
  opened.push(socket.connectionFor(session).onUsable((isUsable) => usable.push(isUsable)));
  const waiting = socket.endSession(session).catch((error: unknown) => error);
  peer.cut();
  await until(() => socket.state === "lost");
  expect(await waiting).toMatchObject({ code: "channel.lost" });
  expect(socket.retryAtMs).not.toBeNull();
  expect(socket.sessions.get(session)?.view.state).toBe("active");
  await until(() => socket.state === "open");
  expect(peer.tickets).toBe(2);
  expect(usable).toEqual([true, false, true]);
});

test("B2 who watches or writes uses the sign-in, and what the console sends by itself does not", async () => {
  let uses = 0;
  const { peer, socket } = pair({ used: () => (uses += 1), pingIntervalMs: 5 }, (peer) => {
    peer.sessions = [viewOf("active")];
    peer.answer = () => ({ type: "screen.opened", channel: 4 });
  });
  await until(() => peer.heard.filter(({ type }) => type === "console.ping").length > 3);
  expect(uses).toBe(0);
  const { channel } = await socket.connectionFor(session).ask("screen.open", { monitor: "all" });
  expect(uses).toBe(0);
  for (const peerSocket of peer.sockets)
    peerSocket.send(encodeFrame(FrameKind.data, 4 as ChannelId, new Uint8Array(9)));
  await new Promise<void>((seen) => {
    channel!.onData = (bytes) => {
      channel!.consumed(bytes.length);
      seen();
    };
  });
  expect(uses).toBe(1);
});

test("attempts are counted until one succeeds", async () => {
  const { peer, socket } = pair({ url: "ws://127.0.0.1:1/" });
  expect(socket.attempt).toBe(1);
  await until(() => socket.attempt === 2);
  expect(socket.state).toBe("connecting");
  expect(peer.tickets).toBeGreaterThanOrEqual(1);
});

test("a connection that is half open is noticed and made anew", async () => {
  const { peer, socket } = pair({ pingIntervalMs: 10, pongTimeoutMs: 40 });
  await until(() => socket.roundTripMs !== null);
  peer.pongs = false;
  await until(() => socket.state === "lost");
  peer.pongs = true;
  await until(() => socket.state === "open" && socket.roundTripMs !== null);
  expect(peer.tickets).toBe(2);
});

test("a start is answered with the session, which then stands among the sessions", async () => {
  const { peer, socket } = pair();
  peer.answer = () => ({ type: "session.started", session: viewOf("connecting") });
  await until(() => socket.state === "open");
  const started = await socket.startSession("JJJJJJJJJJJJJJJJJJJJJJ");
  expect(started.session).toBe(session);
  expect(socket.sessions.get(session)?.view.state).toBe("connecting");
  peer.say({ type: "session.changed", session: viewOf("active") });
  await until(() => socket.sessions.get(session)?.view.state === "active");
});

test("a session that ended says why and its tools are refused", async () => {
  const { peer, socket } = pair({}, (peer) => (peer.sessions = [viewOf("active")]));
  await until(() => socket.state === "open");
  peer.say({ type: "session.ended", session, message: "Tomasz Wilk ended the session." });
  await until(() => socket.sessions.get(session)?.endMessage !== null);
  expect(socket.sessions.get(session)).toMatchObject({
    view: { state: "ended" },
    endMessage: "Tomasz Wilk ended the session.",
  });
  const asked = socket.connectionFor(session).ask("shell.list", {});
  expect(await asked.catch((error: unknown) => error)).toMatchObject({ code: "session.ended" });
});

test("a session that ended while the console was away is shown as ended", async () => {
  const { peer, socket } = pair({}, (peer) => (peer.sessions = [viewOf("active")]));
  await until(() => socket.state === "open");
  peer.sessions = [];
  peer.cut();
  await until(() => peer.tickets === 2 && socket.state === "open");
  expect(socket.sessions.get(session)?.endMessage).toContain("not connected");
});

test("channels close when the agent is lost and the tab hears when it is back", async () => {
  const { peer, socket } = pair({}, (peer) => (peer.sessions = [viewOf("active")]));
  await until(() => socket.state === "open");
  peer.answer = () => ({ type: "screen.opened", channel: 4 });
  const connection = socket.connectionFor(session);
  const { channel } = await connection.ask("screen.open", { monitor: "all" });
  const heard: unknown[] = [];
  if (channel !== null) channel.onClose = (reason) => heard.push(reason);
  opened.push(connection.onUsable((isUsable) => heard.push(isUsable)));
  peer.say({ type: "session.changed", session: viewOf("agent-lost") });
  await until(() => heard.length === 3);
  peer.say({ type: "session.changed", session: viewOf("active") });
  await until(() => heard.length === 4);
  expect(heard).toEqual([true, "channel.lost", false, true]);
});

test("a tool's own news reach the listeners of its session alone", async () => {
  const { peer, socket } = pair({}, (peer) => (peer.sessions = [viewOf("active")]));
  await until(() => socket.state === "open");
  const heard: unknown[] = [];
  const shell = "HHHHHHHHHHHHHHHHHHHHHH";
  opened.push(socket.connectionFor(session).on("shell.exited", (body) => heard.push(body)));
  opened.push(socket.connectionFor("TTTTTTTTTTTTTTTTTTTTTT").on("shell.exited", () => heard.push("wrong")));
  peer.say({ type: "clipboard.changed", session });
  peer.say({ type: "shell.exited", session, shell, exitCode: 3 });
  await until(() => heard.length > 0);
  expect(heard).toEqual([{ shell, exitCode: 3 }]);
});

test("being signed out ends it for good, with the server's words", async () => {
  const { peer, socket } = pair({}, (peer) => (peer.sessions = [viewOf("active")]));
  await until(() => socket.state === "open");
  peer.say({ type: "console.signed-out", code: "sign_in.required", message: "An administrator signed you out." });
  await until(() => socket.state === "signed-out");
  expect(socket.signedOut?.message).toBe("An administrator signed you out.");
  await until(() => peer.sockets.size === 0);
  socket.connect();
  await Bun.sleep(20);
  expect(peer.tickets).toBe(1);
});

test("a ticket that is refused because nobody is signed in is not asked for again", async () => {
  const { socket } = pair({}, (peer) => (peer.ticketError = new AppError("sign_in.required", "Sign in to go on.")));
  await until(() => socket.state === "signed-out");
  expect(socket.signedOut).toEqual({ code: "sign_in.required", message: "Sign in to go on." });
});

test("a server that breaks the wire's rules is left and tried again", async () => {
  const { peer, socket } = pair();
  await until(() => socket.state === "open");
  for (const one of peer.sockets) one.send(new Uint8Array([1, 2]));
  await until(() => socket.state === "lost");
  await until(() => socket.state === "open");
  for (const one of peer.sockets) one.send("text");
  await until(() => socket.state === "lost");
});

test("asking to connect again while it is signing on changes nothing", async () => {
  const { peer, socket } = pair();
  socket.connect();
  socket.connect();
  await until(() => socket.state === "open");
  socket.connect();
  await Bun.sleep(20);
  expect([peer.tickets, peer.sockets.size, socket.state]).toEqual([1, 1, "open"]);
});

test("dispose closes it and nothing is tried again", async () => {
  const { peer, socket } = pair();
  await until(() => socket.state === "open");
  socket[Symbol.dispose]();
  await until(() => peer.sockets.size === 0);
  await Bun.sleep(30);
  expect(peer.tickets).toBe(1);
});

function viewOf(state: SessionState): SessionView {
  return {
    session,
    state,
    jumpItem: "JJJJJJJJJJJJJJJJJJJJJJ",
    name: "Front desk",
    hostName: "nmc-lib-0214",
    operatingSystem: "Debian GNU/Linux 12",
    startedAt: "2026-11-21T10:00:00.000Z",
    endedAt: null,
    owner: "RRRRRRRRRRRRRRRRRRRRRR",
    participants: [],
    permissions: [],
    capabilities: [],
    events: [],
  };
}
