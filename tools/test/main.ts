/**
 * Every check and every test: installs what they need, checks, builds, runs the tests beside the code in parallel, then
 * the browser's against the built programs. The last line is "N passed, N failed".
 */
import { availableParallelism } from "node:os";
import { runCheck } from "../check/check.ts";
import { installPackages, testPackages } from "./debian-packages.ts";
import { runSuite, type SuiteResult } from "./suite.ts";

const BROWSER_TESTS = "ui/test/";

/** Each brings a server, a browser and often a desktop, and waits for pages half of its time. */
const MAX_PARALLEL_BROWSERS = Math.max(2, Math.floor((availableParallelism() * 3) / 4));

async function build(): Promise<SuiteResult> {
  const child = Bun.spawn([process.execPath, "tools/build/main.ts"], { stdin: "ignore", stdout: "inherit" });
  return (await child.exited) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function check(): Promise<SuiteResult> {
  const results = await runCheck();
  const passed = results.filter((result) => result.isPassed).length;
  return { passed, failed: results.length - passed };
}

const missing = await installPackages(testPackages);
if (missing !== null) console.log(missing);
const results: { readonly name: string; readonly result: SuiteResult }[] = [];
const stage = async (name: string, run: () => Promise<SuiteResult>): Promise<void> => {
  const started = performance.now();
  const result = await run();
  results.push({ name, result });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)\n`);
};

await stage("check", check);
await stage("build", build);
const files = [...new Bun.Glob("{protocol,server,agent,ui,tools,appliance}/**/*.test.ts").scanSync()]
  .filter((file) => !file.includes("node_modules"))
  .sort();
const isBrowserTest = (file: string): boolean => file.startsWith(BROWSER_TESTS);
await stage("tests", () =>
  runSuite(
    files.filter((file) => !isBrowserTest(file)),
    availableParallelism(),
  ),
);
await stage("browser", () => runSuite(files.filter(isBrowserTest), MAX_PARALLEL_BROWSERS));

const total = (of: keyof SuiteResult): number => results.reduce((sum, { result }) => sum + result[of], 0);
console.log(`${total("passed")} passed, ${total("failed")} failed`);
process.exit(total("failed") === 0 ? 0 : 1);
