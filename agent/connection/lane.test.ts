import { expect, test } from "bun:test";
import { AppError } from "../../protocol/errors.ts";
import {
  CONTROL_CHANNEL,
  decodeFrame,
  encodeCredit,
  encodeFrame,
  type Frame,
  FrameKind,
} from "../../protocol/frame.ts";
import type { ChannelId } from "../../protocol/ids.ts";
import { encodeMessage, type Parsed, parseMessage } from "../../protocol/parse.ts";
import type { AgentChannel, ToolHandlers } from "../session-tool.ts";
import { LaneConnection } from "./lane.ts";

const session = "S".repeat(22);
const shell = "T".repeat(22);
const opened = { shell, title: "", outputOffset: 0, inputOffset: 0 };
const open = { type: "shell.open", request: 1, channel: 9, rows: 24, columns: 80, writer: "W".repeat(22) };

function connect(handlers: ToolHandlers, isAttached = true) {
  const frames: Frame[] = [];
  const failures: string[] = [];
  const unexpected: unknown[] = [];
  const lane = new LaneConnection({
    lane: "interactive",
    session,
    handlers,
    send: (bytes) => void frames.push(decodeFrame(bytes)),
    onAttached: () => undefined,
    onFailure: (reason) => void failures.push(reason),
    onUnexpected: (error) => void unexpected.push(error),
    monotonicMs: () => 0,
  });
  const say = (message: { readonly type: string } & Record<string, unknown>) =>
    lane.receive(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message)));
  if (isAttached) say({ type: "session.attached", session });
  const messages = (): Parsed[] =>
    frames.filter(({ kind }) => kind === FrameKind.control).map(({ payload }) => parseMessage(payload, "agent"));
  return { lane, frames, failures, unexpected, say, messages };
}
const data = (bytes: number[]) => encodeFrame(FrameKind.data, 9 as ChannelId, Uint8Array.from(bytes));

test("a channel's first byte comes after the reply that tells of it, and none while the credit is used up", () => {
  let channel: AgentChannel | undefined;
  const { frames, lane, say } = connect({
    "shell.open": ({ channel: given }) => {
      channel = given!;
      expect(channel.availableBytes).toBe(0);
      expect(channel.write(Uint8Array.of(1))).toBe(false);
      channel.onCredit = () => void channel!.write(Uint8Array.of(2));
      return opened;
    },
  });
  say(open);
  expect(frames.map(({ kind }) => kind)).toEqual([FrameKind.control, FrameKind.data]);
  const window = 1 << 20;
  expect(channel!.availableBytes).toBe(window - 1);
  channel!.onCredit = () => undefined;
  // The last frame may overdraw the credit: what one cannot cut must still go.
  for (let at = 0; at < 4; at += 1) expect(channel!.write(new Uint8Array(window / 4))).toBe(true);
  expect(channel!.write(Uint8Array.of(3))).toBe(false);
  lane.receive(encodeCredit(9 as ChannelId, 2));
  expect(channel!.availableBytes).toBe(1);
});

test("bytes that come before the tool listens are kept for it", async () => {
  const got: number[] = [];
  const { lane, say } = connect({
    "shell.open": async ({ channel }) => {
      await Bun.sleep(1);
      channel!.onData = (bytes) => void got.push(...bytes);
      return opened;
    },
  });
  say(open);
  lane.receive(data([1, 2]));
  lane.receive(data([3]));
  await Bun.sleep(5);
  lane.receive(data([4]));
  expect(got).toEqual([1, 2, 3, 4]);
});

test("a peer that sends more than it was granted loses the channel, not the lane", () => {
  let isLost = false;
  const { lane, frames, say } = connect({
    "shell.open": ({ channel }) => {
      channel!.onData = () => undefined;
      channel!.onClose = () => (isLost = true);
      return opened;
    },
  });
  say(open);
  for (let at = 0; at < 5; at += 1) lane.receive(data(new Array<number>(64 << 10).fill(0)));
  expect(isLost).toBe(true);
  expect(frames.at(-1)).toMatchObject({ kind: FrameKind.close, channel: 9 });
  expect(new TextDecoder().decode(frames.at(-1)!.payload)).toBe("channel.overflow");
  expect(lane.isAttached).toBe(true);
});

