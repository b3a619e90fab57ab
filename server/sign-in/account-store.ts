import type { Queries, Tx } from "../database/database.ts";

/** What people see of their own account. */
export interface OwnAccountRow {
  readonly displayName: string;
  readonly publicName: string;
  readonly email: string;
  readonly language: string;
  /** "local" or a provider's id. */
  readonly provider: string;
  readonly hasPassword: boolean;
}

export async function findOwnAccount(queries: Queries, id: string): Promise<OwnAccountRow | null> {
  const row = await queries
    .selectFrom("representatives")
    .select(["display_name", "public_name", "email", "language", "provider", "password_hash"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    displayName: row.display_name,
    publicName: row.public_name,
    email: row.email,
    language: row.language,
    provider: row.provider,
    hasPassword: row.password_hash !== "" && row.provider === "local",
  };
}

/** Writes what is given and counts the version, so that an administrator who has the account open is told. */
export async function writeOwnAccount(
  tx: Tx,
  id: string,
  changes: { displayName?: string; publicName?: string; email?: string; language?: string },
): Promise<void> {
  const { displayName, publicName, email, language } = changes;
  await tx
    .updateTable("representatives")
    .set((value) => ({
      ...(displayName === undefined ? {} : { display_name: displayName }),
      ...(publicName === undefined ? {} : { public_name: publicName }),
      ...(email === undefined ? {} : { email }),
      ...(language === undefined ? {} : { language }),
      version: value("version", "+", 1),
    }))
    .where("id", "=", id)
    .execute();
}
