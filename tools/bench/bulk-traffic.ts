/** A download that never ends, beside which other figures are measured; and what benches of files share. */
import { randomFillSync } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Download } from "../../protocol/api/console.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { Program } from "../desktop/program.ts";
import type { BenchConsole } from "./bench-console.ts";

/** Files lie in memory, so that the disk of the machine is not what is measured. */
export const FOLDER = "/dev/shm";

/** The answer's body. @throws {Error} what the server refused. */
export async function json<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** A request with a JSON body. */
export const post = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** A file of so many random slices. */
export function makeFile(path: string, slices: number): void {
  const bytes = randomFillSync(new Uint8Array(SLICE_BYTES));
  const file = openSync(path, "w");
  for (let index = 0; index < slices; index++) writeSync(file, bytes);
  closeSync(file);
}

export interface BulkTraffic extends AsyncDisposable {
  /** What has come so far. */
  readonly receivedBytes: number;
}

/** Downloads the same gigabyte again and again until disposed: the bulk traffic other figures are measured beside. */
export async function keepDownloading(session: string, client: BenchConsole): Promise<BulkTraffic> {
  const folder = mkdtempSync(join(FOLDER, "causeway-bench-"));
  const path = join(folder, "bulk.bin");
  makeFile(path, 128);
  const base = `/api/console/sessions/${session}/downloads`;
  const { id } = await json<Download>(await client.fetch(base, post({ path })));
  const program = join(import.meta.dirname, "endless-download.ts");
  const order = JSON.stringify({ url: `${client.address}${base}/${id}/content`, headers: client.headers });
  const flowing = Promise.withResolvers<void>();
  let receivedBytes = 0;
  const child = new Program([process.execPath, program], {
    input: order,
    onLine(line) {
      receivedBytes = Number(line);
      if (Number.isNaN(receivedBytes)) flowing.reject(new Error(line));
      else flowing.resolve();
    },
  });
  await flowing.promise;
  return {
    get receivedBytes() {
      return receivedBytes;
    },
    [Symbol.asyncDispose]: async () => {
      await child[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
