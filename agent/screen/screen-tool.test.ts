import { afterAll, beforeAll, expect, test } from "bun:test";
import { ScreenPacket } from "../../protocol/screen.ts";
import type { SessionTool, ToolRequest } from "../session-tool.ts";
import { Painter } from "../test/painter.ts";
import { isEqualPicture, ScriptedViewer } from "../test/scripted-viewer.ts";
import { startVirtualDisplay, type VirtualDisplay } from "../test/virtual-display.ts";
import type { MonitorChoice } from "./capture-messages.ts";
import { createScreenToolOn } from "./screen-tool.ts";

const WIDTH = 1280;
const HEIGHT = 800;

let display: VirtualDisplay;
beforeAll(async () => {
  display = await startVirtualDisplay(`${WIDTH}x${HEIGHT}`);
});
afterAll(() => display[Symbol.asyncDispose]());

const toolOn = (shown: VirtualDisplay) => createScreenToolOn(() => [shown.address]);
const beside = { signal: new AbortController().signal, progress: () => undefined };

async function open(tool: SessionTool, viewer: ScriptedViewer, monitor: MonitorChoice = "all"): Promise<void> {
  const request = { params: { monitor }, channel: viewer.channel, ...beside };
  await tool.handlers["screen.open"]!(request as ToolRequest<"screen.open">);
}

async function openSeen(tool: SessionTool, id: number, monitor: MonitorChoice = "all"): Promise<ScriptedViewer> {
  const viewer = new ScriptedViewer(id);
  await open(tool, viewer, monitor);
  await viewer.until(() => viewer.updates > 0, "the first picture");
  return viewer;
}

/** A random number generator that gives the same numbers each time (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const matches = (viewer: ScriptedViewer, painter: Painter): boolean => {
  const { x, y, width, height } = viewer.layout!;
  return isEqualPicture(viewer.rgb(), painter.read(x, y, width, height));
};

/** Draws rows that all differ, as text does. */
function paintRows(painter: Painter, random: (below: number) => number): void {
  for (let y = 0; y < HEIGHT; y += 2)
    for (let x = 0; x < WIDTH; x += 160) painter.fill(x, y, 20 + random(120), 2, random(0x1000000));
}

test("SCREEN-01 the first picture and every later one equal the screen in every pixel", async () => {
  using tool = toolOn(display);
  using painter = new Painter(display.address);
  const viewer = await openSeen(tool, 1);
  const random = seeded(7);
  for (let round = 0; round < 20; round++) {
    for (let shapes = random(20); shapes >= 0; shapes--) {
      const [x, y] = [random(WIDTH), random(HEIGHT)];
      const [width, height] = [1 + random(WIDTH - x), 1 + random(HEIGHT - y)];
      if (random(4) === 0) painter.copy(x, y, width, height, random(WIDTH), random(HEIGHT));
      else painter.fill(x, y, 1 + random(width), 1 + random(height), random(0x1000000));
    }
    painter.finish();
    await viewer.until(() => matches(viewer, painter), `round ${round}`);
  }
  expect(viewer.keyframes).toBe(1);
}, 30_000);

test("what scrolls is copied at the viewer instead of being sent again, up and down", async () => {
  using tool = toolOn(display);
  using painter = new Painter(display.address);
  paintRows(painter, seeded(3));
  painter.finish();
  const viewer = await openSeen(tool, 1);
  await viewer.until(() => matches(viewer, painter), "the rows");
  for (const distance of [-48, 30]) {
    const [copies, bytes] = [viewer.copies, viewer.receivedBytes];
    const [from, to] = distance < 0 ? [-distance, 0] : [0, distance];
    painter.copy(0, from, WIDTH, HEIGHT - Math.abs(distance), 0, to);
    painter.finish();
    await viewer.until(() => matches(viewer, painter), `a scroll by ${distance}`);
    expect(viewer.copies).toBe(copies + 1);
    expect(viewer.receivedBytes - bytes).toBeLessThan(4000);
  }
}, 20_000);

test("what was on the screen a moment ago costs almost nothing elsewhere", async () => {
  using tool = toolOn(display);
  using painter = new Painter(display.address);
  painter.fill(0, 0, WIDTH, HEIGHT, 0xffffff);
  painter.finish();
  const viewer = await openSeen(tool, 1);
  const costs: number[] = [];
  for (const left of [100, 500, 900]) {
    await viewer.until(() => matches(viewer, painter), "the picture before");
    const before = viewer.receivedBytes;
    const random = seeded(17);
    for (let spot = 0; spot < 400; spot++)
      painter.fill(left + random(120), 300 + random(17), 1, 1, random(64) * 0x040404);
    painter.finish();
    await viewer.until(() => matches(viewer, painter), "the spots");
    costs.push(viewer.receivedBytes - before);
  }
  const [first, second, third] = costs as [number, number, number];
  expect(second).toBeLessThan(first / 3);
  expect(third).toBeLessThan(first / 3);
}, 20_000);

