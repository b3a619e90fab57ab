import type { Update, Updates } from "../../../protocol/api/appliance/updates.ts";
import { eventually } from "../../../ui/test/harness/eventually.ts";
import type { WebClient } from "./web-client.ts";

/** As /appliance sends a bundle. */
const SLICE_BYTES = 8 << 20;
/** Writing and reading back a slot, emulated. */
const STAGE_MS = 15 * 60_000;

/** Uploads a bundle in slices. @returns the update, received whole */
export async function uploadBundle(client: WebClient, file: string): Promise<Update> {
  const bundle = Bun.file(file);
  const begun = await client.json<Update>("POST", "/api/appliance/updates", {
    name: "update.bundle",
    sizeBytes: bundle.size,
  });
  for (let offset = 0; offset < bundle.size; offset += SLICE_BYTES) {
    const path = `/api/appliance/updates/${begun.id}/content?offset=${offset}`;
    const raw = bundle.slice(offset, offset + SLICE_BYTES);
    const answer = await client.ask("PUT", path, { raw, timeoutMs: 120_000 });
    if (!answer.ok) throw new Error(`Slice at ${offset}: ${answer.status} ${await answer.text()}`);
    await answer.body?.cancel();
  }
  return begun;
}

/** The update that goes on, or the last one. @returns null: there was none */
export async function currentUpdate(client: WebClient): Promise<Update | null> {
  const { current, history } = await client.json<Updates>("GET", "/api/appliance/updates");
  return current ?? history[0] ?? null;
}

/** Waits until an update has come to one of these states. @throws {Error} when it ends in another */
export async function untilState(
  client: WebClient,
  wanted: readonly Update["state"][],
  patienceMs = STAGE_MS,
): Promise<Update> {
  const ended: readonly Update["state"][] = ["finished", "returned", "cancelled", "failed"];
  let last = "";
  const update = await eventually(
    `the update to be ${wanted.join(" or ")}`,
    async () => {
      const now = await currentUpdate(client);
      last = JSON.stringify(now?.steps);
      return now !== null && (wanted.includes(now.state) || ended.includes(now.state)) ? now : null;
    },
    patienceMs,
  );
  if (!wanted.includes(update.state)) throw new Error(`The update is ${update.state}: ${last}`);
  return update;
}

/** Restarts into a staged update, without waiting for sessions. */
export async function restartInto(client: WebClient, update: Update): Promise<void> {
  await client.json("POST", `/api/appliance/updates/${update.id}/restart`, { drainMinutes: 0 });
}
