import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";

/** How many tests of a suite went which way. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
}

/** A run of `bun test`: its own name, the words after `bun test`. */
export interface Suite {
  readonly name: string;
  readonly words: readonly string[];
}

/** How long one test may take, in milliseconds: a machine under load gets 20 seconds instead of Bun's five. */
const PATIENCE_MS = 20_000;

/** How long a suite may take: a test that spins lets no time-out of its own come through. */
const SUITE_PATIENCE_MS = 10 * 60_000;

/** Runs a suite; what fails is printed whole. How long each file took is kept in gen, so that the slowest begin first. */
export async function runSuite({ name, words }: Suite): Promise<SuiteResult> {
  const report = `gen/reports/${name}.xml`;
  mkdirSync("gen/reports", { recursive: true });
  rmSync(report, { force: true });
  const timings = [`--timeout=${PATIENCE_MS}`, "--timings=gen/test-timings.json", "--update-timings"];
  const reporter = ["--reporter=junit", `--reporter-outfile=${report}`];
  const child = Bun.spawn(
    [process.execPath, "--no-orphans", "test", "--only-failures", ...timings, ...reporter, ...words],
    {
      stdin: "ignore",
      stdout: "inherit",
      stderr: "inherit",
    },
  );
  const timer = setTimeout(() => {
    console.log(`${name} did not end within ${SUITE_PATIENCE_MS / 60_000} minutes: a test spins or waits for ever.`);
    child.kill();
  }, SUITE_PATIENCE_MS);
  const exitCode = await child.exited;
  clearTimeout(timer);
  const counted = existsSync(report) ? countReport(readFileSync(report, "utf8")) : { passed: 0, failed: 0 };
  // A run that broke without naming a test is a failure of its own.
  return exitCode !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

/** Reads the totals of a JUnit report: the attributes of its outermost element. */
export function countReport(xml: string): SuiteResult {
  const element = /<testsuites[^>]*>/.exec(xml)?.[0] ?? "";
  const count = (attribute: string): number => Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(element)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  return { passed: count("tests") - failed - count("skipped"), failed };
}
