import { join } from "node:path";
import type { CommandOptions, CommandResult } from "./commands.ts";
import type { System } from "./system.ts";

/** Runs a command of the server's own program as the server's user: root's rights do not go with it. */
export async function asServer(
  { paths, commands }: System,
  words: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const drop = [
    "--reuid=causeway",
    "--regid=causeway",
    "--clear-groups",
    "--no-new-privs",
    "--bounding-set=-all",
    "--",
  ];
  return await commands.attempt("setpriv", [...drop, join(paths.release, "causeway"), ...words], options);
}
