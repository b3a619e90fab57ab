import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { encodeFrame, CONTROL_CHANNEL, FrameKind } from "../../protocol/frame.ts";
import { AGENT_SESSION_SOCKET_PATH, AGENT_SOCKET_PATH, CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import { messages, type MessageType, tools } from "../../protocol/messages.ts";
import { ScriptedAgent } from "../test/scripted-agent.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { type AnyMessage, ScriptedSocket } from "../test/scripted-socket.ts";
import { samples, useTool } from "../test/scripted-tools.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

/** What has made programs of this kind run commands, leave SQL or break templates. */
const NASTY: readonly unknown[] = [
  "$(touch /tmp/causeway-pwned)",
  "`touch /tmp/causeway-pwned`",
  "a[$(touch /tmp/causeway-pwned)]+1",
  "'; drop table jump_clients; --",
  "{{7*7}}${7*7}<%= 7*7 %>",
  "../../../../etc/passwd",
  "__proto__",
  "\u0000\u001b[2J\ud800",
  "x".repeat(20_000),
  -1,
  1e308,
  0.5,
  null,
  true,
  [],
  {},
  { $gt: "" },
  [[[[[[[[]]]]]]]],
];

let seed = 20_261_121;
function random(below: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}
const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
const noise = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, () => random(256));

/** A message with a field replaced, removed or added. */
function mutated(message: AnyMessage): AnyMessage {
  const names = [...Object.keys(message).filter((name) => name !== "type" || random(8) === 0), "__proto__", "extra"];
  const changed: Record<string, unknown> = { ...message, [pick(names)]: pick(NASTY) };
  if (random(3) === 0) delete changed[pick(names)];
  return changed as AnyMessage;
}

/** The bytes of a message, now and then with some of them broken (0xC0 among them, NA2). */
function broken(message: AnyMessage): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(message));
  const frame = encodeFrame(FrameKind.control, CONTROL_CHANNEL, json);
  for (let count = random(4); count > 0; count -= 1) frame[random(frame.length)] = pick([0xc0, 0xff, 0, random(256)]);
  return random(4) === 0 ? frame.slice(0, random(frame.length)) : frame;
}

const types = [...Object.keys(messages), ...Object.keys(tools)] as MessageType[];
const anyMessage = (): AnyMessage =>
  mutated({
    request: 1 + random(5),
    session: "S".repeat(22),
    ...samples[pick(Object.keys(samples)) as "files.list"]!.params,
    type: pick(types),
  });

function anyFrame(valid: AnyMessage): Uint8Array<ArrayBuffer> {
  const kind = random(5);
  if (kind === 0) return noise(random(64));
  if (kind === 1) return encodeFrame(FrameKind.control, CONTROL_CHANNEL, noise(random(200)));
  if (kind === 2) return broken(anyMessage());
  if (kind === 3) return broken(mutated(valid));
  return encodeFrame(FrameKind.data, random(2 ** 32) as never, noise(random(100)));
}

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

async function world(): Promise<string> {
  const { rows } = await site.admin.json<{ rows: { sequence: number }[] }>("GET", "/api/login/audit?limit=1");
  const { total } = await site.admin.json("GET", "/api/login/jump-clients?limit=1");
  const { installers } = await site.admin.json<{ installers: { uses: number }[] }>("GET", "/api/login/installers");
  const uses = installers.map((one) => one.uses).join();
  return JSON.stringify([rows[0]?.sequence, total, uses, site.server.log.filter((line) => line.includes(" error "))]);
}

/** Sends frames until the socket closes; a proved one may outlive them all. */
async function hammer(socket: ScriptedSocket, frames: number, valid: () => AnyMessage): Promise<void> {
  for (let count = 0; count < frames && !socket.isClosed; count += 1) {
    socket.sendBytes(anyFrame(valid()));
    if (count % 5 === 0) await Bun.sleep(0);
  }
}

