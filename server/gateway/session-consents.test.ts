import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SessionGrants } from "../../protocol/session-policy.ts";
import { addSessionPolicy, assign } from "../test/policy-rows.ts";
import { ScriptedAgent, type ScriptedLanes, STATISTICS } from "../test/scripted-agent.ts";
import type { ScriptedConsole } from "../test/scripted-console.ts";
import type { ScriptedSocket } from "../test/scripted-socket.ts";
import { answerTool, laneOf, samples, useTool } from "../test/scripted-tools.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

const ASK = { value: "allow", isAsked: true } as const;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

interface Begun {
  readonly agent: ScriptedAgent;
  readonly socket: ScriptedSocket;
  readonly console: ScriptedConsole;
  readonly session: string;
  readonly lanes: ScriptedLanes;
}

/** A session under a session policy whose agent can ask. */
async function begin(
  grants: SessionGrants,
  prompting = { timeoutSeconds: 30, whenUnanswered: "deny" },
  hello: object = {},
): Promise<Begun> {
  const { core } = site.server;
  const agent = new ScriptedAgent(site.server.url);
  const { token } = await site.installer();
  const capabilities = ["files", "shell.pty", "screen.x11", "consent.x11"];
  const socket = await agent.enrol(token, { capabilities, ...hello });
  const policy = await addSessionPolicy(core, grants, { prompting });
  await assign(core, agent.jumpClient, { present_policy: policy, absent_policy: policy });
  for (let seen = ""; !seen.includes("ines") && !("statistics" in hello); await Bun.sleep(50))
    seen = await (await site.admin.request("GET", `/api/console/jump-items/${agent.jumpClient}`)).text();
  const begun = await startSession(site.admin, agent, socket);
  return { agent, socket, ...begun };
}

const askShell = ({ console, session }: Begun) =>
  console.request("shell.open", { ...samples["shell.open"]!.params, session });
async function lastAsked() {
  const { rows } = await site.admin.json<{ rows: { action: string; detail: object }[] }>(
    "GET",
    "/api/login/audit?limit=10",
  );
  return rows.find(({ action }) => action === "consent.asked")?.detail;
}

test("JUMP-13 the customer is asked before a tool opens, in words; their yes counts for the session, and is written down", async () => {
  const begun = await begin({ "shell.use": ASK });
  const { console, socket, lanes, session } = begun;
  const number = askShell(begun);
  const asked = await socket.next("consent.ask");
  expect(asked).toMatchObject({
    siteName: "Northmoor",
    representative: "Anna Admin",
    wish: "Open a shell",
    permission: "shell.use",
    language: "en",
    timeoutSeconds: 30,
    whenUnanswered: "deny",
  });
  expect(await console.socket.next("consent.waiting")).toMatchObject({ session, permission: "shell.use" });
  expect(lanes.interactive.messages.some(({ type }) => type === "shell.open")).toBe(false);
  socket.send({ type: "consent.answered", consent: asked.consent, answer: "allowed" });
  const lane = laneOf(lanes, "shell.open");
  answerTool(lane, "shell.open", await lane.nextTool("shell.open"));
  expect((await console.answer(number)).type).toBe("shell.opened");
  expect(await console.socket.next("consent.settled")).toMatchObject({ permission: "shell.use", outcome: "allowed" });
  expect((await useTool(console, lanes, "shell.open", session)).type).toBe("shell.opened");
  expect(socket.messages.some(({ type }) => type === "consent.ask")).toBe(false);
  expect(await lastAsked()).toEqual({ permission: "shell.use", answer: "allowed" });
  const line = await console.socket.next("session.logged", ({ event }) => event.text.startsWith("The customer"));
  expect(line.event.text).toBe("The customer allowed Anna Admin: Open a shell");
});

test("JUMP-13 a no closes the tool for the session without asking again", async () => {
  const begun = await begin({ "shell.use": ASK });
  const number = askShell(begun);
  const { consent } = await begun.socket.next("consent.ask");
  begun.socket.send({ type: "consent.answered", consent, answer: "denied" });
  expect((await begun.console.answer(number))["code"]).toBe("consent.refused");
  expect((await begun.console.answer(askShell(begun)))["code"]).toBe("consent.refused");
  expect(begun.socket.messages.some(({ type }) => type === "consent.ask")).toBe(false);
});

