import type { Tx } from "../database/database.ts";

/** The Jump Group every site starts with. */
export async function insertFirstJumpGroup(tx: Tx, id: string, name: string, createdAt: string): Promise<void> {
  await tx.insertInto("jump_groups").values({ id, name, comments: "", created_at: createdAt }).execute();
}
