import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FrameKind } from "../../protocol/frame.ts";
import { CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import type { Area } from "../../protocol/api/sign-in.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { ScriptedSocket } from "../test/scripted-socket.ts";
import { openChannel } from "../test/scripted-tools.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ rooms: { proofTimeoutMs: 1500 } });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const dial = (origin: string | null): Promise<ScriptedSocket> =>
  ScriptedSocket.open(`${site.server.url}${CONSOLE_SOCKET_PATH}`, origin === null ? {} : { origin });

describe("signing on", () => {
  test("NA13 a foreign page, or nothing that says where it comes from, opens no socket", async () => {
    for (const origin of [
      "https://evil.example",
      `${site.server.url}.evil.example`,
      "null",
      site.server.url.replace("https", "http"),
      null,
    ])
      await expect(dial(origin)).rejects.toThrow();
  });

  test("NA13 a ticket works once", async () => {
    const { ticket } = await site.admin.json<{ ticket: string }>("POST", "/api/console/socket-ticket", {});
    using first = await dial(site.server.url);
    first.send({ type: "console.hello", protocol: 1, ticket });
    await first.next("console.welcome");
    using second = await dial(site.server.url);
    second.send({ type: "console.hello", protocol: 1, ticket });
    expect((await second.next("console.signed-out")).code).toBe("sign_in.required");
    expect((await second.closed).code).toBe(4001);
  });

  test("NA39 anything before console.hello, a second hello, and silence close the socket", async () => {
    for (const message of [
      { type: "console.ping", request: 1 },
      { type: "session.start", request: 1, jumpItem: "A".repeat(22) },
    ]) {
      using socket = await dial(site.server.url);
      socket.send(message);
      expect((await socket.closed).code).toBe(1008);
      expect(socket.history).toEqual([]);
    }
    using console = await ScriptedConsole.open(site.admin);
    console.socket.send({ type: "console.hello", protocol: 1, ticket: "x" });
    expect((await console.socket.closed).code).toBe(1008);
    using silent = await dial(site.server.url);
    expect((await silent.closed).code).toBe(1008);
  });

  test("text frames and broken frames close the socket", async () => {
    const console = await ScriptedConsole.open(site.admin);
    console.socket.sendText("{}");
    expect((await console.socket.closed).code).toBe(1003);
    const other = await ScriptedConsole.open(site.admin);
    other.socket.sendBytes(new Uint8Array([0, 0, 0]));
    expect((await other.socket.closed).code).toBe(1008);
  });
});

test("a message that cannot be read is refused with its request number, and the connection lives", async () => {
  using console = await ScriptedConsole.open(site.admin);
  expect(await console.refusal("session.start", { jumpItem: "../../etc" })).toBe("message.invalid");
  expect(await console.refusal("no.such-message")).toBe("message.unknown");
  expect(await console.refusal("agent.welcome")).toBe("message.wrong_sender");
  expect((await console.ask("console.ping")).type).toBe("console.pong");
});

test("NA39 a console that asks without end is refused past what is dealt with at once, and others are answered", async () => {
  const console = await ScriptedConsole.open(site.admin);
  const jumpItem = "A".repeat(22);
  for (let request = 1; request <= 2000; request += 1)
    console.socket.send({ type: "session.start", request, jumpItem });
  using other = await ScriptedConsole.open(site.admin);
  expect((await other.ask("console.ping")).type).toBe("console.pong");
  await console.socket.next("error", (message) => message.code === "request.too_many");
  console[Symbol.dispose]();
});

test("a session with a Jump Client that is gone or offline is refused in words", async () => {
  using console = await ScriptedConsole.open(site.admin);
  expect(await console.refusal("session.start", { jumpItem: "A".repeat(22) })).toBe("not_found");
  const { agent, socket } = await site.jumpClient();
  socket.close();
  await socket.closed;
  expect(await console.refusal("session.start", { jumpItem: agent.jumpClient })).toBe("agent.offline");
});

describe("revocation", () => {
  const ways: [string, (user: string) => Promise<unknown>, string][] = [
    [
      "an administrator ends the sign-in",
      (id) => site.admin.json("POST", `/api/login/users/${id}/sign-out`, {}),
      "ada",
    ],
    [
      "the account is disabled",
      (id) => site.admin.json("PATCH", `/api/login/users/${id}`, { version: 1, isDisabled: true }),
      "bob",
    ],
    ["the account is deleted", (id) => site.admin.json("DELETE", `/api/login/users/${id}`), "cid"],
    [
      "an administrator sets a new password",
      (id) => site.admin.json("PATCH", `/api/login/users/${id}`, { version: 1, password: "another horse battery" }),
      "dan",
    ],
  ];
  test.each(ways)("NA38 when %s, the socket and its channels close at once", async (_, revoke, username) => {
    const browser = await site.server.representative(username);
    const { agent, socket } = await site.jumpClient();
    const { console, session, lanes } = await startSession(browser, agent, socket);
    const channel = await openChannel(console, lanes, "shell.open", session);
    const { users } = await site.admin.json<{ users: { id: string; username: string }[] }>("GET", "/api/login/users");
    const started = performance.now();
    await revoke(users.find((user) => user.username === username)!.id);
    await console.socket.next("console.signed-out");
    expect((await console.socket.closed).code).toBe(4001);
    expect((await lanes.interactive.nextFrame(channel, FrameKind.close)).reason).toBe("channel.revoked");
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("NA38 signing out of the console closes it and leaves /login", async () => {
    const browser = await site.server.representative("eve", "administrator", ...(["login", "console"] as Area[]));
    using console = await ScriptedConsole.open(browser);
    await browser.json("POST", "/api/console/sign-out", {});
    expect((await console.socket.closed).code).toBe(4001);
    expect((await browser.request("GET", "/api/login/account")).status).toBe(200);
  });

  test("LOGIN-01 NA38 switching the console off closes every console at once", async () => {
    const browser = await site.server.representative("flo");
    const console = await ScriptedConsole.open(browser);
    await site.admin.json("PATCH", "/api/login/settings", { isConsoleEnabled: false });
    expect((await console.socket.closed).code).toBe(4001);
    await site.admin.json("PATCH", "/api/login/settings", { isConsoleEnabled: true });
    await site.admin.signIn("console", "anna", "correct horse battery staple");
  });
});

test("jump-items.changed is gathered to one message a second", async () => {
  using console = await ScriptedConsole.open(site.admin);
  await Bun.sleep(1100);
  console.socket.messages.length = 0;
  const { agent } = await site.jumpClient();
  const other = await site.jumpClient();
  const changed = await console.socket.next("jump-items.changed");
  await Bun.sleep(300);
  const count = console.socket.history.filter((message) => message.type === "jump-items.changed").length;
  expect(count).toBeLessThanOrEqual(3);
  const named = changed.jumpItems ?? [agent.jumpClient, other.agent.jumpClient];
  expect(named.length).toBeGreaterThan(0);
});
