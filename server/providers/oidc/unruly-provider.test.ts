import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Unruliness, startUnrulyOidcPeer, type UnrulyOidcPeer } from "../../test/peers/unruly-oidc-peer.ts";
import type { OidcProvider } from "../provider.ts";
import { ProviderRefusal } from "../refusal.ts";
import { OIDC_LIMITS } from "./bounded-fetch.ts";
import { exchange, signInUrl } from "./oidc-messages.ts";

const LIMITS = { totalMs: 400, maxBytes: 64 << 10 };
/** For answers that are to arrive. */
const PATIENT = { ...LIMITS, totalMs: 20_000 };
/** The shared machine may be slow to come back to us. */
const SLACK_MS = 2000;
const CLIENT = "causeway";
const request = { state: "state", nonce: "nonce", verifier: "v".repeat(43) };

describe("an OpenID Connect provider that misbehaves", () => {
  let peer: UnrulyOidcPeer;
  beforeAll(async () => {
    peer = await startUnrulyOidcPeer(CLIENT);
    peer.nonce = request.nonce;
  });
  beforeEach(() => {
    peer.at.clear();
    Object.assign(peer.times, { issued: 0, expires: 300 });
  });
  afterAll(() => peer?.[Symbol.asyncDispose]());

  const provider = (issuer = peer.issuer, clockSkewSeconds = 0): OidcProvider => ({
    ...{ id: "p", kind: "oidc", name: "Peer", isEnabled: true, position: 1, emailDomains: [], version: 1 },
    ...{ secrets: {}, lastUsedAt: null, wasUsedByAdministrator: false, createdAt: "" },
    config: { kind: "oidc", issuer, clientId: CLIENT, scopes: "", clockSkewSeconds },
    mapping: {
      attributes: { username: "", displayName: "", email: "", groups: "" },
      ...{ createsAccounts: true, groupSync: "additive", groupRules: [] },
    },
  });
  const begin = (to = provider(), limits = LIMITS) =>
    signInUrl(to, { ...request, redirectUrl: "https://here/oidc/p/callback" }, limits);
  const comeBack = (from = provider(), limits = LIMITS) =>
    exchange(from, new URL("https://here/oidc/p/callback?code=c&state=state"), request, limits);
  async function told(work: () => Promise<unknown>): Promise<{ code: string; detail: string; tookMs: number }> {
    const startedMs = performance.now();
    const error: unknown = await work().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    const tookMs = performance.now() - startedMs;
    if (error === null) return { code: "accepted", detail: "", tookMs };
    if (!(error instanceof ProviderRefusal)) throw error;
    return { code: error.reason, detail: error.detail, tookMs };
  }

  test("when it is right, it is taken", async () => {
    expect(await begin(provider(), PATIENT)).toStartWith(`${peer.issuer}/auth?`);
    expect(await comeBack(provider(), PATIENT)).toMatchObject({ externalId: "carol", defaultUsername: "carol" });
  });

  const standing: readonly Unruliness[] = ["silent", "half a head", "half a body"];
  test.each([...standing])("%s: it is given up in time, wherever it happens", async (how) => {
    for (const place of ["/.well-known/openid-configuration", "/token", "/jwks", "/me"] as const) {
      peer.at.clear();
      peer.at.set(place, how);
      const { code, detail, tookMs } = await told(place.startsWith("/.") ? begin : comeBack);
      expect({ place, code, detail }).toEqual({
        ...{ place, code: "provider.unreachable", detail: `no whole answer within 0 s from ${peer.issuer}` },
      });
      expect(tookMs).toBeLessThan(LIMITS.totalMs + SLACK_MS);
    }
  });

  test("a listener that never says a word of TLS is given up in time", async () => {
    using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const { code, tookMs } = await told(() => begin(provider(`https://127.0.0.1:${listener.port}`)));
    expect(code).toBe("provider.unreachable");
    expect(tookMs).toBeLessThan(LIMITS.totalMs + SLACK_MS);
    listener.stop(true);
  });

  test("slow answers share one time, so that four of them are not four times as long", async () => {
    expect(OIDC_LIMITS.totalMs).toBeLessThanOrEqual(15_000);
    peer.at.set("/me", "silent");
    expect((await told(comeBack)).tookMs).toBeLessThan(LIMITS.totalMs + SLACK_MS);
  });

  test("a body without an end is cut off at its limit, wherever it comes", async () => {
    for (const place of ["/.well-known/openid-configuration", "/token", "/jwks", "/me"] as const) {
      peer.at.clear();
      peer.at.set(place, "endless body");
      const before = peer.written;
      const { code } = await told(place.startsWith("/.") ? begin : comeBack);
      expect({ place, code }).toEqual({ place, code: "oidc.too_large" });
      await Bun.sleep(100);
      expect(peer.written - before).toBeLessThan(16 << 20);
    }
  });

  test("an error page and what is no JSON are told as no answer of a provider", async () => {
    for (const how of ["no JSON", "error page"] as const) {
      peer.at.set("/.well-known/openid-configuration", how);
      expect((await told(begin)).code).toBe("provider.unreachable");
    }
  });

  test("a token somebody else signed is refused, though it came from the right address", async () => {
    peer.at.set("/jwks", "another key");
    expect((await told(comeBack)).code).toBe("oidc.invalid");
  });

  test("a clock that is off by less than the skew is taken, one that is off by more is told", async () => {
    const cases = [
      { skew: 0, issued: -300, expires: -20, code: "oidc.clock" },
      { skew: 60, issued: -300, expires: -20, code: "accepted" },
      { skew: 60, issued: -300, expires: -90, code: "oidc.clock" },
      { skew: 0, issued: 40, expires: 300, code: "oidc.clock" },
      { skew: 60, issued: 40, expires: 300, code: "accepted" },
      { skew: 60, issued: 120, expires: 300, code: "oidc.clock" },
    ];
    const seen = [];
    for (const { skew, issued, expires } of cases) {
      Object.assign(peer.times, { issued, expires });
      const { code } = await told(() => comeBack(provider(peer.issuer, skew), PATIENT));
      seen.push({ skew, issued, expires, code });
    }
    expect(seen).toEqual(cases);
  });
});
