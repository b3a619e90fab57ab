/** Jump Groups for whoever types a name: pickers ask as one types, since there may be thousands. */
import type { JumpGroupChoices } from "../../protocol/api/administration.ts";
import type { Queries } from "../database/database.ts";
import { namesHolding } from "./store.ts";

/** Offered at once; who looks for another types more of its name. */
const OFFERED = 50;

/** The first of those for many whose names hold all these words, by name. */
export async function jumpGroupsNamed(queries: Queries, search: string): Promise<JumpGroupChoices> {
  return { jumpGroups: await namesHolding(queries, search, OFFERED) };
}
