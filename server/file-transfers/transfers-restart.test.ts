import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { openSeparateSite } from "../test/separate-site.ts";
import { startServingProcess } from "../test/serving-process.ts";
import { hashOf, putSlice, randomContent } from "../test/transfer-room.ts";

/** Asks until the agent is back. */
async function untilAnswered(ask: () => Promise<Response>): Promise<Response> {
  for (let attempt = 0; attempt < 900; attempt += 1) {
    const response = await ask().catch(() => null);
    if (response?.ok === true) return response;
    await Bun.sleep(50);
  }
  throw new Error("no answer");
}

async function untilTrue(look: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400 && !look(); attempt += 1) await Bun.sleep(50);
}

test("BETTER-02 uploads and downloads outlive kill -9 of the server, and then of the agent, in mid-transfer", async () => {
  await using site = await openSeparateSite();
  const { anna, agent, base, directory, files } = site;
  const first = site.server;
  const up = randomContent(3 * SLICE_BYTES + 77);
  const down = randomContent(SLICE_BYTES + 999);
  writeFileSync(`${files}/down`, down);
  const body = { directory: files, name: "up", sizeBytes: up.length, modifiedAt: null, conflict: "refuse" };
  const { id } = await anna.json<{ id: string }>("POST", `${base}/uploads`, body);
  expect((await putSlice(anna, base, id, up, 0)).status).toBe(200);
  const download = await anna.json<{ id: string; version: string }>("POST", `${base}/downloads`, {
    path: `${files}/down`,
  });
  const cut = putSlice(anna, base, id, up, SLICE_BYTES).catch(() => null);
  await first.kill();
  await cut;

  await using _second = await startServingProcess(directory, first.port);
  const again = (): Promise<Response> => anna.request("POST", `${base}/uploads`, { body: { ...body, transfer: id } });
  const resumed = (await (await untilAnswered(again)).json()) as { id: string; verifiedBytes: number };
  expect(resumed.id).toBe(id);
  expect([SLICE_BYTES, 2 * SLICE_BYTES]).toContain(resumed.verifiedBytes);
  expect(readdirSync(files).toSorted()).toEqual([`.causeway-${id}.part`, "down"]);
  const range = { headers: { range: "bytes=1234-", "if-range": `"${download.version}"` } };
  const rest = await anna.request("GET", `${base}/downloads/${download.id}/content`, range);
  expect([rest.status, Buffer.from(await rest.arrayBuffer()).equals(down.subarray(1234))]).toEqual([206, true]);

  expect((await putSlice(anna, base, id, up, SLICE_BYTES)).status).toBe(200);
  await agent.kill();
  expect((await putSlice(anna, base, id, up, 2 * SLICE_BYTES)).ok).toBe(false);
  agent.run();
  const third = (await (await untilAnswered(again)).json()) as { verifiedBytes: number };
  expect(third.verifiedBytes).toBe(2 * SLICE_BYTES);
  for (let offset = third.verifiedBytes; offset < up.length; offset += SLICE_BYTES)
    expect((await putSlice(anna, base, id, up, offset)).status).toBe(200);
  const finished = await anna.json<{ sha256: string }>("POST", `${base}/uploads/${id}/finish`);
  expect(finished.sha256).toBe(hashOf(up));
  expect([readFileSync(`${files}/up`).equals(up), readdirSync(files).toSorted()]).toEqual([true, ["down", "up"]]);
}, 120_000);

test("BETTER-14 what a session left open that ended while server and agent were down is ended at the next start, and leaves nothing", async () => {
  await using site = await openSeparateSite();
  const { anna, base, core, files, session } = site;
  const at = new Date().toISOString();
  writeFileSync(`${files}/down`, "never fetched");
  const content = randomContent(SLICE_BYTES + 5);
  const body = { directory: files, name: "up", sizeBytes: content.length, modifiedAt: null, conflict: "refuse" };
  const { id } = await anna.json<{ id: string }>("POST", `${base}/uploads`, body);
  expect((await putSlice(anna, base, id, content, 0)).status).toBe(200);
  await anna.json("POST", `${base}/downloads`, { path: `${files}/down` });
  await site.agent.kill();
  await site.server.kill();
  const ended = { state: "ended", ended_at: at };
  await core.database.queries.updateTable("support_sessions").set(ended).where("id", "=", session).execute();
  const states = async (): Promise<string[]> => {
    const rows = await core.database.queries.selectFrom("transfers").select("state").execute();
    return rows.map(({ state }) => state);
  };
  expect([await states(), readdirSync(files).length]).toEqual([["open", "open"], 2]);

  await using _again = await startServingProcess(site.directory, site.server.port);
  expect(await states()).toEqual(["cancelled", "cancelled"]);
  const audit = await core.database.queries.selectFrom("audit_events").selectAll().execute();
  const told = audit.filter(({ action }) => action === "files.uploaded" || action === "files.downloaded");
  expect(told.map(({ outcome, actor_kind }) => [outcome, actor_kind])).toEqual([
    ["failed", "system"],
    ["failed", "system"],
  ]);
  site.agent.run();
  await untilTrue(() => readdirSync(files).length === 1);
  expect(readdirSync(files)).toEqual(["down"]);
}, 60_000);
