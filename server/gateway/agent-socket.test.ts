import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { AGENT_SOCKET_PATH, agentProof } from "../../protocol/hello.ts";
import { FACTS, ScriptedAgent, STATISTICS } from "../test/scripted-agent.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

const HEARTBEAT_MS = 1000;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ rooms: { heartbeatIntervalMs: HEARTBEAT_MS, proofTimeoutMs: 1000 } });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

/** Knocks with a changed hello or enrolment and gives what it is told. */
async function refusalOf(agent: ScriptedAgent, change: Record<string, unknown> & { type?: string }): Promise<string> {
  const { socket, siteId, nonce } = await agent.challenge();
  socket.send({ ...agent.hello(siteId, nonce), type: "agent.hello", ...change });
  const refused = await socket.next("agent.refused");
  await socket.closed;
  return refused.code;
}

async function statusOf(jumpClient: string): Promise<unknown> {
  return (await site.admin.json("GET", `/api/console/jump-items/${jumpClient}`))["status"];
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await Bun.sleep(25);
  }
  throw new Error("it did not come to that");
}

describe("enrolment", () => {
  test("JCSET-01 an installer's expiry and number of machines are enforced, and refusals are audited", async () => {
    const { id, token } = await site.installer({ name: "Desk", tag: "front", comments: "by the door", maxUses: 1 });
    using first = new ScriptedAgent(site.server.url);
    await first.enrol(token);
    const row = await site.admin.json("GET", `/api/console/jump-items/${first.jumpClient}`);
    expect(row).toMatchObject({ name: "Desk", tag: "front", comments: "by the door", hostName: FACTS.hostName });
    using second = new ScriptedAgent(site.server.url);
    expect(await refusalOf(second, { type: "agent.enrol", token })).toBe("installer.used_up");
    await site.admin.json("DELETE", `/api/login/installers/${id}`);
    expect(await refusalOf(second, { type: "agent.enrol", token })).toBe("installer.invalid");
    const { rows } = await site.admin.json<{ rows: { action: string }[] }>("GET", "/api/login/audit?limit=50");
    const actions = rows.map((one) => one.action);
    expect(actions).toContain("jump-client.enrolled");
    expect(actions).toContain("jump-client.refused");
  });

  test("JC-06 the name an installation was given is the Jump Client's, before the installer's and the host's", async () => {
    const { token } = await site.installer({ name: "Desk" });
    using agent = new ScriptedAgent(site.server.url);
    await agent.enrol(token, { name: "Front desk 4" });
    expect(await site.admin.json("GET", `/api/console/jump-items/${agent.jumpClient}`)).toMatchObject({
      name: "Front desk 4",
      hostName: FACTS.hostName,
    });
    using nameless = new ScriptedAgent(site.server.url);
    const { socket, siteId, nonce } = await nameless.challenge();
    socket.send({ ...nameless.hello(siteId, nonce), type: "agent.enrol", token, name: "two\nlines" });
    expect((await socket.closed).code).toBe(1008);
  });

  test("the same key and installer give the same Jump Client again, counted once", async () => {
    const { id, token } = await site.installer({ maxUses: 1 });
    using agent = new ScriptedAgent(site.server.url);
    await agent.enrol(token);
    const { jumpClient } = agent;
    await agent.enrol(token);
    expect(agent.jumpClient).toBe(jumpClient);
    const { installers } = await site.admin.json<{ installers: { id: string; uses: number }[] }>(
      "GET",
      "/api/login/installers",
    );
    expect(installers.find((one) => one.id === id)?.uses).toBe(1);
  });

  test("two machines at once cannot share the last use", async () => {
    const { token } = await site.installer({ maxUses: 1 });
    const agents = Array.from({ length: 4 }, () => new ScriptedAgent(site.server.url));
    const outcomes = await Promise.allSettled(agents.map((agent) => agent.enrol(token)));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled").length).toBe(1);
    for (const agent of agents) agent[Symbol.dispose]();
  });

  test("an unknown token fires nothing", async () => {
    const before = await auditRows();
    using agent = new ScriptedAgent(site.server.url);
    expect(await refusalOf(agent, { type: "agent.enrol", token: "A".repeat(43) })).toBe("installer.invalid");
    expect(await auditRows()).toBe(before);
  });
});

async function auditRows(): Promise<number> {
  const { rows } = await site.admin.json<{ rows: { sequence: number }[] }>("GET", "/api/login/audit?limit=1");
  return rows[0]?.sequence ?? 0;
}