test("JUMP-13 silence means what the policy says", async () => {
  for (const [whenUnanswered, code] of [
    ["deny", "consent.refused"],
    ["allow", undefined],
  ] as const) {
    const begun = await begin({ "shell.use": ASK }, { timeoutSeconds: 30, whenUnanswered });
    const number = askShell(begun);
    const { consent } = await begun.socket.next("consent.ask");
    begun.socket.send({ type: "consent.answered", consent, answer: "unanswered" });
    const lane = laneOf(begun.lanes, "shell.open");
    if (code === undefined) answerTool(lane, "shell.open", await lane.nextTool("shell.open"));
    expect((await begun.console.answer(number))["code"]).toBe(code);
  }
});

test("JUMP-13 where nobody is at the computer nobody is asked: with deny it is refused, with allow it starts", async () => {
  const hello = { statistics: { ...STATISTICS, signedInUsers: [] } };
  const closed = await begin({ "shell.use": ASK }, { timeoutSeconds: 30, whenUnanswered: "deny" }, hello);
  expect((await closed.console.answer(askShell(closed)))["code"]).toBe("permission.denied");
  const open = await begin({ "shell.use": ASK }, { timeoutSeconds: 30, whenUnanswered: "allow" }, hello);
  expect((await useTool(open.console, open.lanes, "shell.open", open.session)).type).toBe("shell.opened");
  expect([...closed.socket.history, ...open.socket.history].some(({ type }) => type === "consent.ask")).toBe(false);
});

test("an agent that cannot ask is silence at once", async () => {
  const begun = await begin({ "shell.use": ASK }, undefined, { capabilities: ["shell.pty"] });
  expect((await begun.console.answer(askShell(begun)))["code"]).toBe("consent.refused");
});

test("who waits can stop waiting: the question goes away at the customer's", async () => {
  const begun = await begin({ "shell.use": ASK });
  const { console, socket, session } = begun;
  const first = askShell(begun);
  const one = await socket.next("consent.ask");
  await console.ask("consent.cancel", { session, permission: "shell.use" });
  expect((await console.answer(first))["code"]).toBe("consent.refused");
  expect((await socket.next("consent.withdraw")).consent).toBe(one.consent);
  const second = askShell(begun);
  const two = await socket.next("consent.ask");
  console.socket.send({ type: "tool.cancel", request: second });
  expect((await socket.next("consent.withdraw")).consent).toBe(two.consent);
  expect((await console.answer(second))["code"]).toBe("consent.refused");
  socket.send({ type: "consent.answered", consent: two.consent, answer: "allowed" });
  askShell(begun);
  await socket.next("consent.ask");
  await console.ask("session.end", { session });
  await socket.next("consent.withdraw");
});

test("what another permission needs is asked for first; two requests for one thing are one question", async () => {
  const begun = await begin({ "screen.view": ASK, "screen.control": ASK });
  const { console, socket, session } = begun;
  const numbers = [console.request("input.open", { session }), console.request("input.open", { session })];
  const view = await socket.next("consent.ask");
  expect(view["wish"]).toBe("View the screen");
  socket.send({ type: "consent.answered", consent: view.consent, answer: "allowed" });
  const control = await socket.next("consent.ask");
  expect(control["wish"]).toBe("Control mouse and keyboard");
  socket.send({ type: "consent.answered", consent: control.consent, answer: "denied" });
  for (const number of numbers) expect((await console.answer(number))["code"]).toBe("consent.refused");
  expect(socket.messages.some(({ type }) => type === "consent.ask")).toBe(false);
});

