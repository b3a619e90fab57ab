/** `bun tools/check/main.ts [PART…]`: runs the parts of the check at the same time and prints whole what a failing one says. */
import { userInterfaceStep } from "../build/steps.ts";
import { runStep } from "../build/unchanged.ts";
import { type Part, parts } from "./parts.ts";

/** Parts that read gen/assets.ts, which a fresh clone does not have. */
const NEED_ASSETS: readonly string[] = ["types", "svelte", "lint-svelte", "imports", "dead-code"];

interface Result {
  readonly part: Part;
  readonly isPassed: boolean;
  readonly seconds: number;
}

async function runPart(part: Part): Promise<Result> {
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
  return { part, isPassed, seconds };
}

async function buildPages(): Promise<boolean> {
  try {
    await runStep(userInterfaceStep);
    return true;
  } catch (failure) {
    console.log(`BROKEN pages: they do not build\n${String(failure).replace(/^/gm, "    ")}`);
    return false;
  }
}

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? parts : parts.filter((part) => wanted.includes(part.name));
if (chosen.length < wanted.length) {
  console.error(`The parts are: ${parts.map((part) => part.name).join(", ")}.`);
  process.exit(2);
}
const isBuilt = !chosen.some((part) => NEED_ASSETS.includes(part.name)) || (await buildPages());
const results = await Promise.all(chosen.map(runPart));
const broken = results.filter((result) => !result.isPassed).map((result) => result.part.name);
if (!isBuilt) broken.unshift("pages");
if (broken.length > 0) {
  console.log(`The check is broken in: ${broken.join(", ")}.`);
  process.exit(1);
}
