/** A download from a computer at the end of a long line. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Download } from "../../protocol/api/console.ts";
import { channelWindows } from "../../protocol/channel.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { Computer } from "../../ui/test/harness/computer.ts";
import { Site } from "../../ui/test/harness/site.ts";
import { BenchConsole } from "./bench-console.ts";
import { FOLDER, json, makeFile, post } from "./bulk-traffic.ts";
import type { Bench, Measurement } from "./measurement.ts";

const ROUND_TRIP_MS = 100;
const SLICES = 64;
const SIZE_BYTES = SLICES * SLICE_BYTES;

async function measure(): Promise<Measurement[]> {
  await using site = await Site.start();
  site.agentNetwork.delay(ROUND_TRIP_MS / 2);
  await using _computer = await Computer.start(site);
  using client = await BenchConsole.open(site.directAddress);
  const { session } = await client.jump();
  const folder = mkdtempSync(join(FOLDER, "causeway-bench-"));
  try {
    const path = join(folder, "far.bin");
    makeFile(path, SLICES);
    const base = `/api/console/sessions/${session}/downloads`;
    const { id } = await json<Download>(await client.fetch(base, post({ path })));
    const start = performance.now();
    const response = await client.fetch(`${base}/${id}/content`);
    let received = 0;
    for await (const chunk of response.body ?? []) received += chunk.length;
    if (received !== SIZE_BYTES) throw new Error(`the download has ${received} bytes, not ${SIZE_BYTES}`);
    return [figure((performance.now() - start) / 1000)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figure(seconds: number): Measurement {
  const first = channelWindows.transfer.toViewerBytes / 1e3 / ROUND_TRIP_MS;
  return {
    name: `download over a line of ${ROUND_TRIP_MS} ms there and back, speed`,
    value: SIZE_BYTES / 1e6 / seconds,
    unit: "MB/s",
    method: `${(SIZE_BYTES / 1e6).toFixed(0)} MB through a delaying proxy between server and agent; the first window alone would carry ${first.toFixed(1)} MB/s`,
  };
}

export const longLine: Bench = { name: "long-line", run: measure };
