/** A running site with Jump Clients in it: what most scenarios of the gateway begin with. */
import { systemClock } from "../clock.ts";
import { ScriptedAgent, type ScriptedLanes } from "./scripted-agent.ts";
import { ScriptedConsole } from "./scripted-console.ts";
import type { ScriptedSocket } from "./scripted-socket.ts";
import type { TestBrowser } from "./test-browser.ts";
import { startTestServer, type TestServer, type TestServerOptions } from "./test-server.ts";

export interface TestSite extends AsyncDisposable {
  readonly server: TestServer;
  /** Signed in to /login and /console. */
  readonly admin: TestBrowser;
  readonly jumpGroup: string;
  /** An installer's token and id. */
  installer(change?: Record<string, unknown>): Promise<{ id: string; token: string }>;
  /** A Jump Client that is enrolled and online. */
  jumpClient(): Promise<{ agent: ScriptedAgent; socket: ScriptedSocket }>;
}

/** Time runs here unless the options bring a clock. */
export async function startTestSite(options: TestServerOptions = {}): Promise<TestSite> {
  const server = await startTestServer({ clock: systemClock, ...options });
  const admin = await server.administrator("login", "console");
  const group = await admin.json<{ id: string }>("POST", "/api/login/jump-groups", { name: "Desks", comments: "" });
  const agents: ScriptedAgent[] = [];
  const site: TestSite = {
    server,
    admin,
    jumpGroup: group.id,
    installer: (change = {}) => makeInstaller(admin, group.id, `${server.directory}/agents`, change),
    async jumpClient() {
      const agent = new ScriptedAgent(server.url);
      agents.push(agent);
      const { token } = await site.installer();
      return { agent, socket: await agent.enrol(token) };
    },
    async [Symbol.asyncDispose]() {
      for (const agent of agents) agent[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
  return site;
}

/** Makes an installer and takes its token as an endpoint gets it: out of the downloaded file. */
export async function makeInstaller(
  admin: TestBrowser,
  jumpGroup: string,
  agentsDirectory: string,
  change: Record<string, unknown> = {},
): Promise<{ id: string; token: string }> {
  const asked = { name: "", jumpGroup, tag: "", comments: "", validForMinutes: 60, maxUses: null, ...change };
  const { id } = await admin.json<{ id: string }>("POST", "/api/login/installers", asked);
  await Bun.write(
    `${agentsDirectory}/linux-x64/causeway-agent.gz`,
    Bun.gzipSync(new TextEncoder().encode("#!/bin/sh\n")),
  );
  const response = await admin.request("GET", `/api/login/installers/${id}/download/linux-x64`);
  const file = Buffer.from(await response.arrayBuffer()).toString("latin1");
  const encoded = /printf '%s' '([A-Za-z0-9_-]+)'/u.exec(file)?.[1];
  if (encoded === undefined) throw new Error(`no installer in the file (${response.status})`);
  const { token } = JSON.parse(Buffer.from(encoded, "base64url").toString()) as { token: string };
  return { id, token };
}

/** A session that is active, with a console in it and the agent's lanes. */
export async function startSession(
  browser: TestBrowser,
  agent: ScriptedAgent,
  socket: ScriptedSocket,
): Promise<{ console: ScriptedConsole; session: string; lanes: ScriptedLanes }> {
  const console = await ScriptedConsole.open(browser);
  const session = await console.start(agent.jumpClient);
  const lanes = await agent.attach(await socket.next("session.begin"));
  await console.sees(session, (view) => view.state === "active");
  return { console, session, lanes };
}
