import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Log } from "../log.ts";
import type { ApplianceSignIns } from "./sign-ins.ts";

/**
 * What every change of the appliance itself needs: one transaction for it and its audit event, dated by the clock, in which
 * its administrator's sign-in is asked for once more; and the log, for what comes of it later.
 */
export interface ApplianceChangeNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly applianceSignIns: ApplianceSignIns;
}
