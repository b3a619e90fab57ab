import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FrameKind } from "../../protocol/frame.ts";
import { AGENT_SESSION_SOCKET_PATH } from "../../protocol/hello.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { openChannel } from "../test/scripted-tools.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

describe("a lane's ticket", () => {
  test("works once, and not after its session has ended", async () => {
    const { agent, socket } = await site.jumpClient();
    using console = await ScriptedConsole.open(site.admin);
    const session = await console.start(agent.jumpClient);
    const begin = await socket.next("session.begin");
    await agent.attachLane(begin.interactiveTicket);
    const again = await agent.dial(AGENT_SESSION_SOCKET_PATH);
    again.send({ type: "session.attach", protocol: 1, ticket: begin.interactiveTicket });
    expect((await again.closed).reason).toBe("ticket.invalid");
    await console.ask("session.end", { session });
    const late = await agent.dial(AGENT_SESSION_SOCKET_PATH);
    late.send({ type: "session.attach", protocol: 1, ticket: begin.bulkTicket });
    expect((await late.closed).reason).toBe("session.ended");
  });

  test("NA9 that somebody else signed, or altered, opens nothing", async () => {
    const { agent, socket } = await site.jumpClient();
    using console = await ScriptedConsole.open(site.admin);
    await console.start(agent.jumpClient);
    const { interactiveTicket } = await socket.next("session.begin");
    const [head, claims, signature] = interactiveTicket.split(".");
    const altered = JSON.stringify({ ...JSON.parse(Buffer.from(claims!, "base64url").toString()), lane: "bulk" });
    const none = Buffer.from('{"alg":"none","typ":"causeway-ticket"}').toString("base64url");
    for (const ticket of [
      `${head}.${Buffer.from(altered).toString("base64url")}.${signature}`,
      `${none}.${claims}.`,
      `${head}.${claims}.${agent.sign(Buffer.from(`${head}.${claims}`))}`,
      "",
    ]) {
      const lane = await agent.dial(AGENT_SESSION_SOCKET_PATH);
      lane.send({ type: "session.attach", protocol: 1, ticket });
      expect((await lane.closed).reason).toBe("ticket.invalid");
      expect(lane.history).toEqual([]);
    }
  });

  test("NA13 is not even read from anything that has an origin", async () => {
    const { agent } = await site.jumpClient();
    await expect(agent.dial(AGENT_SESSION_SOCKET_PATH, { origin: site.server.url })).rejects.toThrow();
  });
});

