import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SessionTool, ToolRequest } from "../session-tool.ts";
import { Painter } from "../test/painter.ts";
import { isEqualPicture, ScriptedViewer } from "../test/scripted-viewer.ts";
import { startVirtualDisplay, type VirtualDisplay } from "../test/virtual-display.ts";
import type { MonitorChoice } from "./capture-messages.ts";
import { createScreenToolOn } from "./screen-tool.ts";

let display: VirtualDisplay;
beforeAll(async () => {
  display = await startVirtualDisplay("1280x800");
});
afterAll(() => display[Symbol.asyncDispose]());

const toolOn = (shown: VirtualDisplay) => createScreenToolOn(() => [shown.address]);

async function open(tool: SessionTool, viewer: ScriptedViewer, monitor: MonitorChoice = "all"): Promise<void> {
  const request = { params: { monitor }, channel: viewer.channel, signal: new AbortController().signal };
  await tool.handlers["screen.open"]!({ ...request, progress: () => undefined } as ToolRequest<"screen.open">);
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

const matches = (viewer: ScriptedViewer, painter: Painter) => {
  const { x, y, width, height } = viewer.layout!;
  return isEqualPicture(viewer.rgb(), painter.read(x, y, width, height));
};

test("SCREEN-01 the first picture and every later one equal the screen in every pixel", async () => {
  using tool = toolOn(display);
  using painter = new Painter(display.address);
  const viewer = new ScriptedViewer(1);
  const random = seeded(7);
  await open(tool, viewer);
  await viewer.until(() => viewer.updates > 0, "the first picture");
  for (let round = 0; round < 30; round++) {
    for (let shapes = random(20); shapes >= 0; shapes--) {
      const [x, y] = [random(1280), random(800)];
      const [width, height] = [1 + random(1280 - x), 1 + random(800 - y)];
      if (random(4) === 0) painter.copy(x, y, width, height, random(1280), random(800));
      else painter.fill(x, y, 1 + random(width), 1 + random(height), random(0x1000000));
    }
    painter.finish();
    await viewer.until(() => matches(viewer, painter), `round ${round}`);
  }
  expect(viewer.keyframes).toBe(1);
});
