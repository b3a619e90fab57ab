import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/**
 * What a table keeps as JSON, by its shape. What the shape does not know, such as a rule of a former release, is taken
 * out of the value itself. TypeBox would also copy it, fill in defaults and make numbers of texts by itself; no shape asks
 * for that, and loading what does it took 3 ms of each start.
 * @throws {Error} where it does not fit
 */
export function fromTable<S extends TSchema>(shape: S, value: unknown): Static<S> {
  return Value.Parse(["Clean", "Assert"], shape, value) as Static<S>;
}
