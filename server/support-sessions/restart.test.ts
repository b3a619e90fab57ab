import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { setUpSite } from "../set-up/set-up.ts";
import { ScriptedAgent } from "../test/scripted-agent.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { useTool } from "../test/scripted-tools.ts";
import { startServingProcess } from "../test/serving-process.ts";
import { TestBrowser } from "../test/test-browser.ts";
import { PASSWORD } from "../test/test-server.ts";
import { makeInstaller, startSession } from "../test/test-site.ts";

async function setUpSiteIn(directory: string): Promise<void> {
  await using core = await openCore({
    directory,
    credentialsDirectory: null,
    clock: systemClock,
    log: createLog(() => undefined, systemClock.now),
    version: "0.0.0-test",
  });
  const names = { siteName: "Northmoor", hostname: "localhost", username: "anna", displayName: "Anna" };
  await setUpSite(
    core,
    { kind: "system" },
    { ...names, password: PASSWORD, isConsoleEnabled: true, certificate: null },
  );
}

test("a session outlives kill -9 of the server: agent and console come back to it, and its log is whole", async () => {
  const directory = mkdtempSync(join(tmpdir(), "causeway-restart-"));
  try {
    await setUpSiteIn(directory);
    const first = await startServingProcess(directory);
    const url = `https://127.0.0.1:${first.port}`;
    const browser = new TestBrowser(url);
    await browser.signIn("login", "anna", PASSWORD);
    await browser.signIn("console", "anna", PASSWORD);
    using agent = new ScriptedAgent(url);
    const group = await browser.json<{ id: string }>("POST", "/api/login/jump-groups", { name: "Desks", comments: "" });
    const { token } = await makeInstaller(browser, group.id, `${directory}/agents`);
    const socket = await agent.enrol(token);
    const { console, session, lanes } = await startSession(browser, agent, socket);
    await useTool(console, lanes, "shell.open", session);
    await console.socket.next("session.logged", (line) => line.event.text === "Anna opened a command shell");
    await first.kill();
    await Promise.all([socket.closed, console.socket.closed]);

    await using second = await startServingProcess(directory, first.port);
    expect(second.port).toBe(first.port);
    using back = await ScriptedConsole.open(browser);
    expect(back.welcome.sessions.map((view) => [view.session, view.state])).toEqual([[session, "agent-lost"]]);
    const texts = back.welcome.sessions[0]!.events.map((event) => event.text);
    expect(texts).toContain("Anna opened a command shell");
    const standing = await agent.connect({ sessions: [session] });
    const again = await agent.attach(await standing.next("session.begin"));
    await back.sees(session, (view) => view.state === "active");
    expect((await useTool(back, again, "shell.list", session)).type).toBe("shell.listed");
    expect((await back.ask("session.end", { session })).type).toBe("done");
    const { rows } = await browser.json<{ rows: { action: string }[] }>("GET", `/api/login/audit?session=${session}`);
    expect(rows.map((row) => row.action)).toEqual(["session.ended", "shell.opened", "session.started"]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 30_000);
