import { expect, test } from "bun:test";
import { ScriptedAgent } from "../test/scripted-agent.ts";
import { startTestSite } from "../test/test-site.ts";

const AGENTS = 1000;
const AT_ONCE = 50;

test("LOGIN-05 JCSET-08 replacing the certificate with 1,000 Jump Clients connected loses none of them", async () => {
  await using site = await startTestSite();
  const { token } = await site.installer();
  const agents = Array.from({ length: AGENTS }, () => new ScriptedAgent(site.server.url));
  const sockets = [];
  for (let start = 0; start < AGENTS; start += AT_ONCE)
    sockets.push(...(await Promise.all(agents.slice(start, start + AT_ONCE).map((agent) => agent.enrol(token)))));
  await site.admin.json("POST", "/api/login/certificate/self-signed", {});
  const bundles = await Promise.all(sockets.map((socket) => socket.next("trust.changed")));
  expect(new Set(bundles.map((one) => one.trustBundle)).size).toBe(1);
  for (const socket of sockets) socket.send({ type: "agent.heartbeat", sequence: 1 });
  await Promise.all(sockets.map((socket) => socket.next("agent.heartbeat-received")));
  expect(sockets.filter((socket) => socket.isClosed).length).toBe(0);
  await Promise.all(agents.slice(0, 20).map((agent) => agent.connect()));
  for (const agent of agents) agent[Symbol.dispose]();
}, 60_000);
