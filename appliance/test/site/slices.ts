import type { WebClient } from "./web-client.ts";

/** As /appliance sends a file. */
const SLICE_BYTES = 8 << 20;
/** An emulated machine takes its time with one. */
const SLICE_MS = 120_000;

/** Sends a file in slices, each to its offset. @param path takes "?offset=" @throws {Error} with the answer that was no good one */
export async function sendSlices(client: WebClient, path: string, file: string): Promise<void> {
  const whole = Bun.file(file);
  for (let offset = 0; offset < whole.size; offset += SLICE_BYTES) {
    const raw = whole.slice(offset, offset + SLICE_BYTES);
    const answer = await client.ask("PUT", `${path}?offset=${offset}`, { raw, timeoutMs: SLICE_MS });
    if (!answer.ok) throw new Error(`The slice at ${offset}: ${answer.status} ${await answer.text()}`);
    await answer.body?.cancel();
  }
}
