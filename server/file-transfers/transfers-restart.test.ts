import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { systemClock } from "../clock.ts";
import { type Core, openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { setUpSite } from "../set-up/set-up.ts";
import { onlineJumpItem, RealAgent } from "../test/real-agent.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { startServingProcess } from "../test/serving-process.ts";
import { TestBrowser } from "../test/test-browser.ts";
import { PASSWORD } from "../test/test-server.ts";
import { hashOf, putSlice, randomContent } from "../test/transfer-room.ts";

async function openSite(directory: string): Promise<Core> {
  const log = createLog(() => undefined, systemClock.now);
  const core = await openCore({
    directory,
    credentialsDirectory: null,
    clock: systemClock,
    log,
    version: "0.0.0-test",
  });
  const names = { siteName: "Northmoor", hostname: "localhost", username: "anna", displayName: "Anna" };
  const rest = { password: PASSWORD, isConsoleEnabled: true, certificate: null };
  await setUpSite(core, { kind: "system" }, { ...names, ...rest });
  return core;
}

/** Asks until the agent is back. */
async function untilAnswered(ask: () => Promise<Response>): Promise<Response> {
  for (let attempt = 0; attempt < 900; attempt += 1) {
    const response = await ask().catch(() => null);
    if (response?.ok === true) return response;
    await Bun.sleep(50);
  }
  throw new Error("no answer");
}

test("BETTER-02 uploads and downloads outlive kill -9 of the server, and then of the agent, in mid-transfer", async () => {
  const directory = mkdtempSync(join(tmpdir(), "causeway-killed-"));
  const files = join(directory, "files");
  mkdirSync(files);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const core = stack.use(await openSite(directory));
  const first = stack.use(await startServingProcess(directory));
  const anna = new TestBrowser(`https://127.0.0.1:${first.port}`);
  await anna.signIn("console", "anna", PASSWORD);
  const agent = stack.use(await RealAgent.start(core, first.port));
  using console = await ScriptedConsole.open(anna);
  const session = await console.start(await onlineJumpItem(anna));
  await console.sees(session, (view) => view.state === "active");
  const base = `/api/console/sessions/${session}`;

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

  stack.use(await startServingProcess(directory, first.port));
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
