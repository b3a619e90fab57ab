/**
 * Tries the image that `make image` left, in emulated machines: `bun appliance/test/main.ts [--image FOLDER] [NAME…]`, all
 * scenarios without names. It prints what was measured; logs of the serial lines stay in dist/image-test/NAME.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installPackages } from "../../tools/test/debian-packages.ts";
import { Figures } from "./figures.ts";
import { PreparedDisk } from "./prepared-disk.ts";
import { Releases } from "./releases.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import { TestBench } from "./test-bench.ts";

const FOLDER = "dist/image-test";
const PACKAGES = ["qemu-system-x86", "qemu-utils", "ovmf", "zstd", "dosfstools", "mtools", "chromium", "snmp"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { image: { type: "string", default: "dist/image" } },
});

async function runAll(names: readonly string[]): Promise<boolean> {
  const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    const known = scenarios.map(({ name, proves }) => `  ${name.padEnd(20)} ${proves}`).join("\n");
    throw new Error(`There is no scenario ${unknown.join(", ")}. There are:\n${known}`);
  }
  const missing = await installPackages(PACKAGES);
  if (missing !== null) throw new Error(missing);
  const releases = await Releases.open(values.image, join(FOLDER, "releases"));
  const figures = new Figures(join(FOLDER, "figures.json"));
  const prepared = new PreparedDisk(releases.disk, join(FOLDER, "prepared"));
  const chosen = scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
  const failed: string[] = [];
  for (const scenario of chosen) {
    const bench = new TestBench(join(FOLDER, scenario.name), {
      releases,
      figures,
      prepared,
      updatedFolder: join(FOLDER, "updated"),
    });
    if (!(await isPassed(scenario, bench))) failed.push(scenario.name);
  }
  console.log(`\n${figures.table()}\n\n${chosen.length - failed.length} of ${chosen.length} passed.`);
  if (failed.length > 0) console.log(`Failed: ${failed.join(", ")}`);
  return failed.length === 0;
}

async function isPassed(scenario: Scenario, bench: TestBench): Promise<boolean> {
  console.log(`${scenario.name}: ${scenario.proves}`);
  const begun = performance.now();
  const seconds = (): string => ((performance.now() - begun) / 1000).toFixed(0);
  try {
    await within(scenario.limitMinutes, scenario.run(bench));
    console.log(`  passed in ${seconds()} s`);
    return true;
  } catch (failure) {
    console.log(`  FAILED after ${seconds()} s: ${inWords(failure)}`);
    return false;
  } finally {
    await bench[Symbol.asyncDispose]();
  }
}

function inWords(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause === undefined ? failure.message : `${failure.message}\n  because: ${inWords(failure.cause)}`;
}

async function within(minutes: number, running: Promise<void>): Promise<void> {
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(() => over.reject(new Error(`It took more than ${minutes} minutes.`)), minutes * 60_000);
  // Given up, it fails once more when its machines are gone; that says nothing new.
  running.catch(() => undefined);
  try {
    await Promise.race([running, over.promise]);
  } finally {
    clearTimeout(timer);
  }
}

try {
  process.exit((await runAll(positionals)) ? 0 : 1);
} catch (failure) {
  console.error(inWords(failure));
  process.exit(2);
}
