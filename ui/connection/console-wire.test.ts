import { expect, test } from "bun:test";
import { MAX_CHANNEL_PAYLOAD_BYTES } from "../../protocol/channel.ts";
import { AppError } from "../../protocol/errors.ts";
import { decodeFrame, encodeClose, encodeCredit, encodeFrame, FrameKind } from "../../protocol/frame.ts";
import type { ChannelId } from "../../protocol/ids.ts";
import type { SessionView } from "../../protocol/messages/session.ts";
import { encodeMessage } from "../../protocol/parse.ts";
import { MAX_CHANNELS } from "./channels.ts";
import { ConsoleWire, type WireListener } from "./console-wire.ts";
import { MAX_PENDING_REQUESTS } from "./pending-requests.ts";

const session = "SSSSSSSSSSSSSSSSSSSSSS";
const shell = "HHHHHHHHHHHHHHHHHHHHHH";
const writer = "WWWWWWWWWWWWWWWWWWWWWW";
const opening = { rows: 24, columns: 80, writer };

/** A wire with everything it says and sends written down. */
function harness() {
  const sent: Uint8Array[] = [];
  const told: [string, ...unknown[]][] = [];
  let time = 0;
  const tell =
    (name: string) =>
    (...values: unknown[]): void =>
      void told.push([name, ...values]);
  const listener: WireListener = {
    send: (frame) => sent.push(frame),
    welcomed: tell("welcomed"),
    signedOut: tell("signedOut"),
    jumpItemsChanged: tell("jumpItemsChanged"),
    sessionChanged: tell("sessionChanged"),
    sessionLogged: tell("sessionLogged"),
    sessionEnded: tell("sessionEnded"),
    news: tell("news"),
    toolEvent: tell("toolEvent"),
    roundTrip: tell("roundTrip"),
    broken: tell("broken"),
    problem: tell("problem"),
  };
  const wire = new ConsoleWire(listener, () => time);
  const say = (message: { type: string } & Record<string, unknown>): void =>
    wire.receive(encodeFrame(FrameKind.control, 0 as ChannelId, encodeMessage(message)));
  const lastControl = (): Record<string, unknown> => {
    const frames = sent.map((bytes) => decodeFrame(bytes)).filter((frame) => frame.kind === FrameKind.control);
    return JSON.parse(new TextDecoder().decode(frames.at(-1)?.payload)) as Record<string, unknown>;
  };
  return { wire, sent, told, say, lastControl, setTime: (ms: number) => void (time = ms) };
}

async function withShell() {
  const kit = harness();
  const answer = kit.wire.ask(session, "shell.open", opening);
  kit.say({ type: "shell.opened", request: 1, channel: 7, shell, title: "bash", outputOffset: 0, inputOffset: 0 });
  const { channel } = await answer;
  if (channel === null) throw new Error("no channel");
  kit.sent.length = 0;
  return { ...kit, channel };
}

async function refusal(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error("it was not refused");
  return error;
}

test("the first frame is the hello, byte for byte", () => {
  const { wire, sent } = harness();
  wire.hello("abc");
  const text = '{"type":"console.hello","protocol":1,"ticket":"abc"}';
  expect(sent).toEqual([new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(text)])]);
});

test("a request is answered by its own number, in any order", async () => {
  const { wire, say } = harness();
  const first = wire.request("session.leave", { session });
  const second = wire.ask(session, "shell.list", {});
  say({ type: "shell.listed", request: 2, shells: [] });
  say({ type: "done", request: 1 });
  expect(await first).toBeNull();
  expect(await second).toEqual({ result: { shells: [] }, channel: null });
});

test("a refusal comes as its code and its words, a code of a later release as internal", async () => {
  const { wire, say } = harness();
  const known = refusal(wire.ask(session, "shell.list", {}));
  const later = refusal(wire.ask(session, "shell.list", {}));
  say({ type: "error", request: 1, code: "permission.denied", message: "Not you." });
  say({ type: "error", request: 2, code: "shell.haunted", message: "Boo." });
  expect(await known).toMatchObject({ code: "permission.denied", message: "Not you." });
  expect(await later).toMatchObject({ code: "internal", message: "Boo." });
});

