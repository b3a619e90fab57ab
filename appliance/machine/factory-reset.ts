import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeDurably, writeDurably } from "../system/durable-file.ts";
import type { Paths } from "../system/paths.ts";
import type { System } from "../system/system.ts";

const requestOf = ({ settings }: Paths): string => join(settings, "factory-reset");

/** Notes that the next start erases everything, before any service opens a file. */
export function requestFactoryReset(paths: Paths): void {
  writeDurably(requestOf(paths), "asked for at the console\n");
}

/**
 * Erases the server's data, root's settings and the journal, where it was asked for. What versions lie in the slots stays
 * known. The note goes last: a power cut in between erases the rest at the next start.
 */
export async function doFactoryReset({ paths, commands, log }: System): Promise<void> {
  if (!existsSync(requestOf(paths))) return;
  log("Factory reset: everything is erased.");
  empty(paths.serverData, []);
  empty(paths.settings, ["factory-reset", "slots"]);
  await commands.attempt("journalctl", ["--rotate"]);
  await commands.attempt("journalctl", ["--vacuum-time=1s"]);
  removeDurably(requestOf(paths));
}

function empty(folder: string, kept: readonly string[]): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!kept.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
