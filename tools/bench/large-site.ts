/** A site whose database is a gigabyte, nearly all of it audit log, and what the program does with its data directory. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { FIRST_HASH, rowHash, sealHead } from "../../server/audit/chain.ts";
import { systemClock } from "../../server/clock.ts";
import { openCore } from "../../server/core.ts";
import { createLog } from "../../server/log.ts";

const DATABASE_BYTES = 1 << 30;
const DETAIL_CHARACTERS = 1500;
const ROWS_AT_ONCE = 5000;

/** Who administers it. */
export const LARGE_SITE_ADMINISTRATOR = { username: "anna", password: "correct horse battery staple" } as const;

/** Makes it with the built program. @returns a code of the appliance's console */
export async function makeLargeSite(directory: string): Promise<string> {
  const { username, password } = LARGE_SITE_ADMINISTRATOR;
  const words = ["setup", "--data", directory, "--hostname", "localhost", "--admin", username, "--password-stdin"];
  await runCauseway(words, password);
  return await fill(directory);
}

/** Runs a command of the built program. @param input what it reads @throws {Error} when it fails */
export async function runCauseway(words: readonly string[], input: string): Promise<void> {
  const child = Bun.spawn(["dist/causeway", ...words], {
    stdin: Buffer.from(input),
    stdout: "ignore",
    stderr: "inherit",
  });
  if ((await child.exited) !== 0) throw new Error(`causeway ${words[0]} failed`);
}

/** Fills the log until the file is large enough. @returns a code of the appliance's console */
async function fill(directory: string): Promise<string> {
  const log = createLog(() => undefined, systemClock.now);
  const options = { directory, credentialsDirectory: null, clock: systemClock, log, version: "bench" };
  await using core = await openCore(options);
  const key = core.secrets.derive("audit head");
  const detail = JSON.stringify({ path: "x".repeat(DETAIL_CHARACTERS) });
  const words = { actor_kind: "system", actor_id: "", actor_name: "", address: "", action: "files.downloaded" };
  const rest = { outcome: "succeeded", object_kind: "file", object_id: "", object_name: "", session: null, detail };
  while (statSync(join(directory, "causeway.sqlite")).size < DATABASE_BYTES)
    await core.database.transaction(async (tx) => {
      let { count, hash } = (await tx.selectFrom("audit_head").select(["count", "hash"]).executeTakeFirst()) ?? {
        count: 0,
        hash: FIRST_HASH,
      };
      for (let index = 0; index < ROWS_AT_ONCE; index += 1) {
        count += 1;
        const row = { sequence: count, at: systemClock.now().toISOString(), ...words, ...rest };
        hash = rowHash(hash, row);
        await tx
          .insertInto("audit_events")
          .values({ ...row, hash })
          .execute();
      }
      const head = { count, hash, seal: sealHead(key, { count, hash }) };
      await tx
        .insertInto("audit_head")
        .values({ id: 1, ...head })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(head))
        .execute();
    });
  return await core.applianceAccess.presenceCodes.create();
}
