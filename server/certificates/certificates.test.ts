import { createHash, X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { describe, expect, test } from "bun:test";
import { compactVerify, importJWK } from "jose";
import { TRUST_BUNDLE_PATH, type TrustBundle } from "../../protocol/hello.ts";
import { makeTestAuthority } from "../test/test-authority.ts";
import { noRooms, startTestServer, type TestServer } from "../test/test-server.ts";
import { openCore } from "../core.ts";
import { systemClock } from "../clock.ts";
import { changeState, insertCertificate } from "./store.ts";

const authority = makeTestAuthority();
const issued = authority.issue("localhost");

/** The SPKI hash of the certificate a new connection is shown. */
async function shownKey(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
    const { raw } = socket.getPeerCertificate();
    const spki = new X509Certificate(raw).publicKey.export({ type: "spki", format: "der" });
    resolve(createHash("sha256").update(spki).digest("base64url"));
    socket.destroy();
  });
  socket.on("error", reject);
  return await promise;
}

/** The newest bundle, checked as an agent checks it. */
async function fetchBundle(site: TestServer): Promise<TrustBundle> {
  const response = await site
    .browser()
    .request("GET", TRUST_BUNDLE_PATH, { headers: { origin: null, "sec-fetch-site": null } });
  return await readBundle(site, await response.text());
}

async function readBundle(site: TestServer, jws: string): Promise<TrustBundle> {
  const key = await importJWK({ kty: "OKP", crv: "Ed25519", x: site.core.site.key.publicKey }, "EdDSA");
  const { payload } = await compactVerify(jws, key, { algorithms: ["EdDSA"] });
  return JSON.parse(new TextDecoder().decode(payload)) as TrustBundle;
}

describe("replacing the certificate", () => {
  test("JCSET-08 the bundle with the old and the new key is pushed before the new certificate is served", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const before = await shownKey(site.port);
    const pushed: { bundle: TrustBundle; shown: string }[] = [];
    using _ = site.core.certificates.onTrustChanged(async (jws) => {
      pushed.push({ bundle: await readBundle(site, jws), shown: await shownKey(site.port) });
    });
    const anna = await site.administrator();
    const answer = await anna.json("PUT", "/api/login/certificate", issued);
    const after = await shownKey(site.port);

    expect(answer).toMatchObject({ isSelfSigned: false, coversHostname: true, chainLength: 2 });
    expect(after).not.toBe(before);
    expect(pushed.map(({ shown }) => shown)).toEqual([before, after]);
    expect(pushed.map(({ bundle }) => bundle.keys)).toEqual([[before, after], [after]]);
    expect(pushed.map(({ bundle }) => bundle.version)).toEqual([2, 3]);
    expect(await fetchBundle(site)).toEqual(pushed[1]!.bundle);
  });

  test("LOGIN-05 sockets that stand when the certificate changes go on without a break, and the port stays", async () => {
    const received: string[] = [];
    await using site = await startTestServer({
      openRooms: () => {
        const rooms = noRooms();
        return {
          ...rooms,
          gateway: {
            upgrade: (request, server) =>
              server.upgrade(request, { data: { kind: "console" } }) ? undefined : new Response(null, { status: 426 }),
            websocket: {
              ...rooms.gateway.websocket,
              message: (socket, message) => void socket.send(`heard ${message.toString()}`),
            },
          },
        };
      },
    });
    const sockets = await Promise.all(Array.from({ length: 50 }, () => openSocket(site.port, received)));
    const anna = await site.administrator();
    await anna.json("POST", "/api/login/certificate/self-signed");
    await anna.json("POST", "/api/login/certificate/self-signed");
    for (const [index, socket] of sockets.entries()) socket.send(String(index));
    const late = await openSocket(site.port, received);
    late.send("late");
    while (received.length < 51) await Bun.sleep(5);
    expect(new Set(received)).toEqual(new Set([...sockets.keys()].map((index) => `heard ${index}`)).add("heard late"));
    for (const socket of [...sockets, late]) socket.close();
  });

  test("LOGIN-04 a self-signed site says so to its pages, and no longer once an authority's chain is in", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const anna = await site.administrator();
    expect(await anna.json("GET", "/api/site")).toMatchObject({ hasSelfSignedCertificate: true });
    await anna.json("PUT", "/api/login/certificate", issued);
    expect(await anna.json("GET", "/api/site")).toMatchObject({ hasSelfSignedCertificate: false });
  });

  test("a refused certificate changes nothing", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const anna = await site.administrator();
    const before = await shownKey(site.port);
    const { chainPem } = issued;
    const { keyPem } = authority.issue("localhost");
    const refusal = await anna.refusal("PUT", "/api/login/certificate", { body: { chainPem, keyPem } });
    expect(refusal).toEqual({ status: 422, code: "certificate.invalid" });
    expect(await shownKey(site.port)).toBe(before);
    expect((await fetchBundle(site)).version).toBe(1);
  });

  test("replacements at the same time follow each other and end with one in use", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const { certificates } = site.core;
    await Promise.all(Array.from({ length: 4 }, () => certificates.replaceWithSelfSigned({ kind: "system" })));
    const { keys, version } = await fetchBundle(site);
    expect(keys).toEqual([await shownKey(site.port)]);
    expect(version).toBe(9);
  });

  test("a certificate whose coming was announced by a killed server is forgotten at the next start", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const { database } = site.core;
    const stray = { id: "stray", chainPem: "x", sealedKeyPem: "x", spkiSha256: "A".repeat(43) };
    await database.transaction((tx) => insertCertificate(tx, stray, "coming", "2026-01-01T00:00:00.000Z"));
    await site.core.certificates.forgetComing();
    expect((await fetchBundle(site)).keys).toEqual([await shownKey(site.port)]);
  });

  test("LOGIN-05 a certificate another process put into service is served within a second or two", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const before = await shownKey(site.port);
    {
      const { directory, core } = site;
      const options = { directory, credentialsDirectory: null, clock: systemClock, log: core.log, version: "x" };
      await using other = await openCore(options);
      await other.certificates.replaceWithSelfSigned({ kind: "system" });
    }
    // A connection that is just being made at the moment of the swap is reset (see server/listener.ts).
    const shown = (): Promise<string> => shownKey(site.port).catch(() => before);
    while ((await shown()) === before) await Bun.sleep(50);
    expect((await fetchBundle(site)).keys).toEqual([await shownKey(site.port)]);
  });

  test("without a certificate there is nothing to serve, and the error says so", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    await site.core.database.transaction((tx) => changeState(tx, "active", "retired"));
    await expect(site.core.certificates.describe()).rejects.toThrow("there is no certificate");
  });
});

async function openSocket(port: number, received: string[]): Promise<WebSocket> {
  const url = `wss://127.0.0.1:${port}/gateway/console`;
  // The DOM's types, which the whole project is checked with, know nothing of Bun's second argument.
  const socket: WebSocket = Reflect.construct(WebSocket, [url, { tls: { rejectUnauthorized: false } }]);
  socket.onmessage = ({ data }) => received.push(String(data));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.onopen = () => resolve();
  socket.onerror = () => reject(new Error("the socket did not open"));
  await promise;
  return socket;
}