test("an answer that is not what was asked for is an error, and its channel is closed", async () => {
  const { wire, say, sent } = harness();
  const answer = refusal(wire.ask(session, "shell.list", {}));
  say({ type: "screen.opened", request: 1, channel: 9 });
  expect((await answer).code).toBe("internal");
  expect(sent.at(-1)).toEqual(encodeClose(9 as ChannelId, "channel.unknown"));
});

test("a channel that nobody waits for any more is closed at once", () => {
  const { say, sent } = harness();
  say({ type: "shell.opened", request: 5, channel: 7, shell, title: "", outputOffset: 0, inputOffset: 0 });
  expect(sent).toEqual([encodeClose(7 as ChannelId, "channel.unknown")]);
});

test("progress reaches the one who asked; aborting asks the tool to stop and still hands back its reply", async () => {
  const { wire, say, lastControl } = harness();
  const seen: unknown[] = [];
  const controller = new AbortController();
  const answer = wire.ask(
    session,
    "files.delete",
    { paths: ["/tmp/a"] },
    { signal: controller.signal, onProgress: (progress) => seen.push(progress) },
  );
  say({ type: "tool.progress", request: 1, done: 3, total: null, unit: "files", current: "/tmp/a/3" });
  controller.abort();
  expect(lastControl()).toEqual({ type: "tool.cancel", request: 1 });
  const result = { succeeded: 3, skipped: 0, failed: 0, failures: [], wasCancelled: true };
  say({ type: "files.deleted", request: 1, ...result });
  expect((await answer).result).toEqual(result);
  expect(seen).toEqual([{ done: 3, total: null, unit: "files", current: "/tmp/a/3" }]);
});

test("a request that is aborted before it begins is never sent", async () => {
  const { wire, sent } = harness();
  const asked = wire.ask(session, "shell.list", {}, { signal: AbortSignal.abort() });
  expect((await refusal(asked)).code).toBe("transfer.cancelled");
  expect(sent).toEqual([]);
});

test("bytes that follow the reply in the same moment reach a listener that is set later", async () => {
  const { wire, say } = harness();
  const answer = wire.ask(session, "shell.open", opening);
  say({ type: "shell.opened", request: 1, channel: 7, shell, title: "", outputOffset: 0, inputOffset: 0 });
  wire.receive(new Uint8Array([1, 0, 0, 0, 0, 0, 0, 7, 104, 105]));
  wire.receive(new Uint8Array([3, 0, 0, 0, 0, 0, 0, 7]));
  const { channel } = await answer;
  const seen: string[] = [];
  if (channel !== null) {
    channel.onData = (bytes) => seen.push(new TextDecoder().decode(bytes));
    channel.onClose = (reason) => seen.push(`closed ${reason}`);
  }
  expect(seen).toEqual(["hi", "closed "]);
});

test("a channel writes no more than its credit, in frames no larger than the wire's", async () => {
  const { wire, channel, sent } = await withShell();
  const bytes = new Uint8Array(300 << 10).fill(5);
  expect(channel.write(bytes)).toBe(256 << 10);
  expect(channel.availableBytes).toBe(0);
  expect(sent.map((frame) => frame.length)).toEqual([(256 << 10) + 8]);
  expect(channel.write(bytes)).toBe(0);
  const granted: number[] = [];
  channel.onCredit = (byteCount) => granted.push(byteCount);
  const more = MAX_CHANNEL_PAYLOAD_BYTES + (44 << 10);
  wire.receive(encodeCredit(7 as ChannelId, more));
  expect(granted).toEqual([more]);
  expect(channel.write(new Uint8Array(more))).toBe(more);
  expect(sent.slice(1).map((frame) => frame.length)).toEqual([MAX_CHANNEL_PAYLOAD_BYTES + 8, (44 << 10) + 8]);
});

test("credit for a shell goes back in quarters of its window, for a picture at once", async () => {
  const { wire, channel, sent, say } = await withShell();
  channel.consumed(200 << 10);
  expect(sent).toEqual([]);
  channel.consumed(56 << 10);
  expect(sent).toEqual([encodeCredit(7 as ChannelId, 256 << 10)]);
  const picture = wire.ask(session, "screen.open", { monitor: "all" });
  say({ type: "screen.opened", request: 2, channel: 8 });
  const screen = (await picture).channel;
  screen?.consumed(123);
  expect(sent.at(-1)).toEqual(encodeCredit(8 as ChannelId, 123));
});

