/**
 * Brings the tables up to this program's release, and lets an older program run on the tables of a newer one.
 *
 * Expand, then contract: a migration adds what its release needs and takes nothing away that the release before reads or
 * writes (a new column is nullable or has a default; nothing is renamed). What is no longer used goes one release later, by a
 * migration that exports `floor`: the oldest migration a program has to know from then on. So the version before can always
 * be started again, on the same database.
 */
import { Migrator, type Migration } from "kysely/migration";
import type { Kysely } from "kysely";
import { AppError } from "../../protocol/errors.ts";
import * as firstRelease from "./migrations/0001-first-release.ts";
import * as auditHeadAndTrustBundles from "./migrations/0002-audit-head-and-trust-bundles.ts";
import * as policiesAndSignIn from "./migrations/0003-policies-and-sign-in.ts";
import * as auditByObject from "./migrations/0004-audit-by-object.ts";
import * as auditStart from "./migrations/0005-audit-start.ts";
import * as applianceAdministrators from "./migrations/0006-appliance-administrators.ts";
import * as updates from "./migrations/0007-updates.ts";
import * as backups from "./migrations/0008-backups.ts";
import * as certificates from "./migrations/0009-certificates.ts";
import * as standby from "./migrations/0011-standby.ts";
import * as handsAndRecoveryCodes from "./migrations/0012-hands-and-recovery-codes.ts";
import * as cpuDay from "./migrations/0013-cpu-day.ts";
import * as announcements from "./migrations/0014-announcements.ts";
import { readProgramVersion } from "./program-version.ts";
import type { Schema } from "./schema.ts";
import { executedMigrations, readFloor, writeFloor } from "./schema-floor.ts";

/** A migration that takes something away says which one a program has to know at least. */
export type FloorMigration = Migration & { readonly floor?: string };
/** Migrations by name. */
export type Migrations = Readonly<Record<string, FloorMigration>>;

/** In order; a released one never changes. They stand here by name because a compiled binary has no folder to list. */
export const migrations: Migrations = {
  "0001-first-release": firstRelease,
  "0002-audit-head-and-trust-bundles": auditHeadAndTrustBundles,
  "0003-policies-and-sign-in": policiesAndSignIn,
  "0004-audit-by-object": auditByObject,
  "0005-audit-start": auditStart,
  "0006-appliance-administrators": applianceAdministrators,
  "0007-updates": updates,
  "0008-backups": backups,
  "0009-certificates": certificates,
  "0011-standby": standby,
  "0012-hands-and-recovery-codes": handsAndRecoveryCodes,
  "0013-cpu-day": cpuDay,
  "0014-announcements": announcements,
};

/**
 * Does what is missing. Tables of a newer release are left as they are where that release allows it.
 * @param known the program's own; tests name others
 * @throws {AppError} data.newer: a newer release has taken away what this one needs; nothing was changed
 * @throws {Error} when a migration fails
 */
export async function migrate(db: Kysely<Schema>, known: Migrations = migrations): Promise<void> {
  const executed = await executedMigrations(db);
  const newer = executed.filter((name) => !Object.hasOwn(known, name));
  if (newer.length > 0 && !(await isAllowed(db, known))) throw await newerRelease(db);
  // Nearly each start: kysely would look at every table of the database to find that there is nothing to do.
  if (Object.keys(known).every((name) => executed.includes(name))) return;
  const provided = { ...raisingFloors(known), ...doneAlready(newer) };
  const migrator = new Migrator({ db, provider: { getMigrations: async () => provided } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error("The database could not be brought up to this release.", { cause: error });
}

/** Whether the newer release's tables still serve a program that knows these migrations. */
async function isAllowed(db: Kysely<Schema>, known: Migrations): Promise<boolean> {
  const floor = await readFloor(db);
  return floor !== null && Object.hasOwn(known, floor);
}

/** A floor is raised in the transaction that needs it. */
function raisingFloors(known: Migrations): Record<string, Migration> {
  const raising = ([name, migration]: [string, FloorMigration]): [string, Migration] => {
    const { floor } = migration;
    if (floor === undefined) return [name, migration];
    const up: Migration["up"] = async (db) => {
      await migration.up(db);
      await writeFloor(db, floor);
    };
    return [name, { up }];
  };
  return Object.fromEntries(Object.entries(known).map(raising));
}

/** kysely wants to know each migration that was done; these are never done here. */
function doneAlready(names: readonly string[]): Record<string, Migration> {
  const up = (): never => {
    throw new Error("A migration of a newer release was asked for.");
  };
  return Object.fromEntries(names.map((name) => [name, { up }]));
}

async function newerRelease(db: Kysely<Schema>): Promise<AppError> {
  const version = await readProgramVersion(db);
  const which =
    version === null ? "a newer release of Causeway" : `a newer release of Causeway: ${version} ran here last`;
  const whatToDo = `Run ${version ?? "that release"} or a newer one, or restore a backup that was taken before the upgrade.`;
  return new AppError(
    "data.newer",
    `The data belong to ${which}. This release cannot read them, and has changed nothing. Keep them. ${whatToDo}`,
  );
}
