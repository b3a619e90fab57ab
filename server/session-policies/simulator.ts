/** The session policy simulator's way in: looks up who and what, then asks the decision that runs (SPOL-08). */
import type { Static } from "@sinclair/typebox";
import type { Simulate, Simulation, SimulationChoices } from "../../protocol/api/policies.ts";
import { AppError } from "../../protocol/errors.ts";
import type { JumpClients } from "../jump-clients/jump-clients.ts";
import { simulate } from "../policy/simulate.ts";
import { peopleNamed } from "../representatives/choices.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { checkRules } from "./session-rules.ts";
import { findJumpItems } from "./store.ts";

const CHOICES = 50;

export class SessionPolicySimulator {
  constructor(
    private readonly needs: RightsChangeNeeds,
    private readonly jumpClients: Pick<JumpClients, "decisionItem">,
  ) {}

  /** @throws {AppError} not_found (who, what or which session policy), request.invalid (edited rules) */
  async simulate(asked: Static<typeof Simulate>): Promise<Simulation> {
    const { policyBook, clock } = this.needs;
    const { edited, presence } = asked;
    const rights = await policyBook.rightsOf(asked.representative);
    const jumpItem = asked.jumpItem === null ? null : await this.jumpClients.decisionItem(asked.jumpItem);
    if (asked.jumpItem !== null && jumpItem === null)
      throw new AppError("not_found", "This Jump Item is not there any more. Choose another one.");
    const policies = policyBook.current();
    if (edited !== null) {
      checkRules(edited.rules);
      if (edited.sessionPolicy !== "global" && !policies.sessionPolicies.has(edited.sessionPolicy))
        throw new AppError("not_found", "This session policy does not exist any more.");
    }
    return simulate({ rights, jumpItem, presence, policies, edited, now: clock.now() });
  }

  /** Whom and what one may simulate with: the first whose names hold the text. */
  async choices(search: string): Promise<Static<typeof SimulationChoices>> {
    const { database, clock } = this.needs;
    const { people } = await peopleNamed(database.queries, clock, search);
    const representatives = people.map(({ id, name }) => ({ id, name }));
    return { representatives, jumpItems: await findJumpItems(database.queries, search, CHOICES) };
  }
}
