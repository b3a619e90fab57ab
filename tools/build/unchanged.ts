import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** One step of the build: what it reads, what it leaves behind, and how. */
export interface Step {
  readonly name: string;
  /** Files and folders (relative to the root) whose content decides whether the step must run. */
  readonly inputs: readonly string[];
  /** Anything else that decides it: flags, the version. */
  readonly salt?: string;
  /** Files that must be there when the step is skipped. */
  readonly outputs: readonly string[];
  readonly run: () => Promise<void>;
}

/**
 * Runs a step, or skips it when its inputs are as they were at its last success and its outputs are there.
 * The fingerprints lie in gen/stamps, one file a step.
 */
export async function runStep(step: Step): Promise<void> {
  const stamp = `gen/stamps/${step.name}`;
  const fingerprint = fingerprintOf(step);
  if (
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === fingerprint &&
    step.outputs.every((file) => existsSync(file))
  ) {
    return;
  }
  const started = performance.now();
  await step.run();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint);
  console.log(`${step.name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

function fingerprintOf(step: Step): string {
  const hash = new Bun.CryptoHasher("sha256").update(step.salt ?? "");
  for (const file of step.inputs.flatMap(filesUnder).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return [...new Bun.Glob("**/*").scanSync({ cwd: path })]
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => `${path}/${file}`);
}
