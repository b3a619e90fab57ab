/** Files of 10 GiB up and down through the built server and agent, and what that does to the server's memory. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Static } from "@sinclair/typebox";
import type { Download, Upload, UploadFinished } from "../../protocol/api/console.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { Computer } from "../../ui/test/harness/computer.ts";
import { Site } from "../../ui/test/harness/site.ts";
import { BenchConsole } from "./bench-console.ts";
import { residentBytes } from "./machine.ts";
import type { Bench, Measurement } from "./measurement.ts";
import { FOLDER, json, makeFile, post } from "./bulk-traffic.ts";
import { sliceSource } from "./slice-source.ts";

const SLICES = 1280;
const TOTAL_BYTES = SLICES * SLICE_BYTES;
type Source = ReturnType<typeof sliceSource>;
/** Slices on their way at once, as the page keeps them. */
const PARALLEL_SLICES = 3;
/** Memory is looked at this often, in ms. */
const LOOK_MS = 100;

/** The most the process grew over what it weighed at first, while `work` ran. */
async function growthDuring<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ seconds: number; grownBytes: number; result: T }> {
  const before = residentBytes(pid);
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, residentBytes(pid));
  }, LOOK_MS);
  const start = performance.now();
  try {
    const result = await work();
    return { seconds: (performance.now() - start) / 1000, grownBytes: most - before, result };
  } finally {
    clearInterval(timer);
  }
}

/** Uploads the source; returns the SHA-256 the computer has of it (base64url). */
async function upload(client: BenchConsole, session: string, directory: string, source: Source): Promise<string> {
  const base = `/api/console/sessions/${session}/uploads`;
  const body = { directory, name: "up.bin", sizeBytes: TOTAL_BYTES, modifiedAt: null, conflict: "overwrite" };
  const { id } = await json<Upload>(await client.fetch(base, post(body)));
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let index = next++; index < SLICES; index = next++) {
      const { bytes, digest } = source.at(index);
      const path = `${base}/${id}/slices/${index * SLICE_BYTES}`;
      await json(await client.fetch(path, { method: "PUT", headers: { "content-digest": digest }, body: bytes }));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_SLICES }, sender));
  const finished = await json<Static<typeof UploadFinished>>(
    await client.fetch(`${base}/${id}/finish`, { method: "POST" }),
  );
  if (statSync(join(directory, "up.bin")).size !== TOTAL_BYTES) throw new Error("the upload is not whole");
  return finished.sha256;
}

/** Downloads a file as a browser does, and hands each piece on. */
async function download(
  client: BenchConsole,
  session: string,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
  onPiece: (piece: Uint8Array) => void = () => undefined,
): Promise<void> {
  const base = `/api/console/sessions/${session}/downloads`;
  const { id } = await json<Download>(await client.fetch(base, post({ path })));
  const response = await client.fetch(`${base}/${id}/content`);
  if (!response.ok || response.body === null) throw new Error(`download: ${response.status}`);
  let received = 0;
  for await (const piece of response.body) {
    onPiece(piece);
    received += piece.length;
  }
  if (received !== sizeBytes) throw new Error(`the download has ${received} bytes, not ${sizeBytes}`);
}

function figures(way: string, seconds: number, grownBytes: number): Measurement[] {
  const method = `${(TOTAL_BYTES / 1e9).toFixed(1)} GB over TLS on loopback, ${way}; file in memory (tmpfs) that was written before`;
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

/** Whether the file went through both ways unharmed, told as a figure. Hashing would slow the timed download down. */
async function proof(
  hashes: { readonly source: string; readonly onComputer: string },
  downloadAgain: (onPiece: (piece: Uint8Array) => void) => Promise<void>,
): Promise<Measurement> {
  const hasher = new Bun.CryptoHasher("sha256");
  await downloadAgain((piece) => hasher.update(piece));
  const { source, onComputer } = hashes;
  const value = [source, onComputer, hasher.digest("base64url")].filter((sha256) => sha256 === source).length;
  const method = `SHA-256 of ${TOTAL_BYTES} bytes: as they were sent, as the computer has them, as they came back`;
  return { name: "upload and download, hashes that agree", value, unit: "of 3", goal: { atLeast: 3 }, method };
}

/**
 * A virtual machine gives memory that lies free back to its host, and writes at half the speed until it has it again. What
 * the uploaded file will take is had before, since the host's supply is not what is measured.
 */
function touchMemory(folder: string): void {
  const path = join(folder, "touched.bin");
  makeFile(path, SLICES);
  rmSync(path);
}

async function measure(): Promise<Measurement[]> {
  await using site = await Site.start();
  await using _computer = await Computer.start(site, { isDirect: true });
  using client = await BenchConsole.open(site.directAddress);
  const { session } = await client.jump();
  const folder = mkdtempSync(join(FOLDER, "causeway-bench-"));
  try {
    touchMemory(folder);
    // The heap settles then: what a first transfer makes once is not growth with size.
    const source = sliceSource(SLICES);
    makeFile(join(folder, "warm.bin"), 64);
    await download(client, session, { path: join(folder, "warm.bin"), sizeBytes: 64 * SLICE_BYTES });
    const up = await growthDuring(site.serverPid, () => upload(client, session, folder, source));
    const whole = { path: join(folder, "up.bin"), sizeBytes: TOTAL_BYTES };
    const down = await growthDuring(site.serverPid, () => download(client, session, whole));
    return [
      ...figures(`upload in slices, ${PARALLEL_SLICES} at once`, up.seconds, up.grownBytes),
      ...figures("download as one stream", down.seconds, down.grownBytes),
      await proof({ source: source.sha256(), onComputer: up.result }, (onPiece) =>
        download(client, session, whole, onPiece),
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const transfers: Bench = { name: "transfers", run: measure };
