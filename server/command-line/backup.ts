import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { BACKUPS_FOLDER } from "../backups/targets.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { openSecrets } from "../secrets/secrets.ts";
import { readOptions, UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";

/** Shorter ones are guessed. */
const MIN_PASSPHRASE = 12;

/** A backup into a file, also while the server runs. */
export const backup: Command = {
  usage: "--data DIR --out FILE --passphrase-stdin",
  summary: "Write an encrypted backup into a new file. Only its passphrase opens it again.",
  async run(words, context) {
    const options = readOptions(
      {
        data: { kind: "text", isRequired: true },
        out: { kind: "text", isRequired: true },
        "passphrase-stdin": { kind: "flag", isRequired: true },
      },
      words,
    );
    if (!existsSync(join(options.data, DATABASE_FILE)))
      throw new UsageError(`${options.data} holds no data of Causeway. Name the directory that "causeway serve" uses.`);
    if (existsSync(options.out)) throw new UsageError(`${options.out} is there already. Name a new file.`);
    const passphrase = await context.readLine();
    if (passphrase.length < MIN_PASSPHRASE)
      throw new UsageError(`The passphrase on standard input needs ${MIN_PASSPHRASE} characters at least.`);
    const folder = join(options.data, BACKUPS_FOLDER);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const work = await mkdtemp(join(folder, "work-"));
    // Not with a start of the server, which has every command at hand.
    const { makePassphraseKey } = await import("../backups/format/keys.ts");
    const { takeBackup } = await import("../backups/job/take.ts");
    try {
      const secretKey = openSecrets(options.data, context.credentialsDirectory, false).keyForBackup();
      const { sizeBytes } = await takeBackup(
        {
          ...{ kind: "take", directory: options.data, work, takenAt: context.clock.now().toISOString() },
          ...{ version: context.version, secretKey, passphraseKey: await makePassphraseKey(passphrase) },
          fileName: basename(options.out),
          place: { kind: "folder", path: dirname(resolve(options.out)) },
        },
        { progress: () => undefined, signal: new AbortController().signal, hand: () => Promise.resolve() },
      );
      context.print(`${options.out} is written: ${sizeBytes} bytes.`);
      return 0;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  },
};