test("an answer from another computer counts for nothing", async () => {
  const begun = await begin({ "shell.use": ASK });
  const { socket: stranger } = await site.jumpClient();
  const number = askShell(begun);
  const { consent } = await begun.socket.next("consent.ask");
  stranger.send({ type: "consent.answered", consent, answer: "allowed" });
  await Bun.sleep(200);
  expect(begun.lanes.interactive.messages.some(({ type }) => type === "shell.open")).toBe(false);
  begun.socket.send({ type: "consent.answered", consent, answer: "denied" });
  expect((await begun.console.answer(number))["code"]).toBe("consent.refused");
});

test("JUMP-13 a download over HTTP waits for the customer, too", async () => {
  const begun = await begin({ "files.browse": { value: "allow", isAsked: false }, "files.download": ASK });
  const { socket, session, console } = begun;
  const asked = site.admin.refusal("POST", `/api/console/sessions/${session}/downloads`, {
    body: { path: "/etc/hosts" },
  });
  const { consent, wish } = await socket.next("consent.ask");
  expect(wish).toBe("Download from the customer");
  await console.socket.next("consent.waiting");
  socket.send({ type: "consent.answered", consent, answer: "denied" });
  expect((await asked).code).toBe("consent.refused");
});

const noticeHello = { capabilities: ["shell.pty", "consent.x11", "connected-notice.x11"] };

/** A shell that the customer has allowed. */
async function allowShell(begun: Begun): Promise<void> {
  const number = askShell(begun);
  const { consent } = await begun.socket.next("consent.ask");
  begun.socket.send({ type: "consent.answered", consent, answer: "allowed" });
  const lane = laneOf(begun.lanes, "shell.open");
  answerTool(lane, "shell.open", await lane.nextTool("shell.open"));
  expect((await begun.console.answer(number)).type).toBe("shell.opened");
}

test("JUMP-13 from the first yes on the customer is told who is connected", async () => {
  const begun = await begin({ "shell.use": ASK }, undefined, noticeHello);
  const shown = { session: begun.session, siteName: "Northmoor", representatives: ["Anna Admin"], language: "en" };
  expect(await begun.socket.next("connected-notice.show")).toMatchObject({ ...shown, mayAppear: false });
  await allowShell(begun);
  expect(await begun.socket.next("connected-notice.show", ({ mayAppear }) => mayAppear)).toMatchObject(shown);
  begun.console.socket.close();
});

async function lastEvent(session: string, action: string): Promise<object | undefined> {
  const path = `/api/login/audit?limit=5&session=${session}`;
  const { rows } = await site.admin.json<{ rows: { action: string }[] }>("GET", path);
  return rows.find((row) => row.action === action);
}

test("JUMP-13 the customer ends the session: it is over for everybody, and written down as theirs", async () => {
  for (const [how, message] of [
    ["button", "The customer ended the session"],
    ["closed", "The notice at the computer was closed, which ends the session"],
  ] as const) {
    const begun = await begin({ "shell.use": ASK }, undefined, noticeHello);
    const { console, socket, session } = begun;
    await allowShell(begun);
    socket.send({ type: "connected-notice.stopped", session, how });
    expect(await console.socket.next("session.ended")).toMatchObject({ session, message: `${message}.` });
    expect(await socket.next("session.finish")).toMatchObject({ session });
    let row: object | undefined;
    for (; row === undefined; await Bun.sleep(20)) row = await lastEvent(session, "session.ended-by-customer");
    expect(row).toMatchObject({ actorKind: "system", detail: { reason: message } });
    console.socket.close();
  }
});

test("a computer ends no session but its own", async () => {
  const one = await begin({ "shell.use": ASK }, undefined, noticeHello);
  const other = await begin({ "shell.use": ASK }, undefined, noticeHello);
  other.socket.send({ type: "connected-notice.stopped", session: one.session, how: "button" });
  expect(await other.socket.next("session.finish")).toMatchObject({ session: one.session });
  await allowShell(one);
  for (const { console } of [one, other]) console.socket.close();
});

test("JUMP-13 an agent that was restarted is told again who is connected", async () => {
  const begun = await begin({ "shell.use": ASK }, undefined, noticeHello);
  await allowShell(begun);
  const socket = await begun.agent.connect(noticeHello);
  expect(await socket.next("connected-notice.show")).toMatchObject({ session: begun.session, mayAppear: true });
});
