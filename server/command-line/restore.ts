import { renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { letPreviousComeBack, PENDING, putPendingInPlace } from "../backups/swap.ts";
import { lockForServing, prepareDataDirectory } from "../database/data-directory.ts";
import { readOptions, UsageError } from "./arguments.ts";
import type { Command, CommandContext } from "./command.ts";

/** Puts a backup in the place of what is in the data directory, which may be empty. The server must not run. */
export const restore: Command = {
  usage: "--data DIR (--file FILE --passphrase-stdin | --previous)",
  summary: "Restore a backup, or with --previous what was there before the last restore.",
  async run(words, context) {
    const options = readOptions(
      {
        data: { kind: "text", isRequired: true },
        file: { kind: "text" },
        "passphrase-stdin": { kind: "flag" },
        previous: { kind: "flag" },
      },
      words,
    );
    if (options.previous === (options.file !== null)) throw new UsageError("Name --file, or --previous.");
    prepareDataDirectory(options.data);
    if (options.file === null) return putPreviousBack(options.data, context);
    if (!options["passphrase-stdin"]) throw new UsageError("--passphrase-stdin is missing.");
    return await restoreFile(options.data, options.file, context);
  },
};

async function restoreFile(directory: string, file: string, context: CommandContext): Promise<number> {
  const passphrase = await context.readLine();
  // Not with a start of the server, which has every command at hand.
  const { openBackup } = await import("../backups/job/open-backup.ts");
  const work = join(directory, "restore-opened");
  {
    using _lock = lockForServing(directory);
    rmSync(work, { recursive: true, force: true });
    try {
      const place = { kind: "folder" as const, path: dirname(resolve(file)) };
      const opened = { fileName: basename(file), opening: { passphrase }, work, version: context.version };
      const preview = await openBackup(
        { kind: "open", place, ...opened, settle: { directory, restorer: null } },
        { progress: () => undefined, signal: new AbortController().signal, hand: () => Promise.resolve() },
      );
      const { representatives, jumpClients, auditRows } = preview.counts;
      context.print(
        `A backup of ${preview.siteName || "Causeway"}, taken ${preview.takenAt} by release ${preview.version}:`,
      );
      context.print(`${representatives} accounts, ${jumpClients} Jump Clients, ${auditRows} rows of the audit log.`);
      renameSync(work, join(directory, PENDING));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  putPendingInPlace(directory);
  context.print("It is in place. What was there before comes back with --previous, until the next backup is taken.");
  return 0;
}

function putPreviousBack(directory: string, context: CommandContext): number {
  {
    using _lock = lockForServing(directory);
    if (!letPreviousComeBack(directory)) {
      context.printError("What was there before the last restore is not kept any more.");
      return 1;
    }
  }
  putPendingInPlace(directory);
  context.print("What was there before the last restore is in place again.");
  return 0;
}