describe("NA1 NA2 NA39 whatever comes before a peer has proved itself", () => {
  test("NA1 changes nothing and starts no process, at every edge", async () => {
    const { agent } = await site.jumpClient();
    await Bun.sleep(600);
    const before = await world();
    const spawned = Bun.spawn;
    let processes = 0;
    Object.assign(Bun, { spawn: () => ((processes += 1), undefined) });
    try {
      for (let round = 0; round < 60; round += 1) {
        for (const path of [AGENT_SOCKET_PATH, AGENT_SESSION_SOCKET_PATH, CONSOLE_SOCKET_PATH]) {
          const headers = path === CONSOLE_SOCKET_PATH ? { origin: site.server.url } : {};
          using socket = await ScriptedSocket.open(`${site.server.url}${path}`, headers as Record<string, string>);
          const hello = agent.hello("site", "n".repeat(43));
          const first = pick([
            hello,
            { ...hello, type: "agent.enrol", token: "A".repeat(43) },
            { type: "console.hello", protocol: 1, ticket: "x" },
            { type: "session.attach", protocol: 1, ticket: "a.b.c" },
          ]);
          await hammer(socket, 6, () => first);
          socket.close();
        }
      }
    } finally {
      Object.assign(Bun, { spawn: spawned });
    }
    await Bun.sleep(500);
    expect(processes).toBe(0);
    expect(await world()).toBe(before);
    expect(await Bun.file("/tmp/causeway-pwned").exists()).toBe(false);
  }, 30_000);
});

describe("NA2 NA39 whatever a proved peer sends", () => {
  test("NA2 an agent's standing connection", async () => {
    for (let round = 0; round < 25; round += 1) {
      using agent = new ScriptedAgent(site.server.url);
      const { token } = await site.installer();
      const socket = await agent.enrol(token);
      const heartbeat = { type: "agent.heartbeat", sequence: 1 };
      const facts = { type: "agent.facts", facts: agent.hello("", "")["facts"] };
      await hammer(socket, 60, () => pick<AnyMessage>([heartbeat, facts]));
    }
    await aliveAndWell();
  }, 30_000);

  test("NA2 an agent's lanes and a console in a session", async () => {
    const { agent, socket } = await site.jumpClient();
    for (let round = 0; round < 8; round += 1) {
      const { console, session, lanes } = await startSession(site.admin, agent, socket);
      const ask = (): AnyMessage => {
        const type = pick(Object.keys(samples)) as "files.list";
        return { ...samples[type]!.params, type, session, request: 1 + random(50) };
      };
      const answer = (): AnyMessage =>
        pick<AnyMessage>([
          { type: "files.listed", request: 1 + random(50), path: "/", parent: null, entries: [], next: null },
          { type: "error", request: 1 + random(50), code: "file.io", message: "x" },
          { type: "tool.progress", request: 1, done: 1, total: 2, unit: "files", current: "x" },
        ]);
      await Promise.all([
        hammer(console.socket, 150, ask),
        hammer(lanes.interactive, 80, answer),
        hammer(lanes.bulk, 80, answer),
      ]);
      console.socket.terminate();
      await aliveAndWell();
      using closer = await ScriptedConsole.open(site.admin);
      if (closer.welcome.sessions.some((view) => view.session === session))
        await closer.ask("session.end", { session });
      await Bun.sleep(20);
      socket.messages.length = 0;
    }
  }, 30_000);
});

/** The server still does its whole job for somebody else, and none of its handlers failed. */
async function aliveAndWell(): Promise<void> {
  const { agent, socket } = await site.jumpClient();
  const { console, session, lanes } = await startSession(site.admin, agent, socket);
  expect((await useTool(console, lanes, "shell.list", session)).type).toBe("shell.listed");
  await console.ask("session.end", { session });
  console.socket.close();
  expect(site.server.log.filter((line) => line.includes(" error "))).toEqual([]);
  expect(await Bun.file("/tmp/causeway-pwned").exists()).toBe(false);
}