test("a tool's refusal reaches the asker in its own words; what nobody foresaw does not leak out", async () => {
  const { messages, unexpected, say } = connect({
    "shell.end": () => {
      throw new AppError("shell.unknown", "This shell has ended.");
    },
    "shell.list": () => Promise.reject(new Error("/root/secret/path")),
  });
  say({ type: "shell.end", request: 3, shell });
  say({ type: "shell.list", request: 4 });
  await Bun.sleep(1);
  expect(messages()).toEqual([
    {
      ok: true,
      kind: "message",
      message: { type: "error", request: 3, code: "shell.unknown", message: "This shell has ended." },
    },
    { ok: true, kind: "message", message: expect.objectContaining({ type: "error", request: 4, code: "internal" }) },
  ]);
  expect(JSON.stringify(messages())).not.toContain("secret");
  expect(unexpected).toHaveLength(1);
});

test("tool.cancel and a lost lane stop what runs", async () => {
  const stopped: string[] = [];
  const handlers: ToolHandlers = {
    "shell.list": ({ signal }) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          stopped.push("stopped");
          resolve({ shells: [] });
        }),
      ),
  };
  const { lane, say } = connect(handlers);
  say({ type: "shell.list", request: 1 });
  say({ type: "shell.list", request: 2 });
  say({ type: "tool.cancel", request: 1 });
  expect(stopped).toHaveLength(1);
  lane.close();
  expect(stopped).toHaveLength(2);
});

test("requests in the wrong form or at the wrong place are refused, and the lane lives", () => {
  const { messages, failures, say } = connect({
    "shell.open": () => opened,
    "files.volumes": () => ({ volumes: [], shortcuts: [] }),
  });
  say({ type: "files.volumes", request: 1 });
  say({ ...open, request: 2, channel: undefined });
  say({ type: "shell.list", request: 3 });
  say({ type: "no.such-thing", request: 4 });
  say({ type: "shell.open", request: 5, channel: 9, rows: -1, columns: 80, writer: "W".repeat(22) });
  const codes = messages().map((one) =>
    one.ok && one.kind === "message" && one.message.type === "error" ? one.message.code : null,
  );
  expect(codes).toEqual([
    "protocol.out_of_order",
    "protocol.out_of_order",
    "agent.unsupported",
    "message.unknown",
    "message.invalid",
  ]);
  expect(failures).toEqual([]);
});

test("before the lane is attached nothing is obeyed, and another session's lane is not taken", () => {
  const early = connect({ "shell.list": () => ({ shells: [] }) }, false);
  early.say({ type: "shell.list", request: 1 });
  expect(early.failures).toHaveLength(1);
  expect(early.frames).toEqual([]);
  const wrong = connect({}, false);
  wrong.say({ type: "session.attached", session: "X".repeat(22) });
  expect(wrong.failures).toHaveLength(1);
});

test("NA1 NA2 whatever bytes come, the lane neither throws nor runs a tool", () => {
  let runs = 0;
  const handlers: ToolHandlers = {
    "shell.open": () => {
      runs += 1;
      return opened;
    },
  };
  for (let round = 0; round < 4000; round += 1) {
    const { lane } = connect(handlers, round % 2 === 0);
    const bytes = crypto.getRandomValues(new Uint8Array(round % 80));
    if (bytes.length > 8) bytes.set([round % 5, 0, 0, 0, 0, 0, 0, round % 4 === 0 ? 9 : 0]);
    lane.receive(bytes);
    lane.receive(bytes.slice(0, 8));
  }
  expect(runs).toBe(0);
});
