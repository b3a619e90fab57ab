import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FrameKind } from "../../protocol/frame.ts";
import { messages, type MessageType, type ToolType, tools } from "../../protocol/messages.ts";
import type { MessageSpec, ToolSpec } from "../../protocol/messages/message.ts";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { SessionPermission } from "../../protocol/permissions.ts";
import { holdingAllBut, holdingJust, needsOf, setSettings } from "../test/account-holding.ts";
import type { ScriptedAgent, ScriptedLanes } from "../test/scripted-agent.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import type { ScriptedSocket } from "../test/scripted-socket.ts";
import { answerTool, laneOf, openChannel, samples, useTool } from "../test/scripted-tools.ts";
import { TableContents } from "../test/table-contents.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

let site: TestSite;
let agent: ScriptedAgent;
let standing: ScriptedSocket;
let owner: ScriptedConsole;
let session: string;
let lanes: ScriptedLanes;
beforeAll(async () => {
  site = await startTestSite();
  ({ agent, socket: standing } = await site.jumpClient());
  ({ console: owner, session, lanes } = await startSession(site.admin, agent, standing));
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const consoleTools = (Object.keys(tools) as ToolType[]).filter((type) => tools[type].access !== null);
const serverTools = (Object.keys(tools) as ToolType[]).filter((type) => tools[type].access === null);

/** Params that name a screen channel name one that is open. */
async function paramsFor(console: ScriptedConsole, type: ToolType): Promise<Record<string, unknown>> {
  const params = { ...samples[type]!.params };
  if ("screenChannel" in params) params["screenChannel"] = await openChannel(console, lanes, "screen.open", session);
  return params;
}

/** Takes part in the session with the settings of its account, which the test changes. */
async function participant(username: string) {
  const browser = await site.server.representative(username);
  const { id } = await browser.json<{ id: string }>("GET", "/api/console/account");
  const console = await ScriptedConsole.open(browser);
  expect(await console.start(agent.jumpClient)).toBe(session);
  // The session is told to everybody for other reasons, too: only one that shows the new rights says that they hold.
  const hold = async (
    settings: Promise<DefinedSettings>,
    fits: (held: readonly string[]) => boolean = () => true,
  ): Promise<void> => {
    const changed = await settings;
    console.socket.messages.length = 0;
    await setSettings(site.server.core, id, changed);
    await console.sees(session, ({ permissions }) => fits(permissions));
  };
  return { console, hold };
}

/** Requests that reached the agent; what tells it of ended channels may still be on its way from earlier tests. */
const requestsSeen = (): number =>
  [...lanes.interactive.history, ...lanes.bulk.history].filter(({ type }) => Object.hasOwn(tools, type)).length;

const permissionOf = (type: ToolType): SessionPermission => (tools[type] as ToolSpec).access as SessionPermission;
const toolPermissions = [...new Set(consoleTools.map(permissionOf))];

describe("NA11 every message, by every permission", () => {
  test("NA11 with one permission and what it needs, just the requests of those reach the agent", async () => {
    const { console, hold } = await participant("just-one");
    for (const permission of toolPermissions) {
      const needed = needsOf(permission);
      await hold(holdingJust(site.server.core, permission), (held) =>
        toolPermissions.every((one) => held.includes(one) === needed.has(one)),
      );
      for (const type of consoleTools) {
        if (needed.has(permissionOf(type)))
          expect((await useTool(console, lanes, type, session, await paramsFor(console, type))).type).toBe(
            tools[type].reply,
          );
        else expect(await console.refusal(type, { ...samples[type]!.params, session })).toBe("permission.denied");
      }
    }
    console[Symbol.dispose]();
  }, 60_000);

  test("NA11 with every permission but one, none of its requests reaches the agent, and the audit log has each", async () => {
    const { console, hold } = await participant("all-but-one");
    using contents = new TableContents(site.server.directory);
    for (const permission of toolPermissions) {
      await hold(holdingAllBut(site.server.core, permission), (held) => !held.includes(permission));
      for (const type of consoleTools.filter((one) => permissionOf(one) === permission)) {
        const before = requestsSeen();
        const audited = contents.auditedAfter(0).length;
        expect(await console.refusal(type, { ...samples[type]!.params, session })).toBe("permission.denied");
        expect(requestsSeen()).toBe(before);
        // It is written while the refusal is on its way.
        while (contents.auditedAfter(0).length === audited) await Bun.sleep(1);
        const added = contents.auditedAfter(0).slice(audited);
        expect(added.map(({ action }) => action)).toEqual(["permission.denied"]);
      }
    }
    console[Symbol.dispose]();
  }, 60_000);

  test("NA11 NA18 a message is refused to whoever holds every permission but its own, and a Jump Item one may not see is not there", async () => {
    const { console, hold } = await participant("no-message");
    const { core } = site.server;
    await hold(holdingAllBut(core, "session.end"));
    expect(await console.refusal("session.end", { session })).toBe("permission.denied");
    await hold(holdingAllBut(core, "session.join"));
    expect(await console.refusal("session.join", { session })).toBe("permission.denied");
    await hold(holdingAllBut(core, "session.start"));
    expect(await console.refusal("session.start", { jumpItem: agent.jumpClient })).toBe("permission.denied");
    await hold(holdingAllBut(core, "jump-items.view"));
    expect(await console.refusal("session.start", { jumpItem: agent.jumpClient })).toBe("not_found");
    expect(await console.refusal("session.start", { jumpItem: "A".repeat(22) })).toBe("not_found");
    console[Symbol.dispose]();
  });

  test("NA11 nobody who does not take part gets anything to the agent, whatever their role", async () => {
    using stranger = await ScriptedConsole.open(await site.server.representative("stranger", "administrator"));
    const before = requestsSeen();
    for (const type of consoleTools)
      expect(await stranger.refusal(type, { ...samples[type]!.params, session })).toBe("session.not_participant");
    for (const type of ["session.leave", "session.end"])
      expect(await stranger.refusal(type, { session })).toBe("session.not_participant");
    expect(requestsSeen()).toBe(before);
  });

  test("NA11 a console may say nothing that is not the console's to say", async () => {
    using console = await ScriptedConsole.open(await site.server.representative("impostor"));
    const notOurs = (Object.keys(messages) as MessageType[]).filter((type) => {
      const spec: MessageSpec = messages[type];
      return !spec.from.includes("console");
    });
    for (const type of [...notOurs, ...serverTools].slice(0, 30))
      expect(await console.refusal(type, { session })).toBe("message.wrong_sender");
  });
});

describe("a tool request", () => {
  test("goes to the lane its table names, under a number of ours, and comes back under the console's", async () => {
    for (const type of ["files.list", "shell.list"] as const) {
      const number = owner.request(type, {
        ...samples[type]!.params,
        session,
        extra: "unknown fields are not handed on",
      });
      const request = await laneOf(lanes, type).nextTool(type);
      expect(request["extra"]).toBeUndefined();
      expect(request["session"]).toBeUndefined();
      answerTool(laneOf(lanes, type), type, request);
      expect((await owner.answer(number)).type).toBe(tools[type].reply);
    }
  });

  test("shows its progress, can be cancelled, and brings the agent's refusal in the agent's words", async () => {
    const number = owner.request("files.delete", { paths: ["/a", "/b"], session });
    const { request } = await lanes.bulk.nextTool("files.delete");
    lanes.bulk.send({ type: "tool.progress", request, done: 1, total: 2, unit: "files", current: "/a" });
    expect(await owner.socket.next("tool.progress")).toMatchObject({ request: number, done: 1, current: "/a" });
    owner.socket.send({ type: "tool.cancel", request: number });
    expect((await lanes.bulk.next("tool.cancel")).request).toBe(request);
    lanes.bulk.send({ type: "error", request, code: "file.denied", message: "/b belongs to root." });
    expect(await owner.answer(number)).toMatchObject({
      type: "error",
      code: "file.denied",
      message: "/b belongs to root.",
    });
  });

  test("that the agent answers wrongly is refused, and the agent's lane lives", async () => {
    const number = owner.request("shell.list", { session });
    const { request } = await lanes.interactive.nextTool("shell.list");
    lanes.interactive.send({ type: "shell.listed", request, shells: "none" });
    expect(await owner.answer(number)).toMatchObject({ type: "error", code: "internal" });
    expect((await useTool(owner, lanes, "shell.list", session)).type).toBe("shell.listed");
  });

  test("is answered by the lane it went to and by no other", async () => {
    const number = owner.request("shell.list", { session });
    const request = await lanes.interactive.nextTool("shell.list");
    answerTool(lanes.bulk, "shell.list", request);
    lanes.bulk.send({ type: "error", request: request.request, code: "internal", message: "not mine" });
    const other = await site.jumpClient();
    const elsewhere = await startSession(await site.server.representative("elsewhere"), other.agent, other.socket);
    answerTool(elsewhere.lanes.interactive, "shell.list", request);
    await Bun.sleep(50);
    expect(owner.socket.messages.some((message) => message["request"] === number)).toBe(false);
    answerTool(lanes.interactive, "shell.list", request);
    expect((await owner.answer(number)).type).toBe("shell.listed");
  });

  test("is refused when a request of that number is still open", async () => {
    const request = owner.request("shell.list", { session });
    owner.socket.send({ type: "shell.list", session, request });
    expect(await owner.answer(request)).toMatchObject({ type: "error", code: "request.invalid" });
    answerTool(lanes.interactive, "shell.list", await lanes.interactive.nextTool("shell.list"));
    await owner.answer(request);
  });
});

describe("channels", () => {
  test("NA18 a console's frames reach only its own channels, and naming another's is refused", async () => {
    const mine = await openChannel(owner, lanes, "screen.open", session);
    using other = await ScriptedConsole.open(await site.server.representative("other"));
    await other.start(agent.jumpClient);
    other.socket.data(mine, "keystrokes");
    other.socket.closeChannel(mine);
    expect(await other.refusal("screen.refresh", { session, screenChannel: mine })).toBe("channel.unknown");
    lanes.interactive.data(mine, "picture");
    expect(Buffer.from((await owner.socket.nextFrame(mine)).payload).toString()).toBe("picture");
    expect(lanes.interactive.frames.filter((frame) => frame.channel === mine)).toEqual([]);
    expect(other.socket.frames).toEqual([]);
    for (let count = 0; count < 80; count += 1) other.socket.data(mine, "x");
    expect((await other.socket.closed).code).toBe(1008);
  });

  test("NA18 another agent's lane cannot write into a session's channel", async () => {
    const mine = await openChannel(owner, lanes, "shell.open", session);
    const { agent: rogue, socket } = await site.jumpClient();
    const elsewhere = await startSession(await site.server.representative("rogue"), rogue, socket);
    elsewhere.lanes.interactive.data(mine, "forged output");
    elsewhere.lanes.interactive.closeChannel(mine);
    lanes.bulk.data(mine, "wrong lane");
    lanes.interactive.data(mine, "true output");
    expect(Buffer.from((await owner.socket.nextFrame(mine)).payload).toString()).toBe("true output");
  });

  test("close with the console's connection, and the agent is told", async () => {
    using browser = await ScriptedConsole.open(await site.server.representative("leaver"));
    await browser.start(agent.jumpClient);
    const channel = await openChannel(browser, lanes, "shell.open", session);
    browser.socket.terminate();
    expect((await lanes.interactive.nextFrame(channel, FrameKind.close)).reason).toBe("channel.lost");
  });

  test("who holds the keyboard is shown to everybody, until they let go", async () => {
    const channel = await openChannel(owner, lanes, "input.open", session);
    await owner.sees(session, (view) => view.participants.some((one) => one.isControlling));
    owner.socket.closeChannel(channel);
    await owner.sees(session, (view) => !view.participants.some((one) => one.isControlling));
  });
});

test("a tool's event reaches every participant under the session's own id", async () => {
  lanes.interactive.send({ type: "clipboard.changed", session: "Z".repeat(22) });
  expect((await owner.socket.nextTool("clipboard.changed")).session).toBe(session);
});

test("NA25 the audit log tells of each tool, with lengths instead of clipboard text and with names instead of contents", async () => {
  await useTool(owner, lanes, "clipboard.send", session);
  await useTool(owner, lanes, "clipboard.fetch", session);
  await useTool(owner, lanes, "files.delete", session);
  const { rows } = await site.admin.json<{ rows: { action: string; detail: unknown; session: string }[] }>(
    "GET",
    `/api/login/audit?session=${session}&limit=200`,
  );
  const detailOf = (action: string): unknown => rows.find((row) => row.action === action)?.detail;
  expect(detailOf("clipboard.sent")).toEqual({ characters: 8 });
  expect(detailOf("clipboard.fetched")).toEqual({ characters: 14 });
  expect(detailOf("files.deleted")).toMatchObject({ paths: ["/srv/a"], succeeded: 1 });
  expect(JSON.stringify(rows)).not.toContain("secret");
  expect(rows.every((row) => row.session === session)).toBe(true);
  for (const type of consoleTools) {
    const { audit } = tools[type] as ToolSpec;
    if (audit !== null) expect(rows.some((row) => row.action === audit)).toBe(true);
  }
});
