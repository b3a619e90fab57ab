/** The agent as a process of its own, against a real TLS server that says what the tests tell it to. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFrame, FrameKind } from "../../protocol/frame.ts";
import type { ChannelId } from "../../protocol/ids.ts";
import { AGENT_SESSION_SOCKET_PATH } from "../../protocol/hello.ts";
import { makeCertificate, type TestCertificate } from "../test/certificates.ts";
import { makeId, type TestPeer, TestSite } from "../test/test-site.ts";

// A login shell takes as long as its start-up files do.
setDefaultTimeout(120_000);
const root = mkdtempSync(join(tmpdir(), "causeway-agent-"));
let certificate: TestCertificate;
beforeAll(() => (certificate = makeCertificate()));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const program = ["bun", join(import.meta.dir, "../main.ts")];
let counter = 0;

class RunningAgent implements AsyncDisposable {
  readonly state = join(root, `state ${(counter += 1)}`);
  readonly installer = join(root, `installer ${counter}.json`);
  process: Bun.Subprocess<"ignore", "ignore", "inherit"> | null = null;

  static async start(site: TestSite, ...more: string[]): Promise<RunningAgent> {
    const agent = new RunningAgent();
    writeFileSync(agent.installer, JSON.stringify(await site.installer([certificate.spki])));
    agent.run("--installer", agent.installer, ...more);
    return agent;
  }

  run(...words: string[]): void {
    const command = [process.execPath, ...program.slice(1), "run", ...words, "--state", this.state];
    this.process = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "inherit" });
  }

  status(): { readonly text: string; readonly exitCode: number } {
    const { stdout, exitCode } = Bun.spawnSync([
      process.execPath,
      ...program.slice(1),
      "status",
      "--state",
      this.state,
    ]);
    return { text: stdout.toString(), exitCode };
  }

  async kill(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    this.process?.kill(signal);
    await this.process?.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("SIGKILL");
  }
}

/** Lets the n-th pair of lanes in; which socket is which is told by the ticket. */
async function attachLanes(
  site: TestSite,
  session: string,
  from = 0,
): Promise<{ interactive: TestPeer; bulk: TestPeer }> {
  const peers = await Promise.all([from, from + 1].map((at) => site.peer(AGENT_SESSION_SOCKET_PATH, at)));
  const lanes: Record<string, TestPeer> = {};
  for (const peer of peers) {
    const { ticket } = await peer.message("session.attach");
    lanes[ticket as string] = peer;
    peer.send({ type: "session.attached", session });
  }
  return { interactive: lanes["interactive"]!, bulk: lanes["bulk"]! };
}
const begin = (session: string) => ({
  type: "session.begin",
  session,
  interactiveTicket: "interactive",
  bulkTicket: "bulk",
});

async function ask(
  peer: TestPeer,
  message: { readonly type: string; readonly request: number } & Record<string, unknown>,
) {
  peer.send(message);
  return peer.until(({ messages }) =>
    messages.find((one) => one.ok && one.kind === "reply" && one.request === message.request),
  );
}

/** Opens a shell and waits until its start-up files are through: ending one in their midst would leave their work half done. */
async function openShell(peer: TestPeer): Promise<ChannelId> {
  const channel = 5 as ChannelId;
  await ask(peer, { type: "shell.open", request: 1, channel, rows: 24, columns: 80, writer: makeId() });
  peer.sendBytes(encodeFrame(FrameKind.data, channel, new TextEncoder().encode("echo re''ady\n")));
  await peer.until(() => shellOutput(peer).includes("ready\r\n"));
  return channel;
}

/** Everything the shells of this lane have written so far. */
function shellOutput({ frames }: TestPeer): string {
  return Buffer.concat(frames.filter(({ kind }) => kind === FrameKind.data).map(({ payload }) => payload)).toString();
}

test("an agent enrols once and keeps what it needs in files only its owner can read", async () => {
  await using site = new TestSite(certificate);
  await using agent = await RunningAgent.start(site);
  const { hello, jumpClient } = await site.welcome();
  expect(hello["type"]).toBe("agent.enrol");
  const token = JSON.parse(readFileSync(agent.installer, "utf8")).token as string;
  while (!readFileSync(join(agent.state, "identity.json"), "utf8").includes(jumpClient)) await Bun.sleep(10);
  expect(statSync(agent.state).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(agent.state).filter((one) => statSync(join(agent.state, one)).isFile()))
    expect([name, statSync(join(agent.state, name)).mode & 0o777]).toEqual([name, 0o600]);
  expect(readFileSync(join(agent.state, "identity.json"), "utf8")).not.toContain(token);

  while (agent.status().exitCode !== 0) await Bun.sleep(50);
  expect(agent.status().text).toMatch(/Test site.*\n.*as Test computer\n.*\n.*connected since/);
  await agent.kill("SIGKILL");
  expect(agent.status()).toMatchObject({ exitCode: 3, text: expect.stringContaining("not running") });

  agent.run();
  const again = await site.welcome(1, { jumpClient });
  expect(again.hello).toMatchObject({ type: "agent.hello", jumpClient, publicKey: hello["publicKey"] });
});

