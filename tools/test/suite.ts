import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/** How many tests went which way. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
}

/** How long one test may take, in milliseconds: a machine under load gets 20 seconds instead of Bun's five. */
const TEST_PATIENCE_MS = 20_000;

/** How long a file may take: a test that spins lets no time-out of its own come through. */
const FILE_PATIENCE_MS = 5 * 60_000;

/** A file never run before counts as slow. */
const UNKNOWN_MS = FILE_PATIENCE_MS;

const TIMINGS = "gen/test-timings.json";

/**
 * Runs test files, each in a process of its own, `parallel` at the same time, those that took longest last time first.
 * What a failing file says is printed whole, once it has ended.
 */
export async function runSuite(files: readonly string[], parallel: number): Promise<SuiteResult> {
  const timings = readTimings();
  const waiting = [...files].sort((a, b) => (timings[b] ?? UNKNOWN_MS) - (timings[a] ?? UNKNOWN_MS));
  const total = { passed: 0, failed: 0 };
  const takeNext = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const started = performance.now();
      const { passed, failed } = await runFile(file);
      timings[file] = Math.round(performance.now() - started);
      total.passed += passed;
      total.failed += failed;
    }
  };
  await Promise.all(Array.from({ length: parallel }, takeNext));
  writeFileSync(TIMINGS, JSON.stringify(timings, null, 2));
  return total;
}

async function runFile(file: string): Promise<SuiteResult> {
  const report = `gen/reports/${file.replaceAll("/", "+")}.xml`;
  mkdirSync("gen/reports", { recursive: true });
  rmSync(report, { force: true });
  const reporter = ["--reporter=junit", `--reporter-outfile=${report}`];
  const words = ["--no-orphans", "test", `--timeout=${TEST_PATIENCE_MS}`, ...reporter, `./${file}`];
  const child = Bun.spawn([process.execPath, ...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  let isTooLate = false;
  const timer = setTimeout(() => {
    isTooLate = true;
    child.kill("SIGKILL");
  }, FILE_PATIENCE_MS);
  const [exitCode, output, complaints] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  clearTimeout(timer);
  const counted = existsSync(report) ? countReport(readFileSync(report, "utf8")) : { passed: 0, failed: 0 };
  if (exitCode === 0) return counted;
  console.log(`\n${file}\n${output}${complaints}`);
  if (isTooLate)
    console.log(`${file} did not end within ${FILE_PATIENCE_MS / 60_000} minutes: a test in it spins or waits.`);
  // A run that broke without naming a test is a failure of its own.
  return counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

/** Reads the totals of a JUnit report: the attributes of its outermost element. */
export function countReport(xml: string): SuiteResult {
  const element = /<testsuites[^>]*>/.exec(xml)?.[0] ?? "";
  const count = (attribute: string): number => Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(element)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  return { passed: count("tests") - failed - count("skipped"), failed };
}

/** Milliseconds each file took last time. */
function readTimings(): Record<string, number> {
  return existsSync(TIMINGS) ? (JSON.parse(readFileSync(TIMINGS, "utf8")) as Record<string, number>) : {};
}
