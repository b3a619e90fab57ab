/** 15,000 Jump Clients at one server: what each weighs, and how fast all come back after it was restarted. */
import { join } from "node:path";
import { temporaryDirectory } from "../../server/test/temporary-directory.ts";
import { Site } from "../../ui/test/harness/site.ts";
import { eventually } from "../../ui/test/harness/eventually.ts";
import { Herd } from "./herd.ts";
import { residentBytes } from "./machine.ts";
import type { Bench, Measurement } from "./measurement.ts";

const CLIENTS = 15_000;
/** Processes that hold them: none of the machine's own limits on one process may be what is measured. */
const HERDS = 2;
const PATIENCE_MS = 300_000;
const SETTLE_MS = 5_000;

/** Starts every herd and waits until all their clients are connected; returns how long that took, in seconds. */
async function connectAll(stack: AsyncDisposableStack, installer: string, folder: string): Promise<number> {
  const herds = Array.from({ length: HERDS }, (_, index) =>
    stack.use(new Herd(installer, CLIENTS / HERDS, join(folder, `herd-${index}.json`))),
  );
  // Their own start is not the server's work: the clock begins with the first one connected.
  await eventually("the first Jump Client is connected", () => herds.some((herd) => herd.connected > 0), PATIENCE_MS);
  const already = herds.reduce((sum, herd) => sum + herd.connected, 0);
  const start = performance.now();
  await Promise.all(herds.map((herd) => herd.allConnected()));
  const seconds = (performance.now() - start) / 1000;
  return (seconds * CLIENTS) / (CLIENTS - already);
}

async function measure(): Promise<Measurement[]> {
  using temporary = temporaryDirectory();
  const folder = temporary.path;
  await using site = await Site.start();
  const installer = await site.createInstaller({ machines: CLIENTS, isDirect: true });
  {
    await using enrolment = new AsyncDisposableStack();
    await connectAll(enrolment, installer, folder);
    await Bun.sleep(SETTLE_MS);
  }
  await site.killAndRestart();
  await Bun.sleep(SETTLE_MS);
  const before = residentBytes(site.serverPid);
  await using reconnection = new AsyncDisposableStack();
  const seconds = await connectAll(reconnection, installer, folder);
  await Bun.sleep(SETTLE_MS);
  const eachBytes = (residentBytes(site.serverPid) - before) / CLIENTS;
  return [
    {
      name: "reconnecting with full authentication",
      value: CLIENTS / seconds,
      unit: "Jump Clients/s",
      goal: { atLeast: 1000 },
      method: `${CLIENTS} known ones from ${HERDS} processes on the same machine after a restart, TLS, signature, presence`,
    },
    {
      name: "memory of a connected Jump Client",
      value: eachBytes / 1024,
      unit: "KiB",
      goal: { atMost: 16 },
      method: `growth of the server's resident size over ${CLIENTS}, ${SETTLE_MS / 1000} s after the last came`,
    },
  ];
}

export const connectedClients: Bench = { name: "connected-clients", run: measure };