test("FLEX-06 the agent listens on nothing, also while a session with a shell is open", async () => {
  await using site = new TestSite(certificate);
  await using agent = await RunningAgent.start(site);
  const { peer } = await site.welcome();
  const session = makeId();
  peer.send(begin(session));
  const { interactive } = await attachLanes(site, session);
  await openShell(interactive);
  const { stdout } = Bun.spawnSync(["ss", "--no-header", "--all", "--tcp", "--udp", "--processes", "--numeric"]);
  const ours = stdout
    .toString()
    .split("\n")
    .filter((line) => line.includes(`pid=${agent.process!.pid},`));
  expect(ours.length).toBeGreaterThanOrEqual(3);
  for (const line of ours) expect(line).toMatch(/^tcp\s+ESTAB/);
});

test("BETTER-02 a session outlives its connections: the same shell is there when the server calls again", async () => {
  await using site = new TestSite(certificate);
  await using _agent = await RunningAgent.start(site);
  const { peer, jumpClient } = await site.welcome();
  const session = makeId();
  peer.send(begin(session));
  const first = await attachLanes(site, session);
  await openShell(first.interactive);
  for (const one of [peer, first.interactive, first.bulk]) one.cut();

  const again = await site.welcome(1, { jumpClient });
  expect(again.hello["sessions"]).toEqual([session]);
  again.peer.send(begin(session));
  const second = await attachLanes(site, session, 2);
  const listed = await ask(second.interactive, { type: "shell.list", request: 2 });
  expect(listed).toMatchObject({ result: { shells: [expect.objectContaining({ title: expect.any(String) })] } });

  again.peer.send({ type: "session.finish", session });
  await Promise.all([second.interactive.closed.promise, second.bulk.closed.promise]);
});

test("of two lanes the lost one alone is dialled anew; the shell on the other does not miss a byte", async () => {
  await using site = new TestSite(certificate);
  await using _agent = await RunningAgent.start(site);
  const { peer } = await site.welcome();
  const session = makeId();
  peer.send(begin(session));
  const { interactive, bulk } = await attachLanes(site, session);
  const channel = await openShell(interactive);
  const count = "i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo line-$i; sleep 0.005; done; echo all-do''ne\n";
  interactive.sendBytes(encodeFrame(FrameKind.data, channel, new TextEncoder().encode(count)));
  await interactive.until((shell) => shellOutput(shell).includes("line-20\r\n"));
  bulk.cut();
  peer.send({ ...begin(session), lanes: ["bulk"] });
  const again = await site.peer(AGENT_SESSION_SOCKET_PATH, 2);
  expect(await again.message("session.attach")).toMatchObject({ ticket: "bulk" });
  again.send({ type: "session.attached", session });
  expect(await ask(again, { type: "files.volumes", request: 9 })).toMatchObject({ request: 9 });
  await interactive.until((shell) => shellOutput(shell).includes("all-done\r\n"));
  const lines = [...shellOutput(interactive).matchAll(/^line-(\d+)\r$/gmu)].map(([, number]) => Number(number));
  expect(lines).toEqual(Array.from({ length: 400 }, (_, at) => at + 1));
  expect(site.peers.filter(({ path }) => path === AGENT_SESSION_SOCKET_PATH)).toHaveLength(3);
});

test("JC-06 the name given on the command line is asked for at enrolment, once", async () => {
  await using site = new TestSite(certificate);
  await using agent = await RunningAgent.start(site, "--name", "Front desk 4");
  const { hello } = await site.welcome();
  expect(hello).toMatchObject({ type: "agent.enrol", name: "Front desk 4" });
  const identity = join(agent.state, "identity.json");
  while (readFileSync(identity, "utf8").includes("Front desk 4")) await Bun.sleep(10);
  expect(readFileSync(identity, "utf8")).toContain("Test computer");
});

test("an agent the site removes says goodbye and leaves nothing of itself", async () => {
  await using site = new TestSite(certificate);
  await using agent = await RunningAgent.start(site);
  const { peer } = await site.welcome();
  peer.send({ type: "agent.uninstall", reason: "removed by an administrator" });
  await peer.message("agent.uninstalled");
  expect(await agent.process!.exited).toBe(0);
  expect(existsSync(agent.state)).toBe(false);
});

test("asked to stop, the agent ends its sessions' programs and exits at once", async () => {
  await using site = new TestSite(certificate);
  await using agent = await RunningAgent.start(site);
  const { peer } = await site.welcome();
  const session = makeId();
  peer.send(begin(session));
  const { interactive } = await attachLanes(site, session);
  await openShell(interactive);
  const children = () => readFileSync(`/proc/${agent.process!.pid}/task/${agent.process!.pid}/children`, "utf8").trim();
  const shells = children().split(" ").filter(Boolean);
  await agent.kill("SIGTERM");
  expect(agent.process!.exitCode).toBe(0);
  while (shells.some((pid) => existsSync(`/proc/${pid}`))) await Bun.sleep(20);
});
