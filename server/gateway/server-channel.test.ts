import { afterAll, beforeAll, expect, test } from "bun:test";
import { channelWindows } from "../../protocol/channel.ts";
import { AppError } from "../../protocol/errors.ts";
import { encodeFrame, FrameKind } from "../../protocol/frame.ts";
import type { SupportSessionId } from "../../protocol/ids.ts";
import type { Actor } from "../actor.ts";
import { systemClock } from "../clock.ts";
import { openRooms } from "../rooms.ts";
import type { AgentLink, ServerChannel } from "../support-sessions/agent-link.ts";
import type { ScriptedLanes } from "../test/scripted-agent.ts";
import type { ScriptedConsole } from "../test/scripted-console.ts";
import { openChannel } from "../test/scripted-tools.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";
import type { LaneEnd } from "./lane-end.ts";
import type { OpenedGateway } from "./open-gateway.ts";
import { type Channel, Relay } from "./relay.ts";
import { ServerChannelEnd } from "./server-channel.ts";
import { FIRST_TRANSFER_WINDOW_BYTES, TYPING_WINDOW_BYTES, WindowBudget } from "./transfer-window.ts";
import { Typing } from "./typing.ts";

let site: TestSite;
let opened: OpenedGateway;
let lanes: ScriptedLanes;
let console: ScriptedConsole;
let session: string;
let owner: Actor;
beforeAll(async () => {
  site = await startTestSite({
    clock: systemClock,
    openRooms: async (core) => {
      const rooms = await openRooms(core, { agentsDirectory: `${core.directory}/agents` });
      opened = rooms.opened;
      return rooms;
    },
  });
  const { agent, socket } = await site.jumpClient();
  ({ console, session, lanes } = await startSession(site.admin, agent, socket));
  const id = opened.sessions.find(session)!.model.owner;
  const rights = await site.server.core.policyBook.rightsOf(id);
  const name = { username: rights.name, displayName: rights.name };
  owner = { id, ...name, rights, scopes: null, signIn: "", area: "console", address: "192.0.2.1" };
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const VERSION = "1";

/** The link as the representative who is in the session. */
function link(): AgentLink {
  return opened.agentLinks.linkFor(session, owner, "files.download");
}

/** Opens a download and has the agent reply; gives the server's end and the channel's number. */
async function openDownload(): Promise<{ channel: ServerChannel; id: number }> {
  const asked = link().ask("download.read", { path: "/a", version: VERSION, offset: 0, length: 1 << 30 });
  const request = await lanes.bulk.nextTool("download.read");
  lanes.bulk.send({ type: "download.reading", request: request.request, channel: request.channel, sha256: null });
  return { channel: (await asked).channel!, id: request.channel };
}

/** Sends a slice up and gives the server's end with the request it belongs to. */
async function openUpload() {
  const opening = Promise.withResolvers<ServerChannel>();
  const params = { transfer: "T".repeat(22), offset: 0, length: 1, sha256: "A".repeat(43) };
  const answer = link().ask("upload.slice", params, { onChannel: opening.resolve });
  const request = await lanes.bulk.nextTool("upload.slice");
  return { channel: await opening.promise, request, answer };
}

async function collect(channel: ServerChannel): Promise<number> {
  let total = 0;
  for await (const bytes of channel.incoming) total += bytes.length;
  return total;
}

test("bytes from the agent come in order, credit goes back as they are taken, and the end is the end", async () => {
  const { channel, id } = await openDownload();
  const total = 3 * channelWindows.transfer.toViewerBytes;
  const chunk = new Uint8Array(channelWindows.transfer.toViewerBytes / 4);
  const taken = collect(channel);
  let available = channelWindows.transfer.toViewerBytes;
  for (let sent = 0; sent < total; sent += chunk.length) {
    while (available < chunk.length) available += (await lanes.bulk.nextFrame(id, FrameKind.credit)).credit!;
    lanes.bulk.data(id, chunk);
    available -= chunk.length;
  }
  lanes.bulk.closeChannel(id);
  expect(await taken).toBe(total);
});

test("an agent that sends more than it was granted loses the channel", async () => {
  const { channel, id } = await openDownload();
  const chunk = new Uint8Array(256 << 10);
  for (let sent = 0; sent <= channelWindows.transfer.toViewerBytes; sent += chunk.length) lanes.bulk.data(id, chunk);
  expect((await lanes.bulk.nextFrame(id, FrameKind.close)).reason).toBe("channel.overflow");
  await expect(collect(channel)).rejects.toMatchObject({ code: "channel.overflow" });
});

test("frames that use no credit cannot pile up: past what may wait the channel ends", async () => {
  const { channel, id } = await openDownload();
  for (let sent = 0; sent < 5000; sent += 1) lanes.bulk.data(id, new Uint8Array(0));
  expect((await lanes.bulk.nextFrame(id, FrameKind.close)).reason).toBe("channel.overflow");
  await expect(collect(channel)).rejects.toMatchObject({ code: "channel.overflow" });
});

/** How much credit the agent gets back for a whole window of bytes that the server took at once. */
async function creditForWindow(): Promise<number> {
  const { channel, id } = await openDownload();
  for (let sent = 0; sent < FIRST_TRANSFER_WINDOW_BYTES; sent += 64 << 10)
    lanes.bulk.data(id, new Uint8Array(64 << 10));
  const [incoming, taken] = [channel.incoming[Symbol.asyncIterator](), { bytes: 0 }];
  while (taken.bytes < FIRST_TRANSFER_WINDOW_BYTES) taken.bytes += (await incoming.next()).value?.length ?? 0;
  const end = incoming.next();
  // What the lane gets after all credit says that there is no more of it.
  const asked = link().ask("download.stat", { path: "/after" });
  const { request } = await lanes.bulk.nextTool("download.stat");
  lanes.bulk.send({ type: "error", request, code: "file.not_found", message: "/after is not there." });
  await expect(asked).rejects.toMatchObject({ code: "file.not_found" });
  const credits = lanes.bulk.frames.filter((frame) => frame.channel === id && frame.kind === FrameKind.credit);
  lanes.bulk.closeChannel(id);
  await end;
  return credits.reduce((sum, { credit }) => sum + (credit ?? 0), 0);
}

test("keys that reach an agent narrow transfers, and bytes for a channel that is closed do not", async () => {
  const shell = await openChannel(console, lanes, "shell.open", session);
  let credit: number;
  // Until the line is known to be short, and the machine was quick enough for it to be within a second of the key.
  do {
    console.socket.data(shell, "k");
    await lanes.interactive.nextFrame(shell);
    credit = await creditForWindow();
  } while (credit !== TYPING_WINDOW_BYTES);
  console.socket.closeChannel(shell);
  await lanes.interactive.nextFrame(shell, FrameKind.close);
  await Bun.sleep(1100);
  console.socket.data(shell, "k");
  expect((await console.ask("console.ping")).type).toBe("console.pong");
  expect(await creditForWindow()).toBe(FIRST_TRANSFER_WINDOW_BYTES);
});

test("a lane that takes no credit loses the transfer, which would wait for it for ever", async () => {
  const relay = new Relay(7);
  const lane: LaneEnd = {
    ...{
      channels: new Set<Channel>(),
      strayFrames: 0,
      roundTripMs: 1,
      transferWindowBytes: FIRST_TRANSFER_WINDOW_BYTES,
    },
    deliver: () => false,
    channelClosed: () => undefined,
    send: () => false,
    whenWritable: () => null,
    measureRoundTrip: () => undefined,
    close: () => undefined,
  };
  using end = new ServerChannelEnd(relay, lane, systemClock, new Typing(), new WindowBudget());
  const channel = relay.open("transfer", session as SupportSessionId, end, lane);
  end.attach(channel);
  relay.forward(lane, encodeFrame(FrameKind.data, channel.id, new Uint8Array(FIRST_TRANSFER_WINDOW_BYTES)));
  expect(relay.openChannels).toBe(1);
  const taken = await collect(end).catch((error: unknown) => error);
  expect(taken).toMatchObject({ code: "channel.overflow" });
  expect(relay.openChannels).toBe(0);
});

test("a writer waits for the agent's credit", async () => {
  const { channel, request, answer } = await openUpload();
  const total = channelWindows.transfer.toAgentBytes + (1 << 20);
  let isWritten = false;
  const writing = channel.write(new Uint8Array(total)).then(() => (isWritten = true));
  let received = 0;
  while (received < channelWindows.transfer.toAgentBytes)
    received += (await lanes.bulk.nextFrame(request.channel)).payload.length;
  await Bun.sleep(50);
  expect([received, isWritten]).toEqual([channelWindows.transfer.toAgentBytes, false]);
  lanes.bulk.credit(request.channel, 1 << 20);
  await writing;
  lanes.bulk.send({
    type: "upload.slice-verified",
    request: request.request,
    channel: request.channel,
    verifiedBytes: 1,
  });
  expect((await answer).result).toEqual({ verifiedBytes: 1 });
  channel[Symbol.dispose]();
  expect((await lanes.bulk.nextFrame(request.channel, FrameKind.close)).reason).toBe("");
});

test("the agent's refusal, an abort, and silence each end the request", async () => {
  const refused = link().ask("download.stat", { path: "/gone" });
  const { request } = await lanes.bulk.nextTool("download.stat");
  lanes.bulk.send({ type: "error", request, code: "file.not_found", message: "/gone is not there." });
  await expect(refused).rejects.toThrow(new AppError("file.not_found", "/gone is not there."));

  const stopping = new AbortController();
  const stopped = link().ask("download.stat", { path: "/slow" }, { signal: stopping.signal });
  const slow = await lanes.bulk.nextTool("download.stat");
  stopping.abort();
  expect((await lanes.bulk.next("tool.cancel")).request).toBe(slow.request);
  lanes.bulk.send({ type: "error", request: slow.request, code: "transfer.cancelled", message: "Stopped." });
  await expect(stopped).rejects.toMatchObject({ code: "transfer.cancelled" });

  const silent = link().ask("download.stat", { path: "/silent" }, { timeoutMs: 50 });
  await expect(silent).rejects.toMatchObject({ code: "agent.timeout" });
});

test("nobody gets the link of a session they do not take part in", () => {
  const stranger = { id: "stranger" } as Actor;
  expect(() => opened.agentLinks.linkFor(session, stranger, "files.download")).toThrow(
    expect.objectContaining({ code: "session.not_participant" }),
  );
  expect(() => opened.agentLinks.linkFor("X".repeat(22), stranger, "files.download")).toThrow(
    expect.objectContaining({ code: "session.unknown" }),
  );
});

test("when the lane is lost, readers and writers are told so", async () => {
  const { channel } = await openDownload();
  const reading = collect(channel);
  lanes.bulk.terminate();
  await expect(reading).rejects.toMatchObject({ code: "channel.lost" });
  await expect(channel.write(new Uint8Array(1))).rejects.toMatchObject({ code: "channel.lost" });
  await expect(link().ask("download.stat", { path: "/a" })).rejects.toMatchObject({ code: "agent.offline" });
});
