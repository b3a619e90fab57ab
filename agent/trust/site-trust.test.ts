import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { UnsecuredJWT } from "jose";
import { AGENT_SOCKET_PATH, InstallerFile } from "../../protocol/hello.ts";
import { Value } from "@sinclair/typebox/value";
import { type Clock, systemClock } from "../clock.ts";
import { makeCertificate, type TestCertificate } from "../test/certificates.ts";
import { TestSite } from "../test/test-site.ts";
import { SiteTrust } from "./site-trust.ts";
import { verifyTrustBundle } from "./trust-bundle.ts";
import { createTrustedDial } from "./trusted-dial.ts";

setDefaultTimeout(30_000);

let own: TestCertificate;
let next: TestCertificate;
let stranger: TestCertificate;
let otherName: TestCertificate;
let expired: TestCertificate;
let site: TestSite;

beforeAll(() => {
  [own, next, stranger] = [makeCertificate(), makeCertificate(), makeCertificate()];
  otherName = makeCertificate({ name: "other.example" });
  expired = makeCertificate({ isExpired: true });
  site = new TestSite(own);
});
afterAll(() => site[Symbol.asyncDispose]());

/** A site's trust as an agent has it that carries this bundle. */
async function trustOf(of: TestSite, signedBundle: string, clock: Pick<Clock, "now"> = systemClock) {
  const kept: string[] = [];
  const trust = await SiteTrust.create({
    site: of.url,
    siteId: of.siteId,
    siteKey: of.siteKey,
    clock,
    signedBundle,
    keepBundle: (signed) => kept.push(signed),
  });
  return { trust, kept };
}

/** Dials the agent's path; how it ended or that it opened. */
function dial(trust: SiteTrust): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = createTrustedDial(trust)(AGENT_SOCKET_PATH, {
    onOpen: () => {
      resolve("open");
      socket.close();
    },
    onFrame: () => undefined,
    onClose: resolve,
  });
  return promise;
}

test("a server whose key stands in the bundle is accepted, whoever signed its certificate", async () => {
  const { trust } = await trustOf(site, await site.signBundle({ keys: [own.spki] }));
  expect(await dial(trust)).toBe("open");
  expect(trust.pinned?.spki).toBe(own.spki);
});

test("a server whose chain is valid for its name is accepted, though its key is not in the bundle", async () => {
  const { trust } = await trustOf(site, await site.signBundle({ keys: [next.spki], roots: [own.cert] }));
  expect(await dial(trust)).toBe("open");
});

test("NA14 a certificate nobody vouches for is refused", async () => {
  const { trust } = await trustOf(site, await site.signBundle({ keys: [next.spki] }));
  site.publishedBundle = null;
  expect(await dial(trust)).toContain("neither valid for its name nor vouched for");
});

test("NA14 a valid chain for another name is refused", async () => {
  await using elsewhere = new TestSite(otherName);
  const { trust } = await trustOf(elsewhere, await elsewhere.signBundle({ keys: [own.spki], roots: [otherName.cert] }));
  expect(await dial(trust)).toContain("neither valid for its name nor vouched for");
});

test("NA14 a man in the middle with a key of his own is refused, though he hands on the site's true bundle", async () => {
  await using middle = new TestSite(stranger);
  const bundle = await site.signBundle({ version: 5, keys: [own.spki] });
  middle.publishedBundle = bundle;
  const trust = await SiteTrust.create({
    site: middle.url,
    siteId: site.siteId,
    siteKey: site.siteKey,
    clock: systemClock,
    signedBundle: bundle,
    keepBundle: () => undefined,
  });
  expect(await dial(trust)).toContain("neither valid for its name nor vouched for");
  expect(middle.peers).toHaveLength(0);
});

test("NA14 a stranger who takes over after the certificate was accepted is refused", async () => {
  await using moving = new TestSite(own);
  const { trust } = await trustOf(moving, await moving.signBundle({ keys: [own.spki] }));
  expect(await dial(trust)).toBe("open");
  await moving.showCertificate(stranger);
  expect(await dial(trust)).toContain("neither valid for its name nor vouched for");
  await moving.showCertificate(own);
  expect(await dial(trust)).toBe("open");
});

test("LOGIN-05 JCSET-08 a replaced certificate is accepted by way of the site's newer bundle, which is kept", async () => {
  await using moving = new TestSite(own);
  const { trust, kept } = await trustOf(moving, await moving.signBundle({ version: 1, keys: [own.spki] }));
  expect(await dial(trust)).toBe("open");
  moving.publishedBundle = await moving.signBundle({ version: 2, keys: [own.spki, next.spki] });
  await moving.showCertificate(next);
  expect(await dial(trust)).toBe("open");
  expect(trust.bundleVersion).toBe(2);
  expect(kept).toEqual([moving.publishedBundle]);
});

test("LOGIN-05 JCSET-08 a certificate that has run out loses nobody where the site vouches for its key", async () => {
  await using moving = new TestSite(own);
  const { trust } = await trustOf(moving, await moving.signBundle({ keys: [own.spki, expired.spki] }));
  expect(await dial(trust)).toBe("open");
  await moving.showCertificate(expired);
  expect(await dial(trust)).toBe("open");
  expect(trust.pinned?.isCurrentAt(new Date())).toBe(false);
  expect(await dial(trust)).toBe("open");
});

