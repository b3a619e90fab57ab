/** How a page of the appliance stays as the appliance is. */
import { untrack } from "svelte";
import { visitor } from "../visitor.svelte.ts";
import { box } from "./box.svelte.ts";

/**
 * For an `$effect`: loads now, after each sign-in and whenever the appliance is back; with `everyMs` also from time to
 * time, as long as the page is seen and the appliance answers.
 */
export function keepFresh(load: () => Promise<void>, everyMs = 0): () => void {
  void visitor.signIns;
  void box.returns;
  untrack(() => void load());
  if (everyMs === 0) return () => {};
  const timer = setInterval(() => {
    if (box.isWatched && !visitor.isSignInLost && box.awaySince === null) void load();
  }, everyMs);
  return () => clearInterval(timer);
}
