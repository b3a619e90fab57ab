import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { generateKeyPairSync, sign } from "node:crypto";
import { AGENT_SOCKET_PATH } from "../../protocol/hello.ts";
import { systemClock, Ticker } from "../clock.ts";
import { makeCertificate, type TestCertificate } from "../test/certificates.ts";
import { fixedSystem } from "../test/fixed-system.ts";
import { TestClock } from "../test/test-clock.ts";
import { makeId, TestSite } from "../test/test-site.ts";
import { SiteTrust } from "../trust/site-trust.ts";
import { createTrustedDial } from "../trust/trusted-dial.ts";
import { JumpClient, type JumpClientOptions, type JumpClientState } from "./jump-client.ts";

setDefaultTimeout(30_000);
let certificate: TestCertificate;
let next: TestCertificate;
beforeAll(() => {
  [certificate, next] = [makeCertificate(), makeCertificate()];
});

const ticker = new Ticker(20);
const clients = new DisposableStack();
afterAll(() => clients.dispose());

/** One Jump Client without tools, as the bench holds thousands of. */
function simulate(site: TestSite, trust: SiteTrust, more: Partial<JumpClientOptions> = {}) {
  const keys = generateKeyPairSync("ed25519");
  const states: JumpClientState[] = [];
  const client = clients.use(
    new JumpClient({
      identity: {
        wishedName: null,
        siteId: site.siteId,
        publicKey: keys.publicKey.export({ format: "jwk" }).x!,
        jumpClient: makeId(),
        token: null,
        sign: (bytes) => sign(null, bytes, keys.privateKey),
      },
      capabilities: [],
      system: fixedSystem,
      trust,
      sessions: null,
      dial: createTrustedDial(trust),
      ticker,
      random: () => 0,
      onEnrolled: () => undefined,
      onState: (state) => states.push(state),
      onUninstall: () => undefined,
      ...more,
    }),
  );
  return { client, states };
}

const trustIn = async (site: TestSite, keys: readonly string[]) =>
  SiteTrust.create({
    site: site.url,
    siteId: site.siteId,
    siteKey: site.siteKey,
    clock: systemClock,
    signedBundle: await site.signBundle({ keys: [...keys] }),
    keepBundle: () => undefined,
  });

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(5);
}
const kinds = (states: readonly JumpClientState[]) => states.map(({ kind }) => kind);

test("a lost connection is made again soon, and the agent greets as the one it was", async () => {
  await using site = new TestSite(certificate);
  const { states } = simulate(site, await trustIn(site, [certificate.spki]));
  const first = await site.welcome(0);
  first.peer.cut();
  const second = await site.welcome(1, { jumpClient: first.jumpClient });
  expect(second.hello).toMatchObject({ type: "agent.hello", publicKey: first.hello["publicKey"] });
  await until(() => states.at(-1)?.kind === "connected");
  expect(kinds(states)).toEqual(["connecting", "connected", "waiting", "connecting", "connected"]);
});

test("a server that has silently died is noticed and left", async () => {
  await using site = new TestSite(certificate);
  const { states } = simulate(site, await trustIn(site, [certificate.spki]));
  await site.welcome(0, { heartbeatIntervalMs: 1000 });
  await site.peer(AGENT_SOCKET_PATH, 1);
  expect(states.find(({ kind }) => kind === "waiting")).toMatchObject({ reason: "the server has fallen silent" });
});

test("a final refusal is not tried again fast; another one is", async () => {
  await using site = new TestSite(certificate);
  const { states } = simulate(site, await trustIn(site, [certificate.spki]));
  const refuse = async (index: number, isFinal: boolean) =>
    (await site.peer(AGENT_SOCKET_PATH, index)).send({
      type: "agent.refused",
      code: "agent.unknown",
      message: "Not here.",
      isFinal,
    });
  await refuse(0, false);
  await refuse(1, true);
  await until(() => states.at(-1)?.kind === "waiting" && states.length >= 4);
  expect(states.at(-1)).toEqual({ kind: "waiting", retryMs: 45 * 60_000, reason: "Not here.", isRefused: true });
});

test("a refused agent knocks again when its wait of three quarters of an hour is over, and no sooner", async () => {
  await using site = new TestSite(certificate);
  const clock = new TestClock();
  simulate(site, await trustIn(site, [certificate.spki]), { ticker: new Ticker(5, clock) });
  const first = await site.peer(AGENT_SOCKET_PATH);
  first.send({ type: "agent.refused", code: "agent.unknown", message: "Not here.", isFinal: true });
  await first.closed.promise;
  await Bun.sleep(50);
  clock.advance(45 * 60_000 - 1);
  await Bun.sleep(100);
  expect(site.peers).toHaveLength(1);
  clock.advance(1);
  await site.peer(AGENT_SOCKET_PATH, 1);
});

test("an agent the site has forgotten enrols anew with the token of an installer run since", async () => {
  await using site = new TestSite(certificate);
  const keys = generateKeyPairSync("ed25519");
  const enrolled: string[] = [];
  simulate(site, await trustIn(site, [certificate.spki]), {
    identity: {
      wishedName: null,
      siteId: site.siteId,
      publicKey: keys.publicKey.export({ format: "jwk" }).x!,
      jumpClient: makeId(),
      token: "t".repeat(43),
      sign: (bytes) => sign(null, bytes, keys.privateKey),
    },
    onEnrolled: (jumpClient) => enrolled.push(jumpClient),
  });
  const first = await site.peer(AGENT_SOCKET_PATH, 0);
  first.send({ type: "agent.refused", code: "agent.unknown", message: "Not here.", isFinal: true });
  const { hello, jumpClient } = await site.welcome(1);
  expect(hello["type"]).toBe("agent.enrol");
  await until(() => enrolled.length > 0);
  expect(enrolled).toEqual([jumpClient]);
});

test("LOGIN-05 JCSET-08 fifty Jump Clients all come back after the certificate was replaced", async () => {
  await using site = new TestSite(certificate);
  const trust = await trustIn(site, [certificate.spki]);
  const all = Array.from({ length: 50 }, () => simulate(site, trust));
  await Promise.all(all.map((_, at) => site.welcome(at)));
  site.publishedBundle = await site.signBundle({ version: 2, keys: [next.spki] });
  await site.showCertificate(next);
  await Promise.all(all.map((_, at) => site.welcome(50 + at)));
  await until(() => all.every(({ states }) => states.at(-1)?.kind === "connected"));
});

test("a bundle sent with the welcome or later counts only if the site signed it", async () => {
  await using site = new TestSite(certificate);
  const trust = await trustIn(site, [certificate.spki]);
  simulate(site, trust);
  const { peer } = await site.welcome(0, {
    trustBundle: await site.signBundle({ version: 2, keys: [certificate.spki] }),
  });
  await until(() => trust.bundleVersion === 2);
  const forged = await site.signBundle({ version: 9, keys: [next.spki] }, generateKeyPairSync("ed25519").privateKey);
  peer.send({ type: "trust.changed", trustBundle: forged });
  peer.send({ type: "trust.changed", trustBundle: await site.signBundle({ version: 3, keys: [certificate.spki] }) });
  await until(() => trust.bundleVersion === 3);
});
