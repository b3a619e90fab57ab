/** Pebble, the certificate authority that Let's Encrypt made to test ACME clients with, and a DNS of its own. A real peer. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSelfSigned } from "../../certificates/self-signed.ts";
import { freePort } from "./simple-saml-php.ts";

const START_MS = 15_000;
/** Of every hundred good nonces it refuses so many. */
const REFUSED_NONCES = 10;
/** An account made beforehand: its key id and key. */
export const PEBBLE_BINDING = {
  keyId: "kid-1",
  key: "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W",
} as const;

export interface Pebble extends AsyncDisposable {
  /** Of its directory. */
  readonly url: string;
  /** The root of the certificate it answers with; what it gives out has another. PEM. */
  readonly authorityPem: string;
  /** Where it looks for proofs, under whatever name: on this machine. */
  readonly proofPort: number;
}

/** @param options whether accounts need PEBBLE_BINDING */
export async function startPebble({ isBindingRequired = false } = {}): Promise<Pebble> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-pebble-"));
  const [port, proofPort, dnsPort, tlsPort] = [freePort(), freePort(), freePort(), freePort()];
  const { chainPem, keyPem } = makeSelfSigned("localhost", new Date());
  writeFileSync(join(directory, "tls.crt"), chainPem);
  writeFileSync(join(directory, "tls.key"), keyPem);
  const pebble = {
    ...{ listenAddress: `127.0.0.1:${port}`, managementListenAddress: "", ocspResponderURL: "" },
    ...{ certificate: join(directory, "tls.crt"), privateKey: join(directory, "tls.key") },
    ...{ httpPort: proofPort, tlsPort, externalAccountBindingRequired: isBindingRequired },
    externalAccountMACKeys: { [PEBBLE_BINDING.keyId]: PEBBLE_BINDING.key },
  };
  writeFileSync(join(directory, "pebble.json"), JSON.stringify({ pebble }));
  const dns = run(["pebble-challtestsrv", ...dnsWords(dnsPort)], {});
  const environment = { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: String(REFUSED_NONCES) };
  const words = ["-config", join(directory, "pebble.json"), "-dnsserver", `127.0.0.1:${dnsPort}`, "-strict"];
  const authority = run(["pebble", ...words], environment);
  const url = `https://localhost:${port}/dir`;
  await untilReady(url, chainPem);
  return {
    ...{ url, authorityPem: chainPem, proofPort },
    async [Symbol.asyncDispose]() {
      authority.kill();
      dns.kill();
      await Promise.all([authority.exited, dns.exited]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const dnsWords = (port: number): string[] => [
  ...["-defaultIPv6", "", "-defaultIPv4", "127.0.0.1", "-dns01", `127.0.0.1:${port}`],
  ...["-http01", "", "-https01", "", "-tlsalpn01", "", "-management", `127.0.0.1:${freePort()}`],
];

const run = (words: string[], environment: Record<string, string>): Bun.Subprocess =>
  Bun.spawn(words, {
    ...{ stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    env: { ...process.env, ...environment },
  });

async function untilReady(url: string, ca: string): Promise<void> {
  const endMs = performance.now() + START_MS;
  for (;;) {
    const isReady = await fetch(url, { tls: { ca } }).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    if (performance.now() > endMs) throw new Error("pebble did not start");
    await Bun.sleep(50);
  }
}
