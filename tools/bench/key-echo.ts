/** How long a key takes: console, server, agent, a real PTY that echoes, and back. */
import { idFrom, type ShellId } from "../../protocol/ids.ts";
import type { ConsoleChannel } from "../../ui/connection/console-connection.ts";
import { Computer } from "../../ui/test/harness/computer.ts";
import { Site } from "../../ui/test/harness/site.ts";
import { BenchConsole } from "./bench-console.ts";
import type { Bench, Measurement } from "./measurement.ts";
import { quantile } from "./measurement.ts";
import { type BulkTraffic, keepDownloading } from "./bulk-traffic.ts";

const KEYS = 2000;
const KEYS_BESIDE_BULK = 1000;
/** About what a fast typist's keys are apart, so that each key travels alone. */
const PAUSE_MS = 3;
/** How long a download's speed is looked at, and how far apart the keys of somebody who types beside it are. */
const SPEED_MS = 4000;
const TYPIST_MS = 100;

async function openQuietShell(client: BenchConsole, session: string): Promise<ConsoleChannel> {
  const writer = idFrom<ShellId>(crypto.getRandomValues(new Uint8Array(16)));
  const { channel } = await client.wire.ask(session, "shell.open", { rows: 24, columns: 80, writer });
  if (channel === null) throw new Error("shell.open opened no channel");
  const ready = Promise.withResolvers<void>();
  let seen = "";
  channel.onData = (bytes) => {
    channel.consumed(bytes.length);
    seen += Buffer.from(bytes).toString("latin1");
    if (seen.includes("BENCH-READY\r\n")) ready.resolve();
  };
  // cat with the terminal's own echo switched off: what comes back has been through a program at the endpoint.
  channel.write(Buffer.from("stty raw -echo; printf 'BENCH-%s\\r\\n' READY; exec cat\n"));
  await ready.promise;
  return channel;
}

async function echoes(channel: ConsoleChannel, keys = KEYS, pauseMs = PAUSE_MS): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < keys; index++) {
    const back = Promise.withResolvers<void>();
    channel.onData = (bytes) => {
      channel.consumed(bytes.length);
      back.resolve();
    };
    const start = performance.now();
    channel.write(Buffer.from("x"));
    await back.promise;
    samples.push(performance.now() - start);
    await Bun.sleep(pauseMs);
  }
  return samples;
}

/** What the download brings in MB/s, while nobody types and then while somebody does. */
async function speeds(bulk: BulkTraffic, channel: ConsoleChannel): Promise<{ alone: number; typing: number }> {
  const speed = async (meanwhile: () => Promise<unknown>): Promise<number> => {
    const [bytes, start] = [bulk.receivedBytes, performance.now()];
    await meanwhile();
    return (bulk.receivedBytes - bytes) / 1e3 / (performance.now() - start);
  };
  // A second after the last key nobody counts as typing any more.
  await Bun.sleep(1500);
  const alone = await speed(() => Bun.sleep(SPEED_MS));
  return { alone, typing: await speed(() => echoes(channel, SPEED_MS / TYPIST_MS, TYPIST_MS)) };
}

async function measure(): Promise<Measurement[]> {
  await using site = await Site.start();
  await using _computer = await Computer.start(site, { isDirect: true });
  using client = await BenchConsole.open(site.directAddress);
  const { session } = await client.jump();
  using channel = await openQuietShell(client, session);
  await echoes(channel);
  const alone = await echoes(channel);
  await using bulk = await keepDownloading(session, client);
  const beside = await echoes(channel, KEYS_BESIDE_BULK);
  const speed = await speeds(bulk, channel);
  const speedMethod = `${SPEED_MS / 1000} s of a download that does not end`;
  const how = `single keys ${PAUSE_MS} ms apart, console wire, server and agent over TLS on loopback, cat in a raw PTY`;
  const method = `${KEYS} ${how}`;
  const bulkMethod = `${KEYS_BESIDE_BULK} ${how}; an endless download through the same session meanwhile`;
  return [
    { name: "key echo, p50", value: quantile(alone, 0.5), unit: "ms", goal: { atMost: 0.9 }, method },
    { name: "key echo, p99", value: quantile(alone, 0.99), unit: "ms", goal: { atMost: 3 }, method },
    { name: "key echo beside a bulk download, p50", value: quantile(beside, 0.5), unit: "ms", method: bulkMethod },
    {
      name: "key echo beside a bulk download, p99",
      value: quantile(beside, 0.99),
      unit: "ms",
      goal: { atMost: 6 },
      method: bulkMethod,
    },
    { name: "a download alone, speed", value: speed.alone, unit: "MB/s", method: speedMethod },
    {
      name: "a download while somebody types, speed",
      value: speed.typing,
      unit: "MB/s",
      method: `${speedMethod}; a key each ${TYPIST_MS} ms in the same session`,
    },
  ];
}

export const keyEcho: Bench = { name: "key-echo", run: measure };
