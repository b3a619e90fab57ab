/** From nothing to the first page, and what the server weighs when nobody is there. */
import { temporaryDirectory } from "../../server/test/temporary-directory.ts";
import { residentBytes } from "./machine.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";
import { serve } from "./serve.ts";

const STARTS = 21;
const IDLE_MS = 20_000;

/** What a start took, in ms. */
interface Start {
  /** Until the page had come whole. */
  readonly page: number;
  /** From there until what the page asks first was answered: the routes are made with the first that is asked for. */
  readonly answer: number;
}

async function measureStart(folder: string): Promise<Start> {
  const start = performance.now();
  const { program, address } = serve(folder);
  await using _program = program;
  const url = await address;
  await get(`${url}/login`);
  const page = performance.now();
  await get(`${url}/api/site`);
  return { page: page - start, answer: performance.now() - page };
}

async function get(url: string): Promise<void> {
  const response = await fetch(url, { tls: { rejectUnauthorized: false } });
  await response.text();
}

async function idleBytes(folder: string): Promise<number> {
  const { program, address } = serve(folder);
  await using _program = program;
  const url = await address;
  await get(`${url}/login`);
  await get(`${url}/api/site`);
  await Bun.sleep(IDLE_MS);
  return residentBytes(program.pid);
}

async function measure(): Promise<Measurement[]> {
  using temporary = temporaryDirectory();
  const folder = temporary.path;
  const starts: Start[] = [];
  // The first start makes keys, certificate and tables; it is not what a restart costs.
  await measureStart(folder);
  for (let index = 0; index < STARTS; index++) starts.push(await measureStart(folder));
  const half = (what: keyof Start): number =>
    quantile(
      starts.map((start) => start[what]),
      0.5,
    );
  const bytes = await idleBytes(folder);
  return [
    {
      name: "cold start to the first page, p50",
      value: half("page"),
      unit: "ms",
      goal: { atMost: 100 },
      method: `${STARTS} starts of the binary with an existing database, until GET /login over TLS has answered whole`,
    },
    {
      name: "the first answer of a route after it, p50",
      value: half("answer"),
      unit: "ms",
      method: "GET /api/site on the same connection; the table of routes is made with it",
    },
    {
      name: "idle memory",
      value: bytes / 2 ** 20,
      unit: "MiB",
      goal: { atMost: 90 },
      method: `resident size ${IDLE_MS / 1000} s after the first page and the first answer of a route`,
    },
  ];
}

export const start: Bench = { name: "start", run: measure };
