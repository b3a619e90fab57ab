import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeInput, type RemoteInput } from "../../protocol/input.ts";
import { createClipboardToolOn } from "../clipboard/clipboard-tool.ts";
import { createInputToolOn } from "../input/input-tool.ts";
import type { SessionTool, ToolRequest } from "../session-tool.ts";
import { findLoginShell } from "../shell/login-shell.ts";
import { createShellToolOn } from "../shell/shell-tool.ts";
import { LaneViewer } from "../test/lane-viewer.ts";
import { LoopbackChannel } from "../test/loopback-channel.ts";
import { Painter } from "../test/painter.ts";
import { isEqualPicture, ScriptedViewer } from "../test/scripted-viewer.ts";
import { makeId } from "../test/test-site.ts";
import { startVirtualDisplay } from "../test/virtual-display.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import { createScreenToolOn } from "./screen-tool.ts";

const SIZE = "640x480";
const beside = { signal: new AbortController().signal, progress: () => undefined };

// A home of its own for the shell: what stands in the files of whoever runs the tests must not slow it.
const home = mkdtempSync(join(tmpdir(), "causeway-lost-display-"));
afterAll(() => rmSync(home, { recursive: true }));
const account = { name: "somebody", uid: 4242, gid: 4242, home, shell: "/bin/bash" };

async function openScreen(tool: SessionTool): Promise<ScriptedViewer> {
  const viewer = new ScriptedViewer(1);
  const request = { params: { monitor: "all" }, channel: viewer.channel, ...beside };
  await tool.handlers["screen.open"]!(request as ToolRequest<"screen.open">);
  return viewer;
}

async function openInput(tool: SessionTool): Promise<LoopbackChannel> {
  const channel = new LoopbackChannel(2, 0);
  await tool.handlers["input.open"]!({ params: {}, channel, ...beside } as ToolRequest<"input.open">);
  return channel;
}

/** Whether the clipboard's text came; false: its display had gone, or did not answer. */
async function fetchText(tool: SessionTool): Promise<boolean> {
  const request = { params: {}, channel: null, ...beside } as ToolRequest<"clipboard.fetch">;
  return await Promise.resolve(tool.handlers["clipboard.fetch"]!(request)).then(
    () => true,
    () => false,
  );
}

/** Paints something new and waits until the viewer sees it. */
async function seePainted(viewer: ScriptedViewer, display: DisplayAddress, colour: number): Promise<void> {
  using painter = new Painter(display);
  painter.fill(20, 30, 200, 100, colour);
  painter.finish();
  const isSame = () => viewer.blocked !== null && isEqualPicture(viewer.rgb(), painter.read(0, 0, 640, 480));
  await viewer.until(() => viewer.layout?.width === 640 && (viewer.blocked ?? "") === "", "the display", 15_000);
  viewer.blocked ??= "";
  await viewer.until(isSame, "what was painted", 15_000);
}

/** More than the buffer of a connection holds: nobody may fill it once the display has gone. */
const hectic: readonly RemoteInput[] = Array.from({ length: 1200 }, (_, at) => ({
  ...{ kind: "move", x: at % 640, y: at % 480 },
}));

const openFiles = (): number => readdirSync("/proc/self/fd").length;

test("SCREEN-01 SCREEN-04 an X server's death leaves the agent and its shell alive; the screen comes back with the next", async () => {
  let display = await startVirtualDisplay(SIZE);
  const { address } = display;
  const find = () => [address];
  using shells = new LaneViewer(createShellToolOn(() => findLoginShell(account.uid, [account])));
  const { channel: shell } = await shells.ask("shell.open", { rows: 24, columns: 80, writer: makeId() });
  using screen = createScreenToolOn(find);
  using input = createInputToolOn(find);
  using clipboard = createClipboardToolOn(find, () => undefined);
  const viewer = await openScreen(screen);
  let files = Infinity;
  for (let death = 1; death <= 4; death += 1) {
    await seePainted(viewer, address, 0x336600 + death);
    const control = await openInput(input);
    const fetched = fetchText(clipboard);
    // It dies while all three wait for an answer, or have much to tell it.
    if (death % 2 === 0) display.pause();
    control.onData(encodeInput(hectic));
    await Bun.sleep(death * 10);
    await display.kill();
    // Control learns of it with the next thing it is to do.
    for (; control.closedWith === null; await Bun.sleep(20))
      control.onData(encodeInput([{ kind: "move", x: 1, y: 1 }]));
    expect(control.closedWith).toBe("display.lost");
    await fetched;
    await shell.writeAll(`echo still $((${death}+40))\n`);
    await shell.until(({ text }) => text.includes(`still ${40 + death}`));
    await display[Symbol.asyncDispose]();
    display = await startVirtualDisplay(SIZE, address.display);
    await seePainted(viewer, address, 0x663300 + death);
    expect(await fetchText(clipboard)).toBe(true);
    if (death === 1) files = openFiles();
  }
  expect(openFiles()).toBeLessThanOrEqual(files);
  expect(viewer.channel.closedWith).toBe(null);
  await display[Symbol.asyncDispose]();
}, 60_000);

test("SCREEN-01 a picture whose program dies comes back by itself, for everyone who looks", async () => {
  await using display = await startVirtualDisplay(SIZE);
  using screen = createScreenToolOn(() => [display.address]);
  const viewer = await openScreen(screen);
  await seePainted(viewer, display.address, 0x224488);
  for (const colour of [0x884422, 0x228844]) {
    const newest = Bun.spawnSync(["pgrep", "-n", "-P", String(process.pid), "-f", "share-screen"]).stdout.toString();
    process.kill(Number(newest.trim()), "SIGKILL");
    const { keyframes } = viewer;
    await viewer.until(() => viewer.keyframes > keyframes, "another whole picture");
    await seePainted(viewer, display.address, colour);
  }
  viewer.channel.close();
  expect(screen.isCapturing).toBe(false);
}, 30_000);
