import type { PolicySettings } from "../../../protocol/account-settings.ts";
import type { Core } from "../../core.ts";
import { newId } from "../../new-id.ts";

/** A group policy as an administrator would have made it; returns its id. */
export async function insertGroupPolicy(core: Core, name: string, settings: PolicySettings): Promise<string> {
  const id = newId<string>();
  const row = { id, position: 1, name, description: "", settings: JSON.stringify(settings), version: 1 };
  await core.database.queries
    .insertInto("group_policies")
    .values({ ...row, created_at: core.clock.now().toISOString() })
    .execute();
  await core.policyBook.changed();
  return id;
}
