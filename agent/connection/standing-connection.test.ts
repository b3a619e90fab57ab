import { expect, test } from "bun:test";
import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { decodeFrame, encodeFrame, FrameKind, CONTROL_CHANNEL } from "../../protocol/frame.ts";
import { agentProof } from "../../protocol/hello.ts";
import { encodeMessage, parseMessage } from "../../protocol/parse.ts";
import { fixedSystem } from "../test/fixed-system.ts";
import { SILENT_HEARTBEATS, StandingConnection, WELCOME_TIMEOUT_MS } from "./standing-connection.ts";

const keys = generateKeyPairSync("ed25519");
const siteId = "the-site";
const nonce = "n".repeat(43);
const id = "J".repeat(22);

/** A connection whose transport is this object. */
function connect(enrolment: { jumpClient: string | null; token: string | null } = { jumpClient: id, token: null }) {
  const frames: Uint8Array[] = [];
  const sent: Record<string, unknown>[] = [];
  const told: unknown[] = [];
  const tell = (name: string) => (value?: unknown) => void told.push(value === undefined ? name : [name, value]);
  const connection = new StandingConnection(
    {
      identity: {
        wishedName: null,
        siteId,
        publicKey: keys.publicKey.export({ format: "jwk" }).x!,
        ...enrolment,
        sign: (bytes) => sign(null, bytes, keys.privateKey),
      },
      capabilities: ["sysinfo"],
      system: fixedSystem,
      trustBundleVersion: 4,
      sessions: ["S".repeat(22)],
      send: (frame) => {
        const parsed = parseMessage(decodeFrame(frame).payload, "agent");
        if (!parsed.ok || parsed.kind !== "message") throw new Error("the agent said something nobody understands");
        frames.push(frame);
        sent.push({ ...parsed.message });
      },
      onWelcome: tell("welcome"),
      onRefused: tell("refused"),
      onTrustChanged: tell("trust"),
      onUninstall: tell("uninstall"),
      onSessionBegin: tell("begin"),
      onSessionFinish: tell("finish"),
      onConsentAsk: tell("consent"),
      onConnectedNotice: () => undefined,
      onConsentWithdraw: tell("withdraw"),
      onFailure: tell("failure"),
    },
    0,
  );
  const say = (message: { readonly type: string } & Record<string, unknown>, nowMs = 0) =>
    connection.receive(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message)), nowMs);
  return { connection, frames, sent, told, say };
}

const challenge = { type: "agent.challenge", protocol: 1, siteId, nonce };
const welcome = {
  type: "agent.welcome",
  jumpClient: id,
  name: "Front desk",
  heartbeatIntervalMs: 10_000,
  statisticsIntervalMs: 60_000,
};

test("the agent answers a challenge with its signature over site, nonce and key", () => {
  const { sent, say } = connect();
  say(challenge);
  const hello = sent[0] as { publicKey: string; signature: string };
  expect(hello).toMatchObject({
    type: "agent.hello",
    jumpClient: id,
    sessions: ["S".repeat(22)],
    trustBundleVersion: 4,
  });
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: hello.publicKey }, format: "jwk" });
  const proof = (over: string) => agentProof(siteId, over, hello.publicKey);
  expect(verify(null, proof(nonce), key, Buffer.from(hello.signature, "base64url"))).toBe(true);
  expect(verify(null, proof("m".repeat(43)), key, Buffer.from(hello.signature, "base64url"))).toBe(false);
});

test("an agent that is not enrolled shows the installer's token; an enrolled one never does (NA25)", () => {
  const fresh = connect({ jumpClient: null, token: "t".repeat(43) });
  fresh.say(challenge);
  expect(fresh.sent[0]).toMatchObject({ type: "agent.enrol", token: "t".repeat(43) });
  const known = connect({ jumpClient: id, token: "t".repeat(43) });
  known.say(challenge);
  expect(JSON.stringify(known.sent)).not.toContain("t".repeat(43));
});

test("the bytes of a heartbeat are these", () => {
  const { connection, frames, say } = connect();
  say(challenge);
  say(welcome);
  connection.tick(10_000);
  const body = '{"type":"agent.heartbeat","sequence":1}';
  expect(frames.at(-1)).toEqual(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(body)]));
});