describe("when a connection drops", () => {
  test("one lane is dialled anew while the other's stream goes on, and no byte of it is lost", async () => {
    const { agent, socket } = await site.jumpClient();
    const { console, session, lanes } = await startSession(site.admin, agent, socket);
    const channel = await openChannel(console, lanes, "shell.open", session);
    const sent = 60;
    await Bun.sleep(1100);
    for (let count = 0; count < sent; count += 1) {
      lanes.interactive.data(channel, Uint8Array.of(count));
      if (count === 20) lanes.bulk.terminate();
      if (count === 40) {
        const begin = await socket.next("session.begin", (one) => one.lanes?.length === 1);
        expect(begin.lanes).toEqual(["bulk"]);
        await agent.attachLane(begin.bulkTicket);
      }
      const { payload } = await console.socket.nextFrame(channel, FrameKind.data);
      expect([...payload]).toEqual([count]);
    }
    expect(lanes.interactive.isClosed).toBe(false);
    expect(console.socket.history.filter(({ type }) => type === "session.ended")).toEqual([]);
  });

  test("the agent's lanes are dialled again, the channels on them are lost with a reason, and the session goes on", async () => {
    const { agent, socket } = await site.jumpClient();
    const { console, session, lanes } = await startSession(site.admin, agent, socket);
    const channel = await openChannel(console, lanes, "shell.open", session);
    await Bun.sleep(1100);
    lanes.interactive.terminate();
    lanes.bulk.terminate();
    await console.sees(session, (view) => view.state === "agent-lost");
    expect((await console.socket.nextFrame(channel, FrameKind.close)).reason).toBe("channel.lost");
    expect(await console.refusal("shell.list", { session })).toBe("agent.offline");
    await agent.attach(await socket.next("session.begin"));
    await console.sees(session, (view) => view.state === "active");
  });

  test("a request that was open is refused with channel.lost", async () => {
    const { agent, socket } = await site.jumpClient();
    const { console, session, lanes } = await startSession(site.admin, agent, socket);
    const request = console.request("files.delete", { session, paths: ["/a"] });
    await lanes.bulk.nextTool("files.delete");
    lanes.bulk.terminate();
    expect((await console.answer(request))["code"]).toBe("channel.lost");
  });

  test("an agent that comes back whole is told to dial, and to finish what ended meanwhile", async () => {
    const { agent, socket } = await site.jumpClient();
    const { console, session, lanes } = await startSession(site.admin, agent, socket);
    socket.terminate();
    lanes.interactive.terminate();
    lanes.bulk.terminate();
    await console.sees(session, (view) => view.state === "agent-lost");
    await Bun.sleep(1100);
    const forgotten = "F".repeat(22);
    const back = await agent.connect({ sessions: [session, forgotten] });
    expect((await back.next("session.finish")).session).toBe(forgotten);
    await agent.attach(await back.next("session.begin", (begin) => begin.session === session));
    await console.sees(session, (view) => view.state === "active");
  });

  test("a console comes back to its sessions; the others see it gone and back", async () => {
    const { agent, socket } = await site.jumpClient();
    const { console, session } = await startSession(site.admin, agent, socket);
    const browser = await site.server.representative("dora");
    const dora = await ScriptedConsole.open(browser);
    await dora.start(agent.jumpClient);
    dora.socket.terminate();
    await console.sees(session, (view) => view.participants.some((one) => !one.isConnected));
    using back = await ScriptedConsole.open(browser);
    expect(back.welcome.sessions.map((one) => one.session)).toEqual([session]);
    await console.sees(session, (view) => view.participants.every((one) => one.isConnected));
  });

  test("a second tab of the same representative keeps them connected when the first closes", async () => {
    const { agent, socket } = await site.jumpClient();
    const { console, session } = await startSession(site.admin, agent, socket);
    using second = await ScriptedConsole.open(site.admin);
    console.socket.terminate();
    await Bun.sleep(100);
    expect(second.socket.history.some((message) => message.type === "session.changed")).toBe(false);
    expect((await second.ask("session.end", { session })).type).toBe("done");
  });
});

test("removing a Jump Client ends its session and closes its lanes", async () => {
  const { agent, socket } = await site.jumpClient();
  const { console, session, lanes } = await startSession(site.admin, agent, socket);
  await site.admin.json("DELETE", `/api/console/jump-items/${agent.jumpClient}`);
  const ended = await console.socket.next("session.ended", (message) => message.session === session);
  expect(ended.message).toBe("The Jump Client was removed.");
  await Promise.all([lanes.interactive.closed, lanes.bulk.closed]);
});

test("NA39 an attached lane that says what only a console or a standing connection may say is closed", async () => {
  for (const type of ["session.attach", "agent.heartbeat", "console.hello", "shell.open"]) {
    const { agent, socket } = await site.jumpClient();
    const { lanes } = await startSession(
      await site.server.representative(`lane-${type.replace(".", "-")}`),
      agent,
      socket,
    );
    for (let count = 0; count < 40; count += 1)
      lanes.interactive.send({
        type,
        protocol: 1,
        ticket: "x",
        sequence: 1,
        rows: 1,
        columns: 1,
        writer: "x",
        request: 1,
      });
    expect((await lanes.interactive.closed).code).toBe(1008);
  }
});

test("the server stops with agents and consoles connected, and nothing goes wrong", async () => {
  const other = await startTestSite();
  const { agent, socket } = await other.jumpClient();
  await startSession(other.admin, agent, socket);
  const { log } = other.server;
  await other[Symbol.asyncDispose]();
  await Bun.sleep(500);
  expect(log.filter((line) => line.includes(" error "))).toEqual([]);
});