test("a channel whose agent sends far more than it may is closed, and the connection lives", async () => {
  const { wire, channel, told, sent } = await withShell();
  const reasons: string[] = [];
  channel.onData = () => undefined;
  channel.onClose = (reason) => reasons.push(reason);
  const frame = encodeFrame(FrameKind.data, 7 as ChannelId, new Uint8Array(900 << 10));
  for (let count = 0; count < 3; count++) wire.receive(frame.slice());
  expect(reasons).toEqual(["channel.overflow"]);
  expect(sent.at(-1)).toEqual(encodeClose(7 as ChannelId, "channel.overflow"));
  expect(told.filter(([name]) => name === "broken")).toEqual([]);
  expect(wire.channelCount).toBe(0);
});

test("closing a channel tells the server once and hears nothing more", async () => {
  const { wire, channel, sent } = await withShell();
  const heard: unknown[] = [];
  channel.onData = (bytes) => heard.push(bytes);
  channel.onClose = (reason) => heard.push(reason);
  channel.close();
  channel.close();
  channel[Symbol.dispose]();
  wire.receive(new Uint8Array([1, 0, 0, 0, 0, 0, 0, 7, 104, 105]));
  wire.receive(encodeClose(7 as ChannelId, "channel.lost"));
  expect(sent).toEqual([encodeClose(7 as ChannelId)]);
  expect(heard).toEqual([]);
  expect(channel.write(new Uint8Array(5))).toBe(0);
});

test("when the connection goes, every channel closes and every request fails with channel.lost", async () => {
  const { wire, channel, sent } = await withShell();
  const reasons: string[] = [];
  channel.onClose = (reason) => reasons.push(reason);
  const waiting = refusal(wire.ask(session, "shell.list", {}));
  sent.length = 0;
  wire.lose();
  wire.lose();
  expect(reasons).toEqual(["channel.lost"]);
  expect((await waiting).code).toBe("channel.lost");
  expect((await refusal(wire.ask(session, "shell.list", {}))).code).toBe("channel.lost");
  channel.consumed(1 << 20);
  expect(sent).toEqual([]);
});

test("a session whose agent is gone loses its own channels and no others", async () => {
  const { wire, channel, say } = await withShell();
  const other = wire.ask("TTTTTTTTTTTTTTTTTTTTTT", "screen.open", { monitor: 0 });
  say({ type: "screen.opened", request: 2, channel: 8 });
  const reasons: string[] = [];
  channel.onClose = (reason) => reasons.push(`shell ${reason}`);
  const screen = (await other).channel;
  if (screen !== null) screen.onClose = (reason) => reasons.push(`screen ${reason}`);
  wire.endChannelsOf(session);
  expect(reasons).toEqual(["shell channel.lost"]);
  expect(wire.channelCount).toBe(1);
});

test("a ping measures the way there and back, and only its own pong ends it", () => {
  const { wire, say, told, setTime } = harness();
  setTime(100);
  wire.ping();
  expect(wire.isAwaitingPong).toBe(true);
  say({ type: "console.pong", request: 999 });
  expect(wire.isAwaitingPong).toBe(true);
  setTime(112.5);
  say({ type: "console.pong", request: 1 });
  expect(wire.isAwaitingPong).toBe(false);
  expect(told).toEqual([["roundTrip", 12.5]]);
});

test("what the server tells of sessions and Jump Items is passed on", () => {
  const { say, told } = harness();
  const view = viewOf();
  const event = { at: "2026-11-21T10:00:00Z", kind: "participant", text: "Tomasz Wilk joined." };
  say({ type: "session.changed", session: view });
  say({ type: "session.logged", session, event });
  say({ type: "session.ended", session, message: "Ines Duarte ended the session." });
  say({ type: "jump-items.changed", jumpItems: null });
  say({ type: "console.signed-out", code: "sign_in.required", message: "You were signed out." });
  expect(told).toEqual([
    ["sessionChanged", view],
    ["sessionLogged", session, event],
    ["sessionEnded", session, "Ines Duarte ended the session."],
    ["jumpItemsChanged", null],
    ["signedOut", "sign_in.required", "You were signed out."],
  ]);
});