test("at rest nothing is sent", async () => {
  using tool = toolOn(display);
  const viewer = await openSeen(tool, 1);
  await viewer.until(() => viewer.cursor !== null, "the cursor");
  await Bun.sleep(300);
  const before = viewer.receivedBytes;
  await Bun.sleep(1200);
  expect(viewer.receivedBytes).toBe(before);
});

test("a stalled viewer does not slow the others, and gets the newest picture once it goes on", async () => {
  using tool = toolOn(display);
  using painter = new Painter(display.address);
  const [fast, slow] = [await openSeen(tool, 1), await openSeen(tool, 2)];
  slow.isStalled = true;
  const random = seeded(11);
  for (let round = 0; round < 15; round++) {
    painter.fill(random(WIDTH - 200), random(HEIGHT - 200), 200, 200, random(0x1000000));
    painter.finish();
    await fast.until(() => matches(fast, painter), `round ${round} at the fast viewer`);
  }
  expect(slow.updates).toBeLessThanOrEqual(3);
  const keyframes = slow.keyframes;
  slow.resume();
  await slow.until(() => matches(slow, painter), "the newest picture at the slow viewer");
  expect(slow.updates).toBeLessThanOrEqual(5);
  expect(slow.keyframes).toBe(keyframes);
  painter.fill(30, 30, 200, 200, 0xabcdef);
  painter.finish();
  for (const viewer of [fast, slow]) await viewer.until(() => matches(viewer, painter), "the same for both again");
}, 20_000);

test("a viewer that comes later gets a whole picture, and one that asks again does too", async () => {
  using tool = toolOn(display);
  using painter = new Painter(display.address);
  await openSeen(tool, 1);
  const late = await openSeen(tool, 2);
  await late.until(() => matches(late, painter), "the picture");
  expect(late.keyframes).toBe(1);
  await tool.handlers["screen.refresh"]!({
    params: { screenChannel: 2 },
    channel: null,
    ...beside,
  } as ToolRequest<"screen.refresh">);
  await late.until(() => late.keyframes === 2, "another whole picture");
});

test("SCREEN-03 capture ends with the last viewer and begins again with the next", async () => {
  using tool = toolOn(display);
  const [first, second] = [await openSeen(tool, 1), await openSeen(tool, 2)];
  first.channel.close();
  expect(tool.isCapturing).toBe(true);
  second.channel.close();
  expect(tool.isCapturing).toBe(false);
  const bytes = first.receivedBytes + second.receivedBytes;
  using painter = new Painter(display.address);
  painter.fill(0, 0, 100, 100, 0xff0000);
  painter.finish();
  await Bun.sleep(100);
  expect(first.receivedBytes + second.receivedBytes).toBe(bytes);
  await openSeen(tool, 3);
});

test("SCREEN-18 one of several monitors is seen alone, the primary first; a monitor that goes leaves all of them", async () => {
  await using several = await startVirtualDisplay("1600x600");
  await several.run(["xrandr", "--setmonitor", "left", "800/200x600/150+0+0", "screen"]);
  await several.run(["xrandr", "--setmonitor", "*right", "800/200x600/150+800+0", "none"]);
  using tool = toolOn(several);
  using painter = new Painter(several.address);
  painter.fill(0, 0, 800, 600, 0x204060);
  painter.fill(900, 100, 300, 300, 0xff8800);
  painter.finish();
  const viewer = await openSeen(tool, 1, 0);
  expect(viewer.layout).toMatchObject({ x: 800, y: 0, width: 800, height: 600, monitor: 0 });
  expect(viewer.layout!.monitors.map(({ x, isPrimary }) => [x, isPrimary])).toEqual([
    [800, true],
    [0, false],
  ]);
  await viewer.until(() => matches(viewer, painter), "the right monitor");
  await tool.handlers["screen.select"]!({
    params: { screenChannel: 1, monitor: 1 },
    channel: null,
    ...beside,
  } as ToolRequest<"screen.select">);
  await viewer.until(() => viewer.layout!.x === 0 && matches(viewer, painter), "the left monitor");
  await several.run(["xrandr", "--delmonitor", "left"]);
  await several.run(["xrandr", "--delmonitor", "right"]);
  await viewer.until(() => viewer.layout!.monitor === null && matches(viewer, painter), "all of the screen");
  expect(viewer.layout!.width).toBe(1600);
}, 20_000);

