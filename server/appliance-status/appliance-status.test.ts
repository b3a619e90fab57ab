import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { ApplianceStatus, type ConnectionTests, Storage } from "../../protocol/api/appliance/status.ts";
import type { NetworkSettings, NetworkState } from "../../protocol/appliance/network-settings.ts";
import { systemClock } from "../clock.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { lastAudit } from "../test/last-audit.ts";
import { openSystemHelperPeer, type SystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { startTestServer, type TestServer } from "../test/test-server.ts";

const settings: NetworkSettings = {
  hostname: "support.northmoor.example",
  interfaces: [
    { name: "ens192", addressing: "static", addresses: ["10.40.0.12/24"], gateways: ["10.40.0.1"], vlan: null },
  ],
  routes: [],
  dnsServers: ["10.40.0.2"],
  searchDomains: [],
};

/** One nobody listens on. */
function freePort(): number {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  return listener.port;
}

describe("without an appliance's image", () => {
  let site: TestServer;
  let olga: TestBrowser;
  beforeAll(async () => {
    site = await startTestServer();
    olga = await applianceAdministrator(site);
  });
  afterAll(() => site[Symbol.asyncDispose]());

  test("the status tells of the machine's load and the product's parts, and of no system of its own", async () => {
    const status = await olga.json<ApplianceStatus>("GET", "/api/appliance/status");
    expect(Value.Check(ApplianceStatus, status)).toBe(true);
    expect(status).toMatchObject({ machine: null, clock: null, slot: null, power: null, health: "ok", sessions: 0 });
    expect(status.memory.usedBytes).toBeGreaterThan(0);
    expect(status.disk.usedBytes).toBeLessThanOrEqual(status.disk.totalBytes);
    const names = status.parts.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["gateway", "jump-clients", "web", "database", "file-transfers"]));
    expect(status.parts.find(({ name }) => name === "web")!.load).toBeGreaterThan(0);
    const storage = await olga.json("GET", "/api/appliance/storage");
    expect(Value.Check(Storage, storage)).toBe(true);
  });

  test("the certificate, backups and a receiver that does not answer are parts with their words, and are tried with the rest", async () => {
    const port = freePort();
    const receiver = { isEnabled: true, host: "127.0.0.1", port, transport: "tcp", authorityPem: "" };
    await olga.json("PUT", "/api/appliance/syslog", receiver);
    const part = async (name: string) => {
      const { parts } = await olga.json<ApplianceStatus>("GET", "/api/appliance/status");
      return parts.find((found) => found.name === name);
    };
    for (const end = Date.now() + 15_000; (await part("syslog"))?.health !== "attention" && Date.now() < end;) {
      await olga.json("PUT", "/api/appliance/alerts", { recipients: [], isDaily: false });
      await Bun.sleep(200);
    }
    expect(await part("syslog")).toMatchObject({ health: "attention", reason: expect.stringContaining("127.0.0.1") });
    expect((await part("certificates"))!.load).toBeGreaterThan(300);
    expect(await part("backups")).toMatchObject({ health: "ok", load: 0 });
    expect(await part("updates")).toBeUndefined();
    const { tests } = await olga.json<ConnectionTests>("POST", "/api/appliance/network/test");
    expect(tests.find(({ use }) => use === "syslog")).toMatchObject({
      ...{ target: `127.0.0.1:${port}`, health: "failed", problem: "Refused: nothing answers on this port." },
    });
    await olga.json("PUT", "/api/appliance/syslog", { ...receiver, isEnabled: false });
    expect(await part("syslog")).toBeUndefined();
  }, 30_000);

  test("network, time, power and logs are the operating system's, and that is said in words", async () => {
    const asked = [
      ["GET", "/api/appliance/network"],
      ["POST", "/api/appliance/network/try", settings],
      ["GET", "/api/appliance/time"],
      ["POST", "/api/appliance/power/restart", { drainMinutes: 0 }],
      ["GET", "/api/appliance/logs?unit=causeway"],
    ] as const;
    for (const [method, path, body] of asked) {
      const response = await olga.request(method, path, body === undefined ? {} : { body });
      expect({ path, ...(await response.json()) }).toMatchObject({
        ...{ path, code: "system.unavailable", message: expect.stringContaining("not installed as an appliance") },
      });
    }
  });

  test("an administrator of the site who is none of the appliance sees nothing of it", async () => {
    const anna = await site.administrator("login", "console");
    for (const path of ["status", "network", "storage", "support-bundle", "logs?unit=causeway"])
      expect((await anna.request("GET", `/api/appliance/${path}`)).status).toBe(401);
  });
});

