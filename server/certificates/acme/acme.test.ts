import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { ApplianceCertificates } from "../../../protocol/api/appliance/certificates.ts";
import { systemClock } from "../../clock.ts";
import { type Pebble, PEBBLE_BINDING, startPebble } from "../../test/peers/pebble.ts";
import { freePort } from "../../test/peers/simple-saml-php.ts";
import type { TestBrowser } from "../../test/test-browser.ts";
import { noRooms, PASSWORD, startTestServer, type TestServer } from "../../test/test-server.ts";
import { openCore } from "../../core.ts";
import { createLog } from "../../log.ts";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { openApplianceCertificates } from "../open-appliance-certificates.ts";
import type { AcmeNews } from "./acme.ts";
import { readAcme, writeAcme } from "./store.ts";

setDefaultTimeout(60_000);

const PATH = "/api/appliance/certificates";
let pebble: Pebble;
beforeAll(async () => {
  pebble = await startPebble();
});
afterAll(() => pebble[Symbol.asyncDispose]());

interface Site {
  readonly site: TestServer;
  readonly anna: TestBrowser;
  readonly news: AcmeNews[];
  /** "open 5002", "closed 5002". */
  readonly ports: string[];
}
async function start(authority: Pebble, stack: AsyncDisposableStack, clock = systemClock): Promise<Site> {
  const [news, ports]: [AcmeNews[], string[]] = [[], []];
  const certificates = {
    proofPort: authority.proofPort,
    openPort: (port: number): Promise<AsyncDisposable> => {
      ports.push(`open ${port}`);
      return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve(void ports.push(`closed ${port}`)) });
    },
    onNews: (one: AcmeNews) => void news.push(one),
  };
  const site = stack.use(await startTestServer({ openRooms: noRooms, clock, certificates }));
  const anna = site.browser();
  const code = await site.core.applianceAccess.presenceCodes.create();
  await anna.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password: PASSWORD });
  return { site, anna, news, ports };
}

const wish = (authority: Pebble, change: Record<string, unknown> = {}) => ({
  ...{
    isEnabled: true,
    directory: authority.url,
    email: "anna@example.org",
    names: ["localhost", "support.example.org"],
  },
  ...{ bindingKeyId: "", authorityPem: authority.authorityPem, renewDaysBefore: 30, agreesToTerms: true },
  ...change,
});

/** Asks as a page does, until nothing runs. */
async function settled(anna: TestBrowser): Promise<ApplianceCertificates> {
  const endsAt = Date.now() + 45_000;
  for (;;) {
    const page = await anna.json<ApplianceCertificates>("GET", PATH);
    if ((!page.acmeState.isRunning && page.acmeState.lastTriedAt !== null) || Date.now() > endsAt) return page;
    await Bun.sleep(50);
  }
}

/** Ends up with what came of "renew now". */
async function renew(anna: TestBrowser): Promise<ApplianceCertificates> {
  await anna.json("POST", `${PATH}/acme/renew`);
  return await settled(anna);
}

