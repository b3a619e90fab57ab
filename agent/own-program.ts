/**
 * How this program is started once more. This file stands at the root of the agent's sources because its neighbour is what
 * runs: main.ts, or the compiled program with everything in it.
 */
import { fileURLToPath } from "node:url";

/** The words before its command. */
export function ownProgram(): string[] {
  const isCompiled = import.meta.path.startsWith("/$bunfs/");
  return isCompiled ? [process.execPath] : [process.execPath, fileURLToPath(new URL("./main.ts", import.meta.url))];
}
