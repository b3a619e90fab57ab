/** What a request pays for knowing who sends it, and what two hundred people who sign in at once do to everybody else. */
import { readToken } from "../../server/sign-in/cookies.ts";
import { noRooms, startTestServer, type TestServer } from "../../server/test/test-server.ts";
import { longestHold } from "./event-loop.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";

const CROWD = 200;
const CHECKS = 20_000;
const WARM_UP = 2000;
const LOOK_MS = 5;

const CHECKS_AFTER_WRITES = 2000;
const nothing = { code: "sign_in.required", message: "Ends no sign-in." } as const;

/** Microseconds of each look for the holder of a token; each after a write to the sign-ins, or without any. */
async function checks({ core }: TestServer, token: string, isWritten: boolean): Promise<number[]> {
  const samples: number[] = [];
  const count = isWritten ? CHECKS_AFTER_WRITES : CHECKS;
  for (let index = -WARM_UP; index < count; index += 1) {
    if (isWritten) await core.signIns.end({ signIn: "" }, nothing);
    const start = Bun.nanoseconds();
    const found = await core.signIns.find(token, "console", "127.0.0.1");
    if (found === null) throw new Error("the sign-in has ended");
    if (index >= 0) samples.push((Bun.nanoseconds() - start) / 1000);
  }
  return samples;
}

/** The crowd is a process of its own: what it does is not held against the server's event loop. */
async function crowd(address: string): Promise<string> {
  const words = [process.execPath, "tools/bench/sign-in-crowd.ts", address, String(CROWD)];
  const child = Bun.spawn(words, { stdout: "pipe", stderr: "inherit" });
  const answers = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error("the crowd failed");
  return Object.entries(JSON.parse(answers) as Record<string, number>)
    .map(([code, count]) => `${count} ${code}`)
    .join(", ");
}

async function crowded(site: TestServer): Promise<Measurement[]> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), LOOK_MS);
  let answers = "";
  const { holdMs } = await longestHold(async () => {
    answers = await crowd(site.url);
  });
  clearInterval(timer);
  const method = `${CROWD} sign-ins at once from a process of their own, each over a TLS connection of its own; answered: ${answers}`;
  return [
    {
      name: `event loop held while ${CROWD} people sign in at once, longest`,
      value: holdMs,
      unit: "ms",
      goal: { atMost: 50 },
      method,
    },
    {
      name: `memory while ${CROWD} people sign in at once, growth`,
      value: (most - before) / 2 ** 20,
      unit: "MiB",
      goal: { atMost: 200 },
      method: `${method}; two hashes of 19 MiB run at a time`,
    },
  ];
}

async function measure(): Promise<Measurement[]> {
  await using site = await startTestServer({ openRooms: noRooms });
  const browser = await site.administrator("console");
  const token = readToken(browser.cookie, "console");
  if (token === null) throw new Error("no sign-in");
  const samples = await checks(site, token, false);
  const afterWrites = await checks(site, token, true);
  const method = `the holder of a cookie's token with their rights, as each request looks for it; ${CHECKS} times, one process`;
  return [
    { name: "session check, p50", value: quantile(samples, 0.5), unit: "us", goal: { atMost: 10 }, method },
    { name: "session check, p99", value: quantile(samples, 0.99), unit: "us", method },
    {
      name: "session check after an account or a sign-in changed, p50",
      value: quantile(afterWrites, 0.5),
      unit: "us",
      method: `as above, ${CHECKS_AFTER_WRITES} times, each after a statement that names the sign-ins`,
    },
    ...(await crowded(site)),
  ];
}

export const signIns: Bench = { name: "sign-ins", run: measure };
