/**
 * A herd of Jump Clients in one process: `bun tools/bench/simulated-clients.ts INSTALLER COUNT KEYS`. They run the agent's
 * own connection and trust code, without tools. KEYS is a file of their keys and ids; it is made when it is not there, and
 * then they enrol; otherwise they come back. Says `connected N` on standard output; ends when standard input ends.
 */
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { systemClock, Ticker } from "../../agent/clock.ts";
import { readInstallerFile } from "../../agent/command-line/installer-file.ts";
import { JumpClient } from "../../agent/connection/jump-client.ts";
import type { SystemReport } from "../../agent/connection/standing-connection.ts";
import { SiteTrust } from "../../agent/trust/site-trust.ts";
import { createTrustedDial } from "../../agent/trust/trusted-dial.ts";
import { linesOf } from "../desktop/lines.ts";

interface Keys {
  readonly publicKey: string;
  readonly privateKey: string;
  jumpClient: string | null;
}

/** Dials on their way at once: a storm, but one a kernel's accept queue survives. */
const PARALLEL_DIALS = 128;
const TICK_MS = 1000;

function makeKeys(): Keys {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return { publicKey: x!, privateKey: d!, jumpClient: null };
}

function report(index: number): SystemReport {
  const facts = {
    hostName: `bench-${index}`,
    platform: "linux",
    architecture: "x64",
    operatingSystem: "Debian GNU/Linux 12 (bookworm)",
    agentVersion: "bench",
    privateAddresses: ["192.0.2.1"],
    bootedAt: new Date(0).toISOString(),
  } as const;
  const statistics = {
    cpuPercent: 1,
    memoryTotalBytes: 2 ** 33,
    memoryUsedBytes: 2 ** 31,
    disks: [{ name: "/", totalBytes: 2 ** 38, usedBytes: 2 ** 37 }],
    signedInUsers: ["maren"],
    isScreenLocked: false,
    hasDisplay: true,
  };
  return { facts: () => ({ ...facts, privateAddresses: [...facts.privateAddresses] }), statistics: () => statistics };
}

const [installerPath = "", count = "0", keysPath = ""] = process.argv.slice(2);
const installer = readInstallerFile(installerPath);
const herd: Keys[] = existsSync(keysPath)
  ? (JSON.parse(readFileSync(keysPath, "utf8")) as Keys[])
  : Array.from({ length: Number(count) }, makeKeys);
const trust = await SiteTrust.create({
  ...installer,
  clock: systemClock,
  signedBundle: installer.trustBundle,
  keepBundle: () => undefined,
});
await trust.accept();
const dial = createTrustedDial(trust);
const ticker = new Ticker(TICK_MS);
const connected = new Set<number>();
const clients: JumpClient[] = [];
let next = 0;

function startNext(): void {
  if (next >= herd.length) return;
  const index = next++;
  const keys = herd[index]!;
  const key = createPrivateKey({
    key: { kty: "OKP", crv: "Ed25519", x: keys.publicKey, d: keys.privateKey },
    format: "jwk",
  });
  const token = keys.jumpClient === null ? installer.token : null;
  const client = new JumpClient({
    identity: { siteId: installer.siteId, ...keys, token, wishedName: null, sign: (bytes) => sign(null, bytes, key) },
    capabilities: [],
    system: report(index),
    trust,
    sessions: null,
    dial,
    ticker,
    random: Math.random,
    onEnrolled: (jumpClient) => (keys.jumpClient = jumpClient),
    onState: (state) => {
      if (state.kind !== "connected") connected.delete(index);
      else if (!connected.has(index)) {
        connected.add(index);
        startNext();
      }
    },
    onUninstall: (_reason, done) => done(),
  });
  clients.push(client);
}

for (let index = 0; index < PARALLEL_DIALS; index++) startNext();
const telling = setInterval(() => {
  console.log(`connected ${connected.size}`);
  if (connected.size === herd.length && !existsSync(keysPath)) writeFileSync(keysPath, JSON.stringify(herd));
}, 50);
for await (const _line of linesOf(Bun.stdin.stream())) continue;
clearInterval(telling);
for (const client of clients) client[Symbol.dispose]();
process.exit(0);
