/** From nothing to the first page, and what the server weighs when nobody is there. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "../desktop/program.ts";
import { residentBytes } from "./machine.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";

const STARTS = 11;
const IDLE_MS = 20_000;

/** Starts the built server on `folder`; resolves with its address. */
function serve(folder: string): { readonly program: Program; readonly address: Promise<string> } {
  const listening = Promise.withResolvers<string>();
  const program = new Program(["dist/causeway", "serve", "--data", folder, "--listen", "127.0.0.1:0"], {
    onLine: (line) => {
      const address = /^Listening on (https:\/\/\S+)/.exec(line)?.[1];
      if (address !== undefined) listening.resolve(address);
    },
  });
  return { program, address: listening.promise };
}

/** How long a start takes until the page has come whole, in ms. */
async function firstPage(folder: string): Promise<number> {
  const start = performance.now();
  const { program, address } = serve(folder);
  await using _program = program;
  const response = await fetch(`${await address}/login`, { tls: { rejectUnauthorized: false } });
  await response.text();
  return performance.now() - start;
}

async function idleBytes(folder: string): Promise<number> {
  const { program, address } = serve(folder);
  await using _program = program;
  const response = await fetch(`${await address}/login`, { tls: { rejectUnauthorized: false } });
  await response.text();
  await Bun.sleep(IDLE_MS);
  return residentBytes(program.pid);
}

async function measure(): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "causeway-bench-"));
  try {
    const samples: number[] = [];
    // The first start makes keys, certificate and tables; it is not what a restart costs.
    await firstPage(folder);
    for (let index = 0; index < STARTS; index++) samples.push(await firstPage(folder));
    const bytes = await idleBytes(folder);
    return [
      {
        name: "cold start to the first page, p50",
        value: quantile(samples, 0.5),
        unit: "ms",
        goal: { atMost: 100 },
        method: `${STARTS} starts of the binary with an existing database, until GET /login over TLS has answered whole`,
      },
      {
        name: "idle memory",
        value: bytes / 2 ** 20,
        unit: "MiB",
        goal: { atMost: 90 },
        method: `resident size ${IDLE_MS / 1000} s after the first page`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const start: Bench = { name: "start", run: measure };
