import { userInterfaceStep } from "../build/steps.ts";
import { runStep } from "../build/unchanged.ts";
import { type Part, parts } from "./parts.ts";

/** Parts that read gen/assets.ts, which a fresh clone does not have. */
const NEED_ASSETS: readonly string[] = ["types", "svelte", "lint-svelte", "imports", "dead-code"];

/** How one part ended. */
export interface PartResult {
  readonly name: string;
  readonly isPassed: boolean;
}

/**
 * Runs parts of the check at the same time; prints a line for each as it ends, and whole what a failing one says.
 * A fresh clone has no gen/assets.ts: where a part reads it, the pages are built first, as a part of their own.
 */
export async function runCheck(chosen: readonly Part[] = parts): Promise<PartResult[]> {
  const built = chosen.some((part) => NEED_ASSETS.includes(part.name)) ? [await buildPages()] : [];
  return [...built, ...(await Promise.all(chosen.map(runPart)))];
}

async function runPart(part: Part): Promise<PartResult> {
  const started = performance.now();
  const child = Bun.spawn([process.execPath, ...part.command], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [exitCode, output, complaints] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const seconds = (performance.now() - started) / 1000;
  const isPassed = exitCode === 0;
  console.log(`${isPassed ? "ok    " : "BROKEN"} ${part.name}: ${part.holds} (${seconds.toFixed(1)} s)`);
  if (!isPassed) console.log(`${output}${complaints}`.trim().replace(/^/gm, "    "));
  return { name: part.name, isPassed };
}

async function buildPages(): Promise<PartResult> {
  try {
    await runStep(userInterfaceStep);
    return { name: "pages", isPassed: true };
  } catch (failure) {
    console.log(`BROKEN pages: they do not build\n${Bun.stripANSI(String(failure)).replace(/^/gm, "    ")}`);
    return { name: "pages", isPassed: false };
  }
}