describe("on an appliance", () => {
  let peer: SystemHelperPeer;
  let site: TestServer;
  let olga: TestBrowser;
  let anna: TestBrowser;
  beforeAll(async () => {
    peer = await openSystemHelperPeer();
    site = await startTestServer({ helperSocket: peer.socket, clock: systemClock });
    olga = await applianceAdministrator(site);
    anna = await site.administrator("login");
  });
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    await peer?.[Symbol.asyncDispose]();
  });

  test("the status names the machine, the slot that runs, and what happened", async () => {
    const status = await olga.json<ApplianceStatus>("GET", "/api/appliance/status");
    expect(status).toMatchObject({ slot: "a", machine: { version: "1.2.0", virtualization: "kvm" } });
  });

  test("network settings are tried, kept and taken back, each with who did it; what is wrong is refused as the system says", async () => {
    const tried = await olga.json<NetworkState>("POST", "/api/appliance/network/try", settings);
    expect(tried.trial?.settings).toEqual(settings);
    expect(await lastAudit(anna, "network-settings.tried")).toMatchObject({ actorName: "olga" });
    const again = await olga.refusal("POST", "/api/appliance/network/try", { body: settings });
    expect(again.code).toBe("network.trial_running");
    expect((await olga.json<NetworkState>("POST", "/api/appliance/network/keep")).trial).toBeNull();
    expect(await lastAudit(anna, "network-settings.kept")).toMatchObject({ actorName: "olga" });
    expect((await olga.refusal("POST", "/api/appliance/network/keep")).code).toBe("request.conflict");
    await olga.json("POST", "/api/appliance/network/try", { ...settings, dnsServers: [] });
    await olga.json("POST", "/api/appliance/network/revert");
    expect(await lastAudit(anna, "network-settings.reverted")).toMatchObject({ actorName: "olga" });
    const bad = { ...settings, interfaces: [{ ...settings.interfaces[0]!, gateways: ["10.99.0.1"] }] };
    expect((await olga.refusal("POST", "/api/appliance/network/try", { body: bad })).code).toBe("network.invalid");
    const { events } = await olga.json<ApplianceStatus>("GET", "/api/appliance/status");
    expect(events.slice(0, 2).map(({ title }) => title)).toEqual([
      "Network settings went back",
      "Network settings are tried",
    ]);
  });

  test("NA3 what is typed as a name, an address or a service reaches the system only in its own shape", async () => {
    const before = peer.machine.calls().length;
    const hostile = ["$(reboot)", "a;b", "a\nb", "../../etc/passwd", "--help"];
    for (const text of hostile) {
      const network = { ...settings, hostname: text };
      expect((await olga.refusal("POST", "/api/appliance/network/try", { body: network })).code).toBe(
        "request.invalid",
      );
      const time = { ntpServers: [text], timeZone: "Etc/UTC" };
      expect((await olga.refusal("PUT", "/api/appliance/time", { body: time })).code).toBe("request.invalid");
      const path = `/api/appliance/logs?unit=${encodeURIComponent(text)}`;
      expect((await olga.refusal("GET", path)).code).toBe("request.invalid");
    }
    expect(peer.machine.calls().slice(before)).toEqual([]);
  });

  test("time servers are set with who did it, and a service's log is read", async () => {
    await olga.json("PUT", "/api/appliance/time", { ntpServers: ["ntp.northmoor.example"], timeZone: "Europe/Berlin" });
    expect(await lastAudit(anna, "time-settings.changed")).toMatchObject({ actorName: "olga" });
    peer.machine.says("journalctl", "one line\nanother\n");
    expect(await olga.json("GET", "/api/appliance/logs?unit=causeway&lines=10")).toEqual({
      lines: ["one line", "another"],
    });
  });

  test("what this site is set up to reach is tried at once, and what does not answer says why", async () => {
    const { tests } = await olga.json<{ tests: { use: string; health: string; problem: string }[] }>(
      "POST",
      "/api/appliance/network/test",
    );
    expect(tests.find(({ use }) => use === "dns")).toMatchObject({ health: "ok", problem: "" });
    expect(tests.find(({ use }) => use === "time")).toBeDefined();
  });

  test("a restart without sessions happens at once and is written down; one that is announced can be called off", async () => {
    const plan = await olga.json("POST", "/api/appliance/power/restart", { drainMinutes: 0 });
    expect(plan).toMatchObject({ kind: "restart", by: "olga" });
    await Bun.sleep(1500);
    expect(peer.machine.calls()).toContainEqual(["systemctl", "--no-block", "reboot"]);
    expect(await lastAudit(anna, "power.restarted")).toMatchObject({ actorName: "olga" });
    expect((await olga.refusal("POST", "/api/appliance/power/cancel")).code).toBe("request.conflict");
  });
});
