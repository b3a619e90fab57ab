import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { PolicyBook } from "./policy-book.ts";

/**
 * What every change needs that rights follow from: one transaction for it and its audit event, dated by the clock; and the
 * policy book, which says who may make it and is told after the commit.
 */
export interface RightsChangeNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
}
