import type { Answers, Asks, SystemAction } from "../../protocol/appliance/system-actions.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ActionHandler, ActionTable } from "../actions/actions.ts";
import { askHelper } from "../actions/helper-client.ts";

/** Nobody leaves while the console waits, and nothing it asks takes long enough to tell how far it is. */
const CALL = { signal: new AbortController().signal, report: () => {} };

/**
 * Asks the helper, so that there is one place that changes the system; where it does not run, as in an emergency, the same
 * actions are done here.
 */
export function answersFrom(socket: string, table: ActionTable) {
  return async <A extends SystemAction>(action: A, asks: Asks<A>): Promise<Answers<A>> => {
    try {
      return await askHelper(socket, action, asks);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "system.unavailable") throw error;
      return await (table[action] as ActionHandler<A>)(asks, CALL);
    }
  };
}
