/** Whether who asks for access had a hand in the account that would answer: then it is no second person's word (NA37). */
import type { Queries } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { answeringTeam } from "../policy/jump-start.ts";
import type { DecisionJumpItem } from "../policy/policies.ts";
import { handsIn } from "../representatives/hands.ts";

/** For one account's answers; asks once for each team. */
export class AskersHands {
  readonly #known = new Map<string | null, ReadonlySet<string>>();

  constructor(
    private readonly queries: Queries,
    private readonly policyBook: PolicyBook,
    private readonly answering: string,
  ) {}

  /** An administrator's do not count: they may take the question itself away, and made everybody at a small site. */
  async isIn(asker: string, jumpItem: DecisionJumpItem): Promise<boolean> {
    const team = answeringTeam(jumpItem, this.policyBook.current());
    const hands = this.#known.get(team) ?? (await handsIn(this.queries, this.answering, team));
    this.#known.set(team, hands);
    return hands.has(asker) && (await this.policyBook.find(asker))?.isAdministrator !== true;
  }
}