describe("the hello of an enrolled Jump Client", () => {
  test("is refused with another key, an old nonce or another site's id", async () => {
    const { agent } = await site.jumpClient();
    using stranger = new ScriptedAgent(site.server.url);
    stranger.jumpClient = agent.jumpClient;
    expect(await refusalOf(stranger, {})).toBe("agent.bad_signature");
    const { nonce, siteId } = await agent.challenge();
    const old = agent.sign(agentProof(siteId, nonce, agent.publicKey));
    expect(await refusalOf(agent, { signature: old })).toBe("agent.bad_signature");
    const { socket, nonce: fresh } = await agent.challenge();
    const signature = agent.sign(agentProof("another-site", fresh, agent.publicKey));
    socket.send({ ...agent.hello("another-site", fresh), signature });
    expect((await socket.next("agent.refused")).code).toBe("agent.bad_signature");
    expect(await refusalOf(agent, { publicKey: stranger.publicKey })).toBe("agent.bad_signature");
  });

  test("of one this site does not know is refused for good", async () => {
    using agent = new ScriptedAgent(site.server.url);
    agent.jumpClient = "A".repeat(22);
    const { socket, siteId, nonce } = await agent.challenge();
    socket.send(agent.hello(siteId, nonce));
    expect(await socket.next("agent.refused")).toMatchObject({ code: "agent.unknown", isFinal: true });
  });

  test("brings it online; a second connection takes the place of the first", async () => {
    const { agent, socket: first } = await site.jumpClient();
    await until(async () => (await statusOf(agent.jumpClient)) === "online");
    const second = await agent.connect();
    expect((await first.closed).code).toBe(4000);
    await Bun.sleep(400);
    expect(await statusOf(agent.jumpClient)).toBe("online");
    second.close();
    await until(async () => (await statusOf(agent.jumpClient)) === "offline");
  });

  test("JC-02 one that falls silent is taken for gone, one that says its heartbeat is not", async () => {
    const silent = await site.jumpClient();
    const alive = await site.jumpClient();
    const beat = setInterval(() => alive.socket.send({ type: "agent.heartbeat", sequence: 1 }), HEARTBEAT_MS / 2);
    expect((await silent.socket.closed).code).toBe(1006);
    expect(alive.socket.isClosed).toBe(false);
    clearInterval(beat);
    await until(async () => (await statusOf(silent.agent.jumpClient)) === "offline");
  }, 10_000);

  test("new facts and statistics are shown", async () => {
    const { agent, socket } = await site.jumpClient();
    socket.send({ type: "agent.facts", facts: { ...FACTS, hostName: "heron" } });
    socket.send({
      type: "agent.statistics",
      statistics: { ...STATISTICS, signedInUsers: ["tom"], isScreenLocked: true },
    });
    await until(
      async () => (await site.admin.json("GET", `/api/console/jump-items/${agent.jumpClient}`))["hostName"] === "heron",
    );
    const found = await site.admin.json<{ rows: { id: string }[] }>("GET", "/api/console/jump-items?search=HERON tom");
    expect(found.rows.map((row) => row.id)).toEqual([agent.jumpClient]);
  });
});

test("LOGIN-05 a new trust bundle reaches every connected agent at once", async () => {
  const { socket } = await site.jumpClient();
  await site.admin.json("POST", "/api/login/certificate/self-signed", {});
  expect((await socket.next("trust.changed")).trustBundle.split(".").length).toBe(3);
});

test("a removed Jump Client is hidden, told to uninstall, now or when it next comes, and forgotten when it has", async () => {
  const { agent, socket } = await site.jumpClient();
  await site.admin.json("DELETE", `/api/login/jump-clients/${agent.jumpClient}`);
  await socket.next("agent.uninstall");
  expect((await site.admin.refusal("GET", `/api/console/jump-items/${agent.jumpClient}`)).status).toBe(404);
  socket.close();
  await socket.closed;
  const { socket: again, siteId, nonce } = await agent.challenge();
  again.send(agent.hello(siteId, nonce));
  await again.next("agent.uninstall");
  again.send({ type: "agent.uninstalled" });
  await again.closed;
  await until(async () => (await refusalOf(agent, {})) === "agent.unknown");
});

describe("before a peer has proved itself", () => {
  test("NA39 whatever else comes first closes the socket, and nothing is answered", async () => {
    using agent = new ScriptedAgent(site.server.url);
    for (const first of ["agent.heartbeat", "agent.uninstalled", "session.attach", "console.hello", "files.list"]) {
      const { socket } = await agent.challenge();
      socket.send({ type: first, sequence: 1, ticket: "x", protocol: 1 });
      expect((await socket.closed).code).toBe(1008);
      expect(socket.history.length).toBe(1);
    }
  });

  test("NA39 a second message while the first is looked at closes the socket", async () => {
    const { agent } = await site.jumpClient();
    const { socket, siteId, nonce } = await agent.challenge();
    socket.send({ type: "agent.heartbeat", sequence: 1 });
    socket.send(agent.hello(siteId, nonce));
    expect((await socket.closed).code).toBe(1008);
  });

  test("a frame of more than 16 KiB closes the socket", async () => {
    const { agent } = await site.jumpClient();
    const { socket, siteId, nonce } = await agent.challenge();
    socket.send({ ...agent.hello(siteId, nonce), padding: "x".repeat(17_000) });
    expect((await socket.closed).code).toBe(1008);
  });

  test("NA39 a peer that says nothing is shut when its time is up", async () => {
    using agent = new ScriptedAgent(site.server.url);
    const { socket } = await agent.challenge();
    expect((await socket.closed).code).toBe(1008);
  });

  test("NA13 an agent's socket is refused to anything that has an origin", async () => {
    using agent = new ScriptedAgent(site.server.url);
    for (const origin of [site.server.url, "https://evil.example", "null"])
      await expect(agent.dial(AGENT_SOCKET_PATH, { origin })).rejects.toThrow();
  });
});

test("NA25 no key, token or signature stands in the log or the audit log", async () => {
  const { token } = await site.installer();
  using agent = new ScriptedAgent(site.server.url);
  await agent.enrol(token);
  using console = await ScriptedConsole.open(site.admin);
  const kept = JSON.stringify(await site.admin.json("GET", "/api/login/audit?limit=200")) + site.server.log.join("\n");
  for (const secret of [token, agent.publicKey]) expect(kept).not.toContain(secret);
  expect(JSON.stringify(console.welcome)).not.toContain(token);
});
