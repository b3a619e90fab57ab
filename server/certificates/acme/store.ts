import { AcmeSettings } from "../../../protocol/api/appliance/certificates.ts";
import type { Queries, Tx } from "../../database/database.ts";
import { fromTable } from "../../database/from-table.ts";

/** What is kept of renewals; keys are sealed. */
export interface StoredAcme {
  readonly settings: AcmeSettings;
  readonly sealedBindingKey: string | null;
  readonly sealedAccountKey: string | null;
  /** The account's, which is this directory's and nobody else's. */
  readonly accountDirectory: string | null;
  readonly accountUrl: string | null;
  readonly lastTriedAt: string | null;
  readonly nextTryAt: string | null;
  readonly problem: string;
  readonly failures: number;
}

/** What holds until somebody chooses otherwise. */
export const noAcme: StoredAcme = {
  settings: {
    ...{ isEnabled: false, directory: "", email: "", names: [], bindingKeyId: "", authorityPem: "" },
    renewDaysBefore: 30,
  },
  ...{ sealedBindingKey: null, sealedAccountKey: null, accountDirectory: null, accountUrl: null },
  ...{ lastTriedAt: null, nextTryAt: null, problem: "", failures: 0 },
};

export async function readAcme(queries: Queries): Promise<StoredAcme> {
  const row = await queries.selectFrom("acme").selectAll().executeTakeFirst();
  if (row === undefined) return noAcme;
  return {
    settings: fromTable(AcmeSettings, JSON.parse(row.settings)),
    ...{ sealedBindingKey: row.binding_key, sealedAccountKey: row.account_key },
    ...{ accountDirectory: row.account_directory, accountUrl: row.account_url },
    ...{ lastTriedAt: row.last_tried_at, nextTryAt: row.next_try_at, problem: row.problem, failures: row.failures },
  };
}

/** Changes what is named and keeps the rest. */
export async function writeAcme(tx: Tx, change: Partial<StoredAcme>): Promise<void> {
  const kept = { ...(await readAcme(tx)), ...change };
  const columns = {
    settings: JSON.stringify(kept.settings),
    ...{ binding_key: kept.sealedBindingKey, account_key: kept.sealedAccountKey },
    ...{ account_directory: kept.accountDirectory, account_url: kept.accountUrl },
    ...{ last_tried_at: kept.lastTriedAt, next_try_at: kept.nextTryAt },
    ...{ problem: kept.problem, failures: kept.failures },
  };
  await tx
    .insertInto("acme")
    .values({ id: 1, ...columns })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
    .execute();
}
