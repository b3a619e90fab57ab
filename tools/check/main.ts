/** `bun tools/check/main.ts [PART…]`: the check, or parts of it. */
import { runCheck } from "./check.ts";
import { parts } from "./parts.ts";

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? parts : parts.filter((part) => wanted.includes(part.name));
if (chosen.length < wanted.length) {
  console.error(`The parts are: ${parts.map((part) => part.name).join(", ")}.`);
  process.exit(2);
}
const broken = (await runCheck(chosen)).filter((result) => !result.isPassed).map((result) => result.name);
if (broken.length > 0) {
  console.log(`The check is broken in: ${broken.join(", ")}.`);
  process.exit(1);
}