describe("a certificate from an authority that speaks ACME", () => {
  test("LOGIN-05 it is ordered, proved on its port while that takes, and served; the account is kept for the next time", async () => {
    await using stack = new AsyncDisposableStack();
    const { site, anna, news, ports } = await start(pebble, stack);
    await anna.json("PUT", `${PATH}/acme`, wish(pebble));
    const page = await renew(anna);
    expect(page.acmeState).toMatchObject({ problem: "", nextTryAt: null, step: null });
    expect(page.current).toMatchObject({ isSelfSigned: false, coversHostname: true, keyAlgorithm: "ECDSA P-256" });
    expect(page.current.names.toSorted()).toEqual(["localhost", "support.example.org"]);
    expect(ports).toEqual([`open ${pebble.proofPort}`, `closed ${pebble.proofPort}`]);
    await expect(fetch(`http://127.0.0.1:${pebble.proofPort}/`)).rejects.toThrow();
    const { accountUrl, sealedAccountKey } = await readAcme(site.core.database.queries);
    expect(sealedAccountKey).toMatch(/^v1\./u);
    const again = await renew(anna);
    expect(again.acmeState.problem).toBe("");
    expect(again.current.fingerprint).not.toBe(page.current.fingerprint);
    expect((await readAcme(site.core.database.queries)).accountUrl).toBe(accountUrl);
    expect(news.map(({ kind }) => kind)).toEqual(["renewed", "renewed"]);
  });

  test("an account made beforehand is bound to it; without its key the authority's refusal is said", async () => {
    await using strict = await startPebble({ isBindingRequired: true });
    await using stack = new AsyncDisposableStack();
    const { anna } = await start(strict, stack);
    await anna.json("PUT", `${PATH}/acme`, wish(strict));
    expect((await renew(anna)).acmeState.problem).toContain("made beforehand");
    const binding = { bindingKeyId: PEBBLE_BINDING.keyId, bindingKey: PEBBLE_BINDING.key };
    const saved = await anna.json<ApplianceCertificates>("PUT", `${PATH}/acme`, wish(strict, binding));
    expect(saved.hasBindingKey).toBe(true);
    expect(JSON.stringify(saved)).not.toContain(PEBBLE_BINDING.key);
    expect((await renew(anna)).acmeState.problem).toBe("");
  });

  test("a name that does not lead here is refused by the authority: told in words, tried again later, nothing changed", async () => {
    await using stack = new AsyncDisposableStack();
    const { site, anna, news } = await start({ ...pebble, proofPort: freePort() }, stack);
    const before = await anna.json<ApplianceCertificates>("GET", PATH);
    await anna.json("PUT", `${PATH}/acme`, wish(pebble));
    const page = await renew(anna);
    expect(page.acmeState.problem).toContain("port 80");
    expect(page.current.fingerprint).toBe(before.current.fingerprint);
    const waits = Date.parse(page.acmeState.nextTryAt!) - Date.now();
    expect(waits).toBeGreaterThan(3_500_000);
    expect(waits).toBeLessThan(4_000_000);
    await renew(anna);
    expect((await readAcme(site.core.database.queries)).failures).toBe(2);
    expect(news.map(({ kind }) => kind)).toEqual(["failed", "failed"]);
  });

  test("it is renewed by itself when it is due, and not before its next try", async () => {
    using directory = temporaryDirectory();
    const log = createLog(() => undefined, systemClock.now.bind(systemClock));
    const options = { credentialsDirectory: null, clock: systemClock, log, version: "0.0.0-test" };
    await using core = await openCore({ ...options, directory: directory.path });
    const { agreesToTerms: _, ...settings } = wish(pebble);
    const tried = async (nextTryAt: string | null): Promise<string[]> => {
      const news: AcmeNews[] = [];
      await core.database.transaction((tx) => writeAcme(tx, { settings, nextTryAt }));
      const told = { proofPort: pebble.proofPort, onNews: (one: AcmeNews) => void news.push(one) };
      await using certificates = openApplianceCertificates(core, told);
      await certificates.tick();
      await certificates.settled();
      return news.map(({ kind }) => kind);
    };
    expect(await tried(new Date(Date.now() + 3_600_000).toISOString())).toEqual([]);
    expect(await tried(null)).toEqual(["renewed"]);
    expect((await core.certificates.describe()).isSelfSigned).toBe(false);
    expect(await tried(null)).toEqual([]);
  });

  test("an authority of an unknown root, nobody there, and what is no authority are told apart", async () => {
    await using stack = new AsyncDisposableStack();
    const { site, anna } = await start(pebble, stack);
    const cases = [
      [{ authorityPem: "" }, /unknown authority/u],
      [{ directory: "https://localhost:1/dir" }, /does not answer/u],
      [{ directory: `${pebble.url}-nowhere` }, /no certificate authority/u],
      [
        {
          directory: `${site.url.replace("127.0.0.1", "localhost")}/api/site`,
          authorityPem: await site.core.certificates.chainPem(),
        },
        /no certificate authority/u,
      ],
    ] as const;
    for (const [change, words] of cases) {
      await anna.json("PUT", `${PATH}/acme`, wish(pebble, change));
      expect((await renew(anna)).acmeState.problem).toMatch(words);
    }
  });

  test("what cannot work is not kept", async () => {
    await using stack = new AsyncDisposableStack();
    const { anna } = await start(pebble, stack);
    const wrong = [
      { directory: "http://localhost/dir" },
      { directory: "https://user:word@localhost/dir" },
      { names: [] },
      { names: ["*.example.org"] },
      { email: "anna" },
      { agreesToTerms: false },
      { bindingKeyId: "kid-1" },
      { bindingKeyId: "kid-1", bindingKey: "not base64!" },
    ];
    for (const change of wrong)
      expect(await anna.refusal("PUT", `${PATH}/acme`, { body: wish(pebble, change) })).toMatchObject({
        code: "request.invalid",
      });
    expect(await anna.refusal("PUT", `${PATH}/acme`, { body: wish(pebble, { authorityPem: "x" }) })).toMatchObject({
      code: "certificate.invalid",
    });
    expect(await anna.refusal("POST", `${PATH}/acme/renew`)).toMatchObject({ code: "request.conflict" });
  });
});