test("heartbeats and statistics go out when they are due, and a silent server is given up", () => {
  const { connection, sent, told, say } = connect();
  say(challenge);
  say(welcome);
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 1000) {
    connection.tick(nowMs);
    say({ type: "agent.heartbeat-received", sequence: 1 }, nowMs);
  }
  const types = sent.map(({ type }) => type);
  expect(types.filter((type) => type === "agent.heartbeat")).toHaveLength(6);
  expect(types.filter((type) => type === "agent.statistics")).toHaveLength(1);
  connection.tick(60_000 + 10_000 * SILENT_HEARTBEATS);
  expect(told).not.toContainEqual(["failure", "the server has fallen silent"]);
  connection.tick(60_001 + 10_000 * SILENT_HEARTBEATS);
  expect(told).toContainEqual(["failure", "the server has fallen silent"]);
});

test("a server that takes too long over the greeting is given up", () => {
  const { connection, told } = connect();
  connection.tick(WELCOME_TIMEOUT_MS + 1);
  expect(told).toEqual([["failure", "the server did not answer the greeting"]]);
});

test("another site's challenge is not answered", () => {
  const { sent, told, say } = connect();
  say({ ...challenge, siteId: "another" });
  expect(sent).toEqual([]);
  expect(told).toHaveLength(1);
});

test("nothing is obeyed before the greeting is over: every message out of its turn ends the connection", () => {
  const messages = [
    { type: "session.begin", session: "S".repeat(22), interactiveTicket: "a", bulkTicket: "b" },
    { type: "agent.uninstall", reason: "" },
    { type: "trust.changed", trustBundle: "x" },
    { type: "session.finish", session: "S".repeat(22) },
    welcome,
  ];
  for (const message of messages) {
    const { sent, told, say } = connect();
    say(message);
    expect(sent).toEqual([]);
    expect(told).toEqual([["failure", expect.stringContaining("before the greeting")]]);
    const challenged = connect();
    challenged.say(challenge);
    if (message === welcome) continue;
    challenged.say(message);
    expect(challenged.told).toEqual([["failure", expect.stringContaining("before the greeting")]]);
  }
});

test("what a newer server says is passed over, what a broken one says ends the connection", () => {
  const { told, say, connection } = connect();
  say(challenge);
  say(welcome);
  say({ type: "agent.from-the-future", anything: 1 });
  expect(connection.isStanding).toBe(true);
  say({ type: "session.begin", session: "short" });
  expect(connection.isStanding).toBe(false);
  expect(told.at(-1)).toEqual(["failure", expect.stringContaining("message.invalid")]);
});

test("NA1 NA2 whatever bytes come, at every stage, the connection neither throws nor obeys", () => {
  for (let round = 0; round < 3000; round += 1) {
    const { connection, told, say } = connect();
    if (round % 3 > 0) say(challenge);
    if (round % 3 > 1) say(welcome);
    const bytes = crypto.getRandomValues(new Uint8Array(round % 64));
    if (round % 2 === 0) bytes.set([0, 0, 0, 0, 0, 0, 0, 0].slice(0, bytes.length));
    connection.receive(bytes, 0);
    const obeyed = told.filter((one) => Array.isArray(one) && !["welcome", "failure"].includes(one[0] as string));
    expect(obeyed).toEqual([]);
  }
});

test("JUMP-13 a question to the customer is handed on, and so is the answer; both only once the greeting is over", () => {
  const { connection, sent, told, say } = connect();
  const question = { consent: "C".repeat(22), siteName: "Site", representative: "Rosa", wish: "View the screen" };
  connection.sendConsent(question.consent, "allowed");
  expect(sent).toEqual([]);
  say(challenge);
  say(welcome);
  say({ type: "consent.ask", ...question, timeoutSeconds: 30 });
  expect(told.at(-1)).toEqual(["consent", expect.objectContaining(question)]);
  say({ type: "consent.withdraw", consent: question.consent });
  expect(told.at(-1)).toEqual(["withdraw", question.consent]);
  connection.sendConsent(question.consent, "denied");
  expect(sent.at(-1)).toEqual({ type: "consent.answered", consent: question.consent, answer: "denied" });
});