test("NA14 a certificate that has run out is refused where only a root speaks for it", async () => {
  const authority = makeCertificate({ name: "Test authority" });
  await using moving = new TestSite(makeCertificate({ issuer: authority }));
  const { trust } = await trustOf(moving, await moving.signBundle({ keys: [own.spki], roots: [authority.cert] }));
  expect(await dial(trust)).toBe("open");
  await moving.showCertificate(makeCertificate({ issuer: authority, isExpired: true }));
  expect(await dial(trust)).toContain("neither valid for its name nor vouched for");
});

test("NA14 what was accepted by its chain is worth nothing once it has run out, though it is still shown", async () => {
  let now = new Date();
  const clock = { now: () => now };
  const { trust } = await trustOf(site, await site.signBundle({ keys: [next.spki], roots: [own.cert] }), clock);
  expect(await dial(trust)).toBe("open");
  expect(trust.pinned).not.toBeNull();
  now = new Date(now.getTime() + 60 * 86_400_000);
  expect(trust.pinned).toBeNull();
});

test("NA14 no certificate of a man in the middle helps him: of another name or the same, self-signed, signed or expired", async () => {
  const authority = makeCertificate({ name: "Somebody's authority" });
  const middlemen = [
    makeCertificate({ isExpired: true }),
    makeCertificate({ isExpired: true, name: "other.example" }),
    makeCertificate({ isExpired: true, issuer: authority }),
    makeCertificate({ isExpired: true, issuer: authority, name: "other.example" }),
    makeCertificate({ issuer: authority }),
    makeCertificate(),
  ];
  for (const seen of [own, expired]) {
    await using moving = new TestSite(seen);
    const { trust } = await trustOf(moving, await moving.signBundle({ keys: [seen.spki] }));
    moving.publishedBundle = await moving.signBundle({ version: 2, keys: [seen.spki] });
    expect(await dial(trust)).toBe("open");
    const { length } = moving.peers;
    for (const middleman of middlemen) {
      await moving.showCertificate(middleman);
      expect(await dial(trust)).toContain("neither valid for its name nor vouched for");
    }
    expect(moving.peers).toHaveLength(length);
  }
});

test("NA23 an older bundle never counts, though the site signed it", async () => {
  await using moving = new TestSite(next);
  const { trust, kept } = await trustOf(moving, await moving.signBundle({ version: 7, keys: [own.spki] }));
  moving.publishedBundle = await moving.signBundle({ version: 6, keys: [next.spki] });
  expect(await dial(trust)).toContain("neither valid for its name nor vouched for");
  expect(await trust.offerBundle(moving.publishedBundle)).toBe(false);
  expect([trust.bundleVersion, kept]).toEqual([7, []]);
});

test("NA23 a bundle that was changed, signed by another key, for another site or not signed at all is refused", async () => {
  const good = await site.signBundle({ version: 3, keys: [own.spki] });
  const [header, , signature] = good.split(".");
  const changed = Buffer.from(
    JSON.stringify({ siteId: site.siteId, version: 9, issuedAt: "", keys: [stranger.spki], roots: [] }),
  );
  const otherKey = generateKeyPairSync("ed25519").privateKey;
  const unsigned = new UnsecuredJWT({
    siteId: site.siteId,
    version: 9,
    keys: [stranger.spki],
    roots: [],
    issuedAt: "",
  });
  const judge = (signed: string) => verifyTrustBundle(signed, site, 0);
  expect(await judge(good)).toMatchObject({ bundle: { version: 3 } });
  expect(await judge(`${header}.${changed.toString("base64url")}.${signature}`)).toBe("signature");
  expect(await judge(await site.signBundle({ version: 9, keys: [stranger.spki] }, otherKey))).toBe("signature");
  expect(await judge(unsigned.encode())).toBe("signature");
  expect(await judge(await site.signBundle({ siteId: "another", version: 9, keys: [own.spki] }))).toBe("site");
  expect(await judge(await site.signBundle({ version: 9, keys: [] }))).toBe("content");
  expect(await verifyTrustBundle(good, site, 4)).toBe("older");
});

test("NA23 whatever is fed to it, an unsigned bundle changes nothing", async () => {
  const { trust, kept } = await trustOf(site, await site.signBundle({ keys: [own.spki] }));
  for (let round = 0; round < 300; round += 1) {
    const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(round))).toString(
      round % 2 === 0 ? "latin1" : "base64url",
    );
    expect(await trust.offerBundle(round % 3 === 0 ? `${noise}.${noise}.${noise}` : noise)).toBe(false);
  }
  expect([trust.bundleVersion, kept]).toEqual([1, []]);
});

test("NA14 the agent never speaks in the clear: an installer for http:// is none, and a plain server gets no connection", async () => {
  const installer = await site.installer([own.spki]);
  expect(Value.Check(InstallerFile, installer)).toBe(true);
  expect(Value.Check(InstallerFile, { ...installer, site: installer.site.replace("https:", "http:") })).toBe(false);
  let requests = 0;
  const plain = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => {
      requests += 1;
      return new Response(null);
    },
  });
  const trust = await SiteTrust.create({
    site: `https://127.0.0.1:${plain.port}`,
    siteId: site.siteId,
    siteKey: site.siteKey,
    clock: systemClock,
    signedBundle: "",
    keepBundle: () => undefined,
  });
  expect(await dial(trust)).toBe("no TLS server answers there");
  expect(requests).toBe(0);
  await plain.stop(true);
});
