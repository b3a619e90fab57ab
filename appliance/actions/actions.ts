import type { Answers, Asks, SystemAction } from "../../protocol/appliance/system-actions.ts";

/** What an action has beside what is asked. */
export interface ActionCall {
  /** Aborted when whoever asked is gone. */
  readonly signal: AbortSignal;
  /** Tells whoever asked how far it is. */
  report(done: number, total: number): void;
}

/** Does one action. @throws {AppError} where it refuses */
export type ActionHandler<A extends SystemAction> = (
  asks: Asks<A>,
  call: ActionCall,
) => Promise<Answers<A>> | Answers<A>;

/** What does each action. An action without an entry does not compile. */
export type ActionTable = { readonly [A in SystemAction]: ActionHandler<A> };
