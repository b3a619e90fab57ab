import { Migrator, type Migration } from "kysely/migration";
import type { Kysely } from "kysely";
import * as firstRelease from "./migrations/0001-first-release.ts";
import * as auditHeadAndTrustBundles from "./migrations/0002-audit-head-and-trust-bundles.ts";
import * as policiesAndSignIn from "./migrations/0003-policies-and-sign-in.ts";
import * as auditByObject from "./migrations/0004-audit-by-object.ts";
import * as auditStart from "./migrations/0005-audit-start.ts";
import * as applianceAdministrators from "./migrations/0006-appliance-administrators.ts";
import type { Schema } from "./schema.ts";

/** In order; a released one never changes. They stand here by name because a compiled binary has no folder to list. */
const migrations: Readonly<Record<string, Migration>> = {
  "0001-first-release": firstRelease,
  "0002-audit-head-and-trust-bundles": auditHeadAndTrustBundles,
  "0003-policies-and-sign-in": policiesAndSignIn,
  "0004-audit-by-object": auditByObject,
  "0005-audit-start": auditStart,
  "0006-appliance-administrators": applianceAdministrators,
};

/**
 * Brings the tables up to this program's release.
 * @throws {Error} when a migration fails or the data directory was written by a newer release.
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const isNewer = error instanceof Error && error.message.includes("previously executed migration");
  throw new Error(isNewer ? newerRelease : "The database could not be brought up to this release.", { cause: error });
}

const newerRelease =
  "The data directory was written by a newer release of Causeway. Run that release, or restore an older backup.";
