import { afterAll, beforeAll, expect, test } from "bun:test";
import { FrameKind } from "../../protocol/frame.ts";
import { answerTool, openChannel, samples } from "../test/scripted-tools.ts";
import { StalledConsole } from "../test/stalled-console.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

test("a viewer that stops reading loses its channel; the other one gets every frame at once, and memory stays flat", async () => {
  const { agent, socket } = await site.jumpClient();
  const { console, session, lanes } = await startSession(site.admin, agent, socket);
  const quick = await openChannel(console, lanes, "screen.open", session);
  using stalled = await StalledConsole.open(await site.server.representative("slow"));
  stalled.send({ type: "session.join", session, request: 1 });
  await console.sees(session, (view) => view.participants.length === 2);
  stalled.send({ type: "screen.open", session, request: 2, ...samples["screen.open"]!.params });
  const request = await lanes.interactive.nextTool("screen.open");
  answerTool(lanes.interactive, "screen.open", request);
  stalled.stall();

  const before = process.memoryUsage().rss;
  const picture = new Uint8Array(256 << 10);
  let slowest = 0;
  let isLost = false;
  for (let count = 0; count < 200 && !isLost; count += 1) {
    lanes.interactive.data(request.channel, picture);
    lanes.interactive.data(quick, `frame ${count}`);
    const started = performance.now();
    expect(Buffer.from((await console.socket.nextFrame(quick)).payload).toString()).toBe(`frame ${count}`);
    slowest = Math.max(slowest, performance.now() - started);
    isLost = lanes.interactive.frames.some(
      (frame) => frame.channel === request.channel && frame.kind === FrameKind.close,
    );
  }
  const closed = await lanes.interactive.nextFrame(request.channel, FrameKind.close);
  expect(closed.reason).toBe("channel.overflow");
  expect(slowest).toBeLessThan(1000);
  expect(process.memoryUsage().rss - before).toBeLessThan(160 << 20);
  lanes.interactive.data(quick, "and on");
  expect(Buffer.from((await console.socket.nextFrame(quick)).payload).toString()).toBe("and on");
}, 30_000);
