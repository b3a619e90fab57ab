/** A computer at the end of a long line, between the built server and the built agent. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomFillSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { channelWindows } from "../../protocol/channel.ts";
import { BenchConsole } from "../../tools/bench/bench-console.ts";
import { Computer } from "./harness/computer.ts";
import { sha256 } from "./harness/folder-hash.ts";
import { Site } from "./harness/site.ts";

/** There and back. */
const ROUND_TRIP_MS = 100;
const SIZE_BYTES = 48 << 20;

let site: Site;
let computer: Computer;
let anna: BenchConsole;
let session: string;

beforeAll(async () => {
  site = await Site.start();
  site.agentNetwork.delay(ROUND_TRIP_MS / 2);
  computer = await Computer.start(site);
  anna = await BenchConsole.open(site.directAddress);
  ({ session } = await anna.jump());
}, 60_000);
afterAll(async () => {
  anna?.[Symbol.dispose]();
  await computer?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
}, 30_000);

test("FILE-18 over a line of 100 ms a file comes several times as fast as one first window a round trip, and whole", async () => {
  const content = randomFillSync(Buffer.alloc(SIZE_BYTES));
  writeFileSync(join(computer.home, "far.bin"), content);
  const base = `/api/console/sessions/${session}/downloads`;
  const created = await anna.fetch(base, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ path: join(computer.home, "far.bin") }),
  });
  const { id } = (await created.json()) as { id: string };
  const beganMs = performance.now();
  const response = await anna.fetch(`${base}/${id}/content`);
  const received = Buffer.from(await response.arrayBuffer());
  const tookMs = performance.now() - beganMs;
  expect(sha256(received)).toBe(sha256(content));
  const inFirstWindowsMs = (SIZE_BYTES / channelWindows.transfer.toViewerBytes) * ROUND_TRIP_MS;
  expect(tookMs).toBeLessThan(inFirstWindowsMs / 3);
}, 60_000);
