import { afterAll, beforeAll, expect, test } from "bun:test";
import { channelWindows } from "../../protocol/channel.ts";
import { AppError } from "../../protocol/errors.ts";
import { FrameKind } from "../../protocol/frame.ts";
import type { Actor } from "../actor.ts";
import { systemClock } from "../clock.ts";
import { openRooms } from "../rooms.ts";
import type { AgentLink, ServerChannel } from "../support-sessions/agent-link.ts";
import type { ScriptedLanes } from "../test/scripted-agent.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";
import type { OpenedGateway } from "./open-gateway.ts";

let site: TestSite;
let opened: OpenedGateway;
let lanes: ScriptedLanes;
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
  ({ session, lanes } = await startSession(site.admin, agent, socket));
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
