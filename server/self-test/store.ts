import type { Queries, Tx } from "../database/database.ts";

/** What one self-test made, to be taken away again. */
export interface Traces {
  readonly account: string;
  readonly jumpGroup: string;
}

/** One row of the settings table while a self-test runs: what a test that was cut off has left. */
const SETTING = "selfTestTraces";

export async function insertTestGroup(tx: Tx, id: string, name: string, createdAt: string): Promise<void> {
  const row = { id, name, code_name: "appliance_self_test", comments: "", created_at: createdAt };
  await tx.insertInto("jump_groups").values(row).execute();
}

export async function writeTraces(tx: Tx, traces: Traces): Promise<void> {
  await tx
    .insertInto("settings")
    .values({ name: SETTING, value: JSON.stringify(traces) })
    .execute();
}

export async function readTraces(queries: Queries): Promise<string | null> {
  const row = await queries.selectFrom("settings").select("value").where("name", "=", SETTING).executeTakeFirst();
  return row?.value ?? null;
}

/** Takes away the account, the Jump Group, and what is left of installer and Jump Client in it. */
export async function deleteTraces(tx: Tx, { account, jumpGroup }: Traces): Promise<void> {
  await tx.deleteFrom("jump_clients").where("jump_group", "=", jumpGroup).execute();
  await tx.deleteFrom("installers").where("jump_group", "=", jumpGroup).execute();
  await tx.deleteFrom("jump_groups").where("id", "=", jumpGroup).execute();
  await tx.deleteFrom("sign_ins").where("representative", "=", account).execute();
  await tx.deleteFrom("representatives").where("id", "=", account).execute();
  await tx.deleteFrom("settings").where("name", "=", SETTING).execute();
}
