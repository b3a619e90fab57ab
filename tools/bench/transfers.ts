/** Files of 10 GB up and down through the built server and agent, and what that does to the server's memory. */
import { createHash, randomFillSync } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Download, Upload } from "../../protocol/api/console.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { Computer } from "../../ui/test/harness/computer.ts";
import { Site } from "../../ui/test/harness/site.ts";
import { BenchConsole } from "./bench-console.ts";
import { Program } from "../desktop/program.ts";
import { residentBytes } from "./machine.ts";
import type { Bench, Measurement } from "./measurement.ts";

const SLICES = 1250;
const TOTAL_BYTES = SLICES * SLICE_BYTES;
/** Slices on their way at once, as the page keeps them. */
const PARALLEL_SLICES = 3;
/** Memory is looked at this often, in ms. */
const LOOK_MS = 100;
/** Files lie in memory, so that the disk of the machine is not what is measured. */
const FOLDER = "/dev/shm";

/** The most the process grew over what it weighed at first, while `work` ran. */
async function growthDuring(pid: number, work: () => Promise<void>): Promise<{ seconds: number; grownBytes: number }> {
  const before = residentBytes(pid);
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, residentBytes(pid));
  }, LOOK_MS);
  const start = performance.now();
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return { seconds: (performance.now() - start) / 1000, grownBytes: most - before };
}

async function json<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const post = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

async function upload(client: BenchConsole, session: string, directory: string): Promise<void> {
  const base = `/api/console/sessions/${session}/uploads`;
  const slice = randomFillSync(new Uint8Array(SLICE_BYTES));
  const digest = `sha-256=:${createHash("sha256").update(slice).digest("base64")}:`;
  const body = { directory, name: "up.bin", sizeBytes: TOTAL_BYTES, modifiedAt: null, conflict: "overwrite" };
  const { id } = await json<Upload>(await client.fetch(base, post(body)));
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let index = next++; index < SLICES; index = next++) {
      const path = `${base}/${id}/slices/${index * SLICE_BYTES}`;
      await json(await client.fetch(path, { method: "PUT", headers: { "content-digest": digest }, body: slice }));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_SLICES }, sender));
  await json(await client.fetch(`${base}/${id}/finish`, { method: "POST" }));
  if (statSync(join(directory, "up.bin")).size !== TOTAL_BYTES) throw new Error("the upload is not whole");
}

async function download(client: BenchConsole, session: string, path: string, sizeBytes: number): Promise<void> {
  const base = `/api/console/sessions/${session}/downloads`;
  const { id } = await json<Download>(await client.fetch(base, post({ path })));
  const response = await client.fetch(`${base}/${id}/content`);
  if (!response.ok || response.body === null) throw new Error(`download: ${response.status}`);
  let received = 0;
  for await (const chunk of response.body) received += chunk.length;
  if (received !== sizeBytes) throw new Error(`the download has ${received} bytes, not ${sizeBytes}`);
}

function makeFile(path: string, slices: number): void {
  const bytes = randomFillSync(new Uint8Array(SLICE_BYTES));
  const file = openSync(path, "w");
  for (let index = 0; index < slices; index++) writeSync(file, bytes);
  closeSync(file);
}

/** Downloads the same gigabyte again and again until disposed: the bulk traffic other figures are measured beside. */
export async function keepDownloading(session: string, client: BenchConsole): Promise<AsyncDisposable> {
  const folder = mkdtempSync(join(FOLDER, "causeway-bench-"));
  const path = join(folder, "bulk.bin");
  makeFile(path, 128);
  const base = `/api/console/sessions/${session}/downloads`;
  const { id } = await json<Download>(await client.fetch(base, post({ path })));
  const program = join(import.meta.dirname, "endless-download.ts");
  const order = JSON.stringify({ url: `${client.address}${base}/${id}/content`, headers: client.headers });
  const flowing = Promise.withResolvers<void>();
  const child = new Program([process.execPath, program], {
    input: order,
    onLine: (line) => (line === "flowing" ? flowing.resolve() : flowing.reject(new Error(line))),
  });
  await flowing.promise;
  return {
    [Symbol.asyncDispose]: async () => {
      await child[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function figures(way: string, seconds: number, grownBytes: number): Measurement[] {
  const method = `${(TOTAL_BYTES / 1e9).toFixed(1)} GB over TLS on loopback, ${way}; file in memory (tmpfs)`;
  return [
    { name: `${way}, speed`, value: TOTAL_BYTES / 1e6 / seconds, unit: "MB/s", goal: { atLeast: 250 }, method },
    {
      name: `${way}, growth of the server's memory`,
      value: grownBytes / 2 ** 20,
      unit: "MiB",
      goal: { atMost: 64 },
      method,
    },
  ];
}

async function measure(): Promise<Measurement[]> {
  await using site = await Site.start();
  await using _computer = await Computer.start(site, { isDirect: true });
  using client = await BenchConsole.open(site.directAddress);
  const { session } = await client.jump();
  const folder = mkdtempSync(join(FOLDER, "causeway-bench-"));
  try {
    // The heap settles first: what a first transfer makes once is not growth with size.
    makeFile(join(folder, "warm.bin"), 64);
    await download(client, session, join(folder, "warm.bin"), 64 * SLICE_BYTES);
    const up = await growthDuring(site.serverPid, () => upload(client, session, folder));
    const down = await growthDuring(site.serverPid, () =>
      download(client, session, join(folder, "up.bin"), TOTAL_BYTES),
    );
    return [
      ...figures(`upload in slices, ${PARALLEL_SLICES} at once`, up.seconds, up.grownBytes),
      ...figures("download as one stream", down.seconds, down.grownBytes),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const transfers: Bench = { name: "transfers", run: measure };
