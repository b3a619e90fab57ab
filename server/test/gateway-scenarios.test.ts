import { afterAll, beforeAll, expect, test } from "bun:test";
import { FrameKind } from "../../protocol/frame.ts";
import { ScriptedConsole } from "./scripted-console.ts";
import { startSession, startTestSite, type TestSite } from "./test-site.ts";

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

test("JC-02 a Jump Client enrols and is online in the list within five seconds", async () => {
  const { agent, socket } = await site.jumpClient();
  const started = Date.now();
  for (;;) {
    const row = await site.admin.json("GET", `/api/console/jump-items/${agent.jumpClient}`);
    if (row["status"] === "online") break;
    expect(Date.now() - started).toBeLessThan(5000);
    await Bun.sleep(50);
  }
  const { rows } = await site.admin.json<{ rows: Record<string, unknown>[] }>(
    "GET",
    "/api/console/jump-items?search=finch debian",
  );
  expect(rows.map((row) => row["system"])).toContain("Debian 12");
  socket.send({ type: "agent.heartbeat", sequence: 7 });
  expect(await socket.next("agent.heartbeat-received")).toEqual({ type: "agent.heartbeat-received", sequence: 7 });
});

test("JUMP-10 a session starts, a keystroke goes to the shell and its output comes back", async () => {
  const { agent, socket } = await site.jumpClient();
  const { console, session, lanes } = await startSession(site.admin, agent, socket);
  const params = { session, rows: 24, columns: 80, writer: "A".repeat(22) };
  const asked = console.ask("shell.open", params);
  const request = await lanes.interactive.nextTool("shell.open");
  expect(request).toMatchObject({ rows: 24, columns: 80 });
  const result = { shell: "B".repeat(22), title: "bash", outputOffset: 0, inputOffset: 0 };
  lanes.interactive.send({ type: "shell.opened", request: request.request, channel: request.channel, ...result });
  const opened = await asked;
  expect(opened).toMatchObject({ type: "shell.opened", channel: request.channel, shell: "B".repeat(22) });
  console.socket.data(opened.channel, "ls\n");
  expect(Buffer.from((await lanes.interactive.nextFrame(opened.channel)).payload).toString()).toBe("ls\n");
  lanes.interactive.data(opened.channel, "a b c");
  expect(Buffer.from((await console.socket.nextFrame(opened.channel)).payload).toString()).toBe("a b c");
  await console.socket.next("session.logged", (line) => line.event.text === "Anna Admin opened a command shell");
  console.request("session.end", { session });
  expect((await console.socket.nextFrame(opened.channel, FrameKind.close)).reason).toBe("channel.revoked");
  await console.socket.next("session.ended");
  expect((await socket.next("session.finish")).session).toBe(session);
});

test("JUMP-34 a second representative who starts joins the running session, and the owner is told", async () => {
  const { agent, socket } = await site.jumpClient();
  const { console: owner, session } = await startSession(site.admin, agent, socket);
  const second = await ScriptedConsole.open(await site.server.representative("bea"));
  expect(await second.start(agent.jumpClient)).toBe(session);
  await owner.sees(session, (view) => view.participants.length === 2);
  await owner.socket.next("session.logged", (line) => line.event.text === "bea joined the session");
  const { session: shown } = await site.admin.json("GET", `/api/console/jump-items/${agent.jumpClient}`);
  expect(shown).toMatchObject({ owner: "Anna Admin", participants: ["Anna Admin", "bea"] });
  owner.request("session.leave", { session });
  await owner.socket.next("session.ended");
  const view = await second.sees(session, (shown) => shown.participants.length === 1);
  expect(view.owner).toBe(view.participants[0]!.representative);
});