test("a screen that changes its size brings a new layout and a whole picture", async () => {
  await using resized = await startVirtualDisplay("1280x1024");
  await resized.run([
    "xrandr",
    "--newmode",
    "small",
    "63.5",
    "1024",
    "1072",
    "1176",
    "1328",
    "768",
    "771",
    "775",
    "798",
  ]);
  await resized.run(["xrandr", "--addmode", "screen", "small"]);
  using tool = toolOn(resized);
  const viewer = await openSeen(tool, 1);
  for (const [mode, width, height] of [
    ["small", 1024, 768],
    ["1280x1024", 1280, 1024],
  ] as const) {
    await resized.run(["xrandr", "--output", "screen", "--mode", mode]);
    await viewer.until(() => viewer.layout!.width === width && viewer.layout!.height === height, "the new layout");
    using painter = new Painter(resized.address);
    painter.fill(10, 10, 300, 200, width * 777);
    painter.finish();
    await viewer.until(() => matches(viewer, painter), "the picture in its new size");
  }
}, 20_000);

test("the pointer's picture and its moves come to the viewer", async () => {
  using tool = toolOn(display);
  await display.run(["xdotool", "mousemove", "50", "60"]);
  const viewer = await openSeen(tool, 1);
  await viewer.until(() => viewer.cursor !== null && viewer.pointer !== null, "cursor and place");
  expect(viewer.cursor!.rgba.length).toBe(viewer.cursor!.width * viewer.cursor!.height * 4);
  await display.run(["xdotool", "mousemove", "321", "234"]);
  await viewer.until(() => viewer.pointer!.x === 321 && viewer.pointer!.y === 234, "the pointer's new place");
  await display.run(["xdotool", "mousemove_relative", "10", "5"]);
  await viewer.until(() => viewer.pointer!.x === 331 && viewer.pointer!.y === 239, "a move as by a mouse");
  const before = viewer.cursor;
  display.start(["xterm", "-geometry", "80x30+0+0"]);
  await viewer.until(() => viewer.cursor !== before, "the cursor of a text");
});

test("without a display the refusal says what that means", async () => {
  using tool = createScreenToolOn(() => []);
  await expect(open(tool, new ScriptedViewer(1))).rejects.toMatchObject({ code: "display.none" });
  using other = createScreenToolOn(() => [{ display: ":9999", authority: null }]);
  const refusal = open(other, new ScriptedViewer(1));
  await expect(refusal).rejects.toMatchObject({ code: "display.none", message: expect.stringContaining(":9999") });
  expect(other.isCapturing).toBe(false);
});

test("a display that ends is told in words, and its picture is back when it is", async () => {
  const first = await startVirtualDisplay("640x480");
  const { display: name } = first.address;
  using tool = toolOn(first);
  const viewer = await openSeen(tool, 1);
  await first.kill();
  await viewer.until(() => (viewer.blocked ?? "") !== "", "the reason");
  await using second = await startVirtualDisplay("800x600", name!);
  await viewer.until(
    () => viewer.blocked === "" && viewer.layout!.width === 800 && viewer.keyframes === 2,
    "the picture",
  );
  using painter = new Painter(second.address);
  await viewer.until(() => matches(viewer, painter), "the new display's picture");
  await first[Symbol.asyncDispose]();
}, 20_000);

test("boxes of many colours each make the table start over, and still equal", async () => {
  using tool = toolOn(display);
  using painter = new Painter(display.address);
  const viewer = await openSeen(tool, 1);
  for (let round = 0; round < 4; round++) {
    for (const left of [0, 640])
      for (let spot = 0; spot < 200; spot++)
        painter.fill(
          left + (spot % 50),
          200 + round * 7 + Math.floor(spot / 50) * 2,
          1,
          1,
          (round * 400 + left + spot) * 37,
        );
    painter.finish();
    await viewer.until(() => matches(viewer, painter), `round ${round}`);
  }
}, 20_000);

test("pixels of many colours are sent raw and still equal", async () => {
  using tool = toolOn(display);
  using painter = new Painter(display.address);
  const viewer = await openSeen(tool, 1);
  const random = seeded(5);
  for (let y = 0; y < 96; y++) for (let x = 0; x < 130; x++) painter.fill(x, y, 1, 1, random(0x1000000));
  painter.finish();
  await viewer.until(() => matches(viewer, painter), "the noise");
  expect(viewer.channel.written.every((packet) => packet[0]! <= ScreenPacket.blocked)).toBe(true);
}, 20_000);
