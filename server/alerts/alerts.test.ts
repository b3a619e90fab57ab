import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Static } from "@sinclair/typebox";
import type { Alerts as AlertsShape } from "../../protocol/api/appliance/services.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { type MailSink, openMailSink } from "../test/mail-sink.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { startTestServer, type TestServer } from "../test/test-server.ts";
import { Alerts } from "./alerts.ts";

type Shown = Static<typeof AlertsShape>;
const PATH = "/api/appliance/alerts";
const HOUR_MS = 3_600_000;

let [site, olga, sink] = [null!, null!, null!] as [TestServer, TestBrowser, MailSink];
let alerts: Alerts;
beforeAll(async () => {
  [site, sink] = await Promise.all([startTestServer(), openMailSink()]);
  olga = await applianceAdministrator(site);
  const anna = await site.administrator();
  const server = { host: "127.0.0.1", port: sink.port, encryption: "none", username: "", from: "box@example.com" };
  await anna.json("PATCH", "/api/login/email", { ...server, version: 1 });
  alerts = new Alerts(site.core);
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await sink[Symbol.asyncDispose]();
});

const use = (recipients: string[], isDaily = false) => olga.json<Shown>("PUT", PATH, { recipients, isDaily });
const failedBackup = (problem: string) =>
  site.core.applianceEvents.tell({ kind: "backup.failed", health: "failed", detail: problem });

test("B30 a failed backup is told to everybody named, once a day, with where to look", async () => {
  await use(["olga@example.com", "otto@example.com"]);
  await failedBackup("The disk of nas-b is full.");
  await site.core.applianceEvents.tell({ kind: "network.kept", health: "ok", detail: "kept" });
  await alerts.run();
  expect(sink.messages.map((message) => /^To: (.*)$/mu.exec(message)?.[1]?.trim())).toEqual([
    ...["olga@example.com", "otto@example.com"],
  ]);
  for (const message of sink.messages) {
    expect(message).toContain("A backup failed. The disk of nas-b is full.");
    expect(message).toContain("/appliance");
    expect(message).not.toContain("kept");
  }
  await failedBackup("The disk of nas-b is full.");
  await alerts.run();
  expect(sink.messages).toHaveLength(2);
  site.clock!.advance(25 * HOUR_MS);
  await failedBackup("The disk of nas-b is full.");
  await alerts.run();
  expect(sink.messages).toHaveLength(4);
});

test("B30 a word each day says that all is well, where it is wished", async () => {
  site.clock!.advance(25 * HOUR_MS);
  const before = sink.messages.length;
  olga = await applianceAdministrator(site, "oscar");
  await use(["olga@example.com"], true);
  await alerts.run();
  await alerts.run();
  expect(sink.messages).toHaveLength(before + 1);
  expect(sink.messages.at(-1)).toContain("the appliance is well");
});

test("a mail server that is away is told on the page, and what waits comes when it is back", async () => {
  site.clock!.advance(25 * HOUR_MS);
  olga = await applianceAdministrator(site, "oona");
  await use(["olga@example.com"]);
  const anna = await site.administrator();
  const { version } = await anna.json<{ version: number }>("GET", "/api/login/email");
  await anna.json("PATCH", "/api/login/email", { port: 1, version });
  await failedBackup("Nobody answers at nas-b.");
  const before = sink.messages.length;
  await alerts.run();
  site.clock!.advance(HOUR_MS);
  await anna.json("PATCH", "/api/login/email", { port: sink.port, version: version + 1 });
  await alerts.run();
  expect(sink.messages.length).toBe(before + 1);
  expect(sink.messages.at(-1)).toContain("Nobody answers at nas-b.");
});

test("who is no administrator of the appliance neither sees nor names who is told, and what is no address is refused", async () => {
  for (const browser of [site.browser(), await site.administrator()]) {
    expect(await browser.refusal("GET", PATH)).toMatchObject({ status: 401 });
    expect(await browser.refusal("PUT", PATH, { body: { recipients: [], isDaily: false } })).toMatchObject({
      status: 401,
    });
  }
  olga = await applianceAdministrator(site, "ophelia");
  for (const bad of ["nobody", "a b@example.com", "a@example.com\nBcc: all@example.com", "<a@example.com>"])
    expect(await olga.refusal("PUT", PATH, { body: { recipients: [bad], isDaily: false } })).toMatchObject({
      code: "request.invalid",
    });
});
