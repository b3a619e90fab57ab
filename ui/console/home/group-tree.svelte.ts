/** The tree of Jump Groups as far as it was looked at: a first page, more as one scrolls or searches, and the one that is open. */
import { JumpGroupBranch, type JumpGroupNode, JumpGroupTree } from "../../../protocol/api/console.ts";
import { AppError } from "../../../protocol/errors.ts";
import { api } from "../../connection/api.ts";
import type { Asked } from "../../connection/resource.svelte.ts";

/** Jump Groups asked for at once; the server gives no more than this many either. */
const PAGE = 100;
const MOST = 500;

export class GroupTree {
  /** null before the first answer. */
  tree: JumpGroupTree | null = $state.raw(null);
  /** The Jump Group that is chosen, with its tags; null: none, or not known yet. */
  open: JumpGroupBranch | null = $state.raw(null);
  error = $state("");
  search = $state("");
  /** Jump Groups there are without a search. */
  groups = $state(0);
  #turn = 0;
  #isLoadingMore = false;

  /** What is shown, loaded again; and the one that is open. Never throws: look at `error`. */
  async load(chosen: string | null, asked: Asked): Promise<void> {
    const turn = ++this.#turn;
    const shown = this.tree?.jumpGroups.length ?? 0;
    const limit = Math.min(MOST, Math.max(PAGE, Math.ceil(shown / PAGE) * PAGE));
    try {
      const [tree, open] = await Promise.all([
        this.#page(0, limit, asked),
        chosen === null ? null : branchOf(chosen, asked),
      ]);
      if (turn !== this.#turn) return;
      this.tree = tree;
      this.open = open;
      if (this.search === "") this.groups = tree.totalGroups;
      this.error = "";
    } catch (error) {
      if (turn === this.#turn) this.error = error instanceof Error ? error.message : String(error);
    }
  }

  /** Whether there are Jump Groups below those that are shown. */
  get hasMore(): boolean {
    return this.tree !== null && this.tree.jumpGroups.length < this.tree.totalGroups;
  }

  /** The next page below. */
  async more(): Promise<void> {
    const [{ tree }, turn] = [this, this.#turn];
    if (tree === null || this.#isLoadingMore) return;
    this.#isLoadingMore = true;
    try {
      const next = await this.#page(tree.jumpGroups.length, PAGE);
      if (turn === this.#turn) this.tree = { ...next, jumpGroups: different([...tree.jumpGroups, ...next.jumpGroups]) };
    } catch (error) {
      if (turn === this.#turn) this.error = error instanceof Error ? error.message : String(error);
    } finally {
      this.#isLoadingMore = false;
    }
  }

  #page(offset: number, limit: number, asked: Asked = {}): Promise<JumpGroupTree> {
    const search = this.search.trim();
    const query = { offset, limit, ...(search === "" ? {} : { search }) };
    return api.get("/api/console/jump-groups", JumpGroupTree, { ...asked, query });
  }
}

/** null: it is gone, or no longer ours to see. */
async function branchOf(id: string, asked: Asked): Promise<JumpGroupBranch | null> {
  try {
    return await api.get(`/api/console/jump-groups/${id}`, JumpGroupBranch, asked);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  }
}

/** One that was made above meanwhile moves others to the next page, where they come a second time. */
const different = (groups: readonly JumpGroupNode[]): JumpGroupNode[] => [
  ...new Map(groups.map((group) => [group.id, group])).values(),
];
