import type { ApplianceStatus } from "../../../protocol/api/appliance/status.ts";
import type { Update, Updates } from "../../../protocol/api/appliance/updates.ts";
import { must } from "../scenario.ts";
import { eventually } from "../../../ui/test/harness/eventually.ts";
import { AcknowledgedRows } from "./acknowledged-rows.ts";
import { applianceAdministrator, siteAdministrator } from "./set-up.ts";
import { sendSlices } from "./slices.ts";
import type { WebClient } from "./web-client.ts";

/** Writing and reading back a slot, emulated. */
const STAGE_MS = 20 * 60_000;

/** Uploads a bundle in slices. @returns the update, received whole */
export async function uploadBundle(client: WebClient, file: string): Promise<Update> {
  const wish = { name: "update.bundle", sizeBytes: Bun.file(file).size };
  const begun = await client.json<Update>("POST", "/api/appliance/updates", wish);
  await sendSlices(client, `/api/appliance/updates/${begun.id}/content`, file);
  return begun;
}

/** The update that goes on, or the last one; null: there was none. */
export async function newestUpdate(client: WebClient): Promise<Update | null> {
  const { current, history } = await client.json<Updates>("GET", "/api/appliance/updates");
  return current ?? history[0] ?? null;
}

const ENDED: readonly Update["state"][] = ["finished", "returned", "cancelled", "failed"];

/** Waits until an update has come to a state, through restarts. @throws {Error} when it ends in another */
export async function untilState(client: WebClient, wanted: Update["state"], patienceMs = STAGE_MS): Promise<Update> {
  const update = await eventually(
    `the update to be ${wanted}`,
    async () => {
      const now = await newestUpdate(client);
      return now !== null && (now.state === wanted || ENDED.includes(now.state)) ? now : null;
    },
    patienceMs,
  );
  if (update.state !== wanted) throw new Error(`The update is ${update.state}: ${JSON.stringify(update.steps)}`);
  return update;
}

/** Why an update failed, in the words of its failed step; "": none did. */
export function problemOf(update: Update): string {
  return update.steps.find(({ state }) => state === "failed")?.detail ?? "";
}

/** An update that is under way on a site in use. */
export interface UpdateInUse {
  /** Signed in at /appliance. */
  readonly otto: WebClient;
  /** Written while the update is received and staged. */
  readonly rows: AcknowledgedRows;
}

/** Uploads a bundle to a site that people work with meanwhile. @param address of the site */
export async function uploadInUse(address: string, bundle: string): Promise<UpdateInUse> {
  const otto = await applianceAdministrator(address);
  const rows = new AcknowledgedRows(await siteAdministrator(address), 1);
  await uploadBundle(otto, bundle);
  return { otto, rows };
}

/** Waits until the update is staged, ends the rows and restarts into it. @throws {Error} when no row was acknowledged */
export async function restartWhenReady({ otto, rows }: UpdateInUse): Promise<void> {
  const ready = await untilState(otto, "ready");
  await rows.stop();
  must(rows.count > 0, "rows were written while the update was prepared");
  await restartInto(otto, ready);
}

/** Restarts into a staged update, without waiting for sessions. */
async function restartInto(client: WebClient, update: Update): Promise<void> {
  await client.json("POST", `/api/appliance/updates/${update.id}/restart`, { drainMinutes: 0 });
}

/** Waits until this version runs, through restarts. */
export async function untilVersion(client: WebClient, version: string, patienceMs: number): Promise<void> {
  await eventually(
    `version ${version} to run`,
    async () => {
      const { machine } = await client.json<ApplianceStatus>("GET", "/api/appliance/status");
      return machine?.version === version;
    },
    patienceMs,
  );
}
