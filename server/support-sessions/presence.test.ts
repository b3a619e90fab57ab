import { afterAll, beforeAll, expect, test } from "bun:test";
import { addSessionPolicy, assign } from "../test/policy-rows.ts";
import { STATISTICS } from "../test/scripted-agent.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import type { ScriptedSocket } from "../test/scripted-socket.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

const ALLOW = { value: "allow", isAsked: false } as const;
const DENY = { value: "deny", isAsked: false } as const;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

/** The agent tells of its screen; resolves when the site shows who is there. */
async function tells(
  socket: ScriptedSocket,
  jumpItem: string,
  change: object,
  presence: "present" | "absent",
): Promise<void> {
  socket.send({ type: "agent.statistics", statistics: { ...STATISTICS, ...change } });
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { properties } = await site.admin.json<{ properties: { presence: string } }>(
      "GET",
      `/api/console/jump-items/${jumpItem}`,
    );
    if (properties.presence === presence) return;
    await Bun.sleep(50);
  }
  throw new Error(`nobody became ${presence}`);
}

test("JUMP-31 JUMP-33 the policy for who is there is chosen when the session starts, and stays though the screen is locked", async () => {
  const { core } = site.server;
  const { agent, socket } = await site.jumpClient();
  const present = await addSessionPolicy(core, { "shell.use": DENY, "files.browse": ALLOW });
  const absent = await addSessionPolicy(core, { "shell.use": ALLOW, "files.browse": DENY });
  await assign(core, agent.jumpClient, { present_policy: present, absent_policy: absent });
  await tells(socket, agent.jumpClient, {}, "present");
  const { console, session } = await startSession(site.admin, agent, socket);
  const of = (view: { permissions: readonly string[] }) => [
    view.permissions.includes("shell.use"),
    view.permissions.includes("files.browse"),
  ];
  using other = await ScriptedConsole.open(site.admin);
  expect(of(other.welcome.sessions[0]!)).toEqual([false, true]);
  await tells(socket, agent.jumpClient, { isScreenLocked: true }, "absent");
  expect(await console.refusal("shell.open", { session, rows: 24, columns: 80, writer: "B".repeat(22) })).toBe(
    "permission.denied",
  );
  using again = await ScriptedConsole.open(site.admin);
  expect(of(again.welcome.sessions[0]!)).toEqual([false, true]);
  await console.ask("session.end", { session });
  await socket.next("session.finish");
  const next = await startSession(site.admin, agent, socket);
  using third = await ScriptedConsole.open(site.admin);
  expect(of(third.welcome.sessions.find((view) => view.session === next.session)!)).toEqual([true, false]);
  console[Symbol.dispose]();
  next.console[Symbol.dispose]();
});

test("JUMP-32 a locked screen or a screen saver means nobody is there, unless the site does not look at screens", async () => {
  const { agent, socket } = await site.jumpClient();
  const id = agent.jumpClient;
  await tells(socket, id, {}, "present");
  await tells(socket, id, { isScreenSaverOn: true }, "absent");
  await tells(socket, id, { isScreenSaverOn: false }, "present");
  await tells(socket, id, { isScreenLocked: true }, "absent");
  await site.admin.json("PATCH", "/api/login/jump-item-settings", { usesScreenState: false });
  await tells(socket, id, { isScreenLocked: true, isScreenSaverOn: true }, "present");
  await tells(socket, id, { signedInUsers: [] }, "absent");
  await site.admin.json("PATCH", "/api/login/jump-item-settings", { usesScreenState: true });
});
