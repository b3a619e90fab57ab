import { cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { compileProgram } from "../../tools/build/binaries.ts";

/** What the migration leaves in the comments of each Jump Group, where a person sees that it ran. */
export const MIGRATED = "Brought up by a further migration.";
/** Rows that it writes, so that it takes an emulated machine some seconds in which the power may go. */
const SLOW_ROWS = 300_000;

const NAME = "9999-of-the-image-test";
const MIGRATION = `import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`create table of_the_image_test (id integer primary key, text text not null)\`.execute(db);
  await sql\`insert into of_the_image_test (text) with recursive numbers (n) as
    (select 1 union all select n + 1 from numbers where n < ${SLOW_ROWS}) select 'row ' || n from numbers\`.execute(db);
  await sql\`alter table jump_groups add column of_the_image_test text\`.execute(db);
  await sql\`update jump_groups set comments = '${MIGRATED}'\`.execute(db);
}
`;

/**
 * Compiles today's server with one more migration, as a later release would have it: it adds, and takes nothing away.
 * @param folder for the changed sources; inside the repository, whose packages it needs
 * @returns the program's path
 */
export async function compileMigratingServer(folder: string): Promise<string> {
  const sources = resolve(folder, "migrating-sources");
  rmSync(sources, { recursive: true, force: true });
  mkdirSync(sources, { recursive: true });
  cpSync("server", join(sources, "server"), { recursive: true });
  for (const same of ["protocol", "gen", "CHANGELOG.md"]) symlinkSync(resolve(same), join(sources, same));
  await Bun.write(join(sources, `server/database/migrations/${NAME}.ts`), MIGRATION);
  const list = join(sources, "server/database/migrations.ts");
  await Bun.write(list, withMigration(await Bun.file(list).text()));
  const program = resolve(folder, "migrating-causeway");
  await compileProgram(join(sources, "server"), program, null);
  rmSync(sources, { recursive: true });
  return program;
}

/** The list of migrations with ours as its last. @throws {Error} where the list looks otherwise than expected */
function withMigration(text: string): string {
  const end = text.indexOf("\n};", text.indexOf("export const migrations: Migrations = {"));
  if (end < 0) throw new Error("server/database/migrations.ts has no list of migrations any more.");
  const listed = `${text.slice(0, end)}\n  "${NAME}": ofTheImageTest,${text.slice(end)}`;
  return `import * as ofTheImageTest from "./migrations/${NAME}.ts";\n${listed}`;
}
