/** The tree of Jump Groups beside the console's Jump Items: a page of it at a time, each opened when somebody asks. */
import type { JumpGroupBranch, JumpGroupNode, JumpGroupTree, JumpGroupTreeQuery } from "../../protocol/api/console.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import type { Database } from "../database/database.ts";
import type { JumpItemSight } from "./jump-item-sight.ts";
import { countOf } from "./store.ts";
import { findGroup, pageOfGroups, tagsOfGroup } from "./tree-store.ts";

export class JumpGroupsInSight {
  constructor(
    private readonly database: Database,
    private readonly sight: JumpItemSight,
  ) {}

  /** Those somebody sees, with how many Jump Items they see in all. */
  async tree(query: JumpGroupTreeQuery, actor: Actor): Promise<JumpGroupTree> {
    const { queries } = this.database;
    const seen = this.sight.of(actor);
    const { rows, total } = await pageOfGroups(queries, query, seen);
    return {
      total: await countOf(queries, { query: {}, words: [], seen }),
      frequent: await countOf(queries, { query: { frequent: true }, words: [], seen }),
      jumpGroups: rows.map(shown),
      totalGroups: total,
    };
  }

  /** One with its tags. @throws {AppError} not_found, also for one this person may not see */
  async branch(id: string, actor: Actor): Promise<JumpGroupBranch> {
    const { queries } = this.database;
    const seen = this.sight.of(actor);
    const row = seen === null || seen.has(id) ? await findGroup(queries, id) : null;
    if (row === null) throw new AppError("not_found", "This Jump Group is not there any more.");
    return { ...shown(row), tags: await tagsOfGroup(queries, id) };
  }
}

function shown({
  id,
  name,
  owner,
  owner_name: ownerName,
  total,
}: Awaited<ReturnType<typeof findGroup>> & {}): JumpGroupNode {
  const personal = owner === null ? {} : { owner: { id: owner, name: ownerName ?? "" } };
  return { id, name, total: Number(total), ...personal };
}