test("unknown kinds, unknown messages and an agent's own messages change nothing", () => {
  const { wire, say, told, sent } = harness();
  wire.receive(new Uint8Array([200, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]));
  say({ type: "console.tea-is-ready" });
  say({ type: "session.finish", session });
  say({ type: "console.ping", request: 1 });
  wire.receive(encodeFrame(FrameKind.control, 0 as ChannelId, new Uint8Array([0xc0, 0x80])));
  expect(told).toEqual([]);
  expect(sent).toEqual([]);
});

test("a frame that cannot be read says so, so that the connection is closed", () => {
  const { wire, told } = harness();
  wire.receive(new Uint8Array([0, 0, 0]));
  wire.receive(new Uint8Array([1, 0, 0xff, 0xff, 0, 0, 0, 1]));
  wire.receive(new Uint8Array([2, 0, 0, 0, 0, 0, 0, 1, 0]));
  expect(told.map(([name]) => name)).toEqual(["broken", "broken", "broken"]);
});

test("an answer this page cannot read fails the request that waits for it", async () => {
  const { wire, say } = harness();
  const answer = refusal(wire.ask(session, "shell.list", {}));
  say({ type: "shell.listed", request: 1, shells: "many" });
  expect((await answer).code).toBe("message.invalid");
});

test("a listener that throws stops nothing", async () => {
  const { wire, channel, told, say } = await withShell();
  channel.onData = () => {
    throw new Error("a tab is broken");
  };
  wire.receive(new Uint8Array([1, 0, 0, 0, 0, 0, 0, 7, 104, 105]));
  expect(told.at(-1)).toEqual(["problem", new Error("a tab is broken")]);
  const next = wire.ask(session, "shell.list", {});
  say({ type: "shell.listed", request: 2, shells: [] });
  expect((await next).result).toEqual({ shells: [] });
});

test("more requests or channels than the limits are refused", async () => {
  const { wire, say, sent } = harness();
  for (let count = 0; count < MAX_CHANNELS; count++) {
    const answer = wire.ask(session, "screen.open", { monitor: 0 });
    say({ type: "screen.opened", request: count + 1, channel: count + 1 });
    await answer;
  }
  const tooMany = refusal(wire.ask(session, "screen.open", { monitor: 0 }));
  say({ type: "screen.opened", request: MAX_CHANNELS + 1, channel: 5000 });
  expect((await tooMany).code).toBe("request.too_many");
  expect(sent.at(-1)).toEqual(encodeClose(5000 as ChannelId, "channel.unknown"));
  const waiting = Array.from({ length: MAX_PENDING_REQUESTS }, () => refusal(wire.ask(session, "shell.list", {})));
  expect((await refusal(wire.ask(session, "shell.list", {}))).code).toBe("request.too_many");
  wire.lose();
  expect((await Promise.all(waiting)).every(({ code }) => code === "channel.lost")).toBe(true);
});

test("no bytes whatever make it throw, and it works on after them", async () => {
  const { wire, say } = await withShell();
  let seed = 7;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const sample = encodeMessage({ type: "session.changed", session: viewOf() });
  for (let round = 0; round < 20_000; round++) {
    const length = Math.floor(random() * 40);
    const bytes = new Uint8Array(8 + length).map(() => Math.floor(random() * 256));
    if (round % 2 === 0) bytes[0] = Math.floor(random() * 5);
    if (round % 3 === 0) bytes.set([0, 0, 0], 1);
    wire.receive(bytes);
    const mangled = sample.slice();
    mangled[Math.floor(random() * mangled.length)] = Math.floor(random() * 256);
    wire.receive(
      encodeFrame(FrameKind.control, 0 as ChannelId, mangled.subarray(0, Math.floor(random() * 2 * mangled.length))),
    );
  }
  const answer = wire.ask(session, "shell.list", {});
  say({ type: "shell.listed", request: 2, shells: [] });
  expect((await answer).result).toEqual({ shells: [] });
});

function viewOf(): SessionView {
  return {
    session,
    state: "active",
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
