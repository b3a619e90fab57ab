/** What pages offer to choose from: things that settings name, and people. */
import type { People, SettingChoices } from "../../protocol/api/users.ts";
import type { Clock } from "../clock.ts";
import type { Queries } from "../database/database.ts";
import { readChoices } from "./choices-store.ts";
import { findAccounts, readAccounts } from "./list-store.ts";

const PEOPLE = 50;

/** Everything that settings and filters may name. */
export async function settingChoices(queries: Queries): Promise<SettingChoices> {
  return await readChoices(queries);
}

/** The first people whose names hold all these words. */
export async function peopleNamed(queries: Queries, clock: Clock, search: string): Promise<People> {
  const { ids } = await findAccounts(queries, { search, limit: PEOPLE }, clock.now().toISOString());
  const accounts = await readAccounts(queries, ids);
  return {
    people: accounts.map(({ id, displayName, username, email }) => ({ id, name: displayName, username, email })),
  };
}
