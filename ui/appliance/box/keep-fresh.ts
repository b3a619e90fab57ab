/** How a page of the appliance stays as the appliance is. */
import { untrack } from "svelte";
import { inBackground } from "../../connection/api.ts";
import type { Asked } from "../../connection/resource.svelte.ts";
import { visitor } from "../visitor.svelte.ts";
import { box } from "./box.svelte.ts";

/**
 * For an `$effect`: loads now, after each sign-in and whenever the appliance is back; with `everyMs` also from time to
 * time, in the background, as long as the page is seen and the appliance answers.
 */
export function keepFresh(load: (asked: Asked) => Promise<void>, everyMs = 0): () => void {
  void visitor.signIns;
  // Nobody asks when the appliance is back. (Who then goes to another page is noticed by the click itself.)
  const asked = box.returns === 0 ? {} : inBackground;
  untrack(() => void load(asked));
  if (everyMs === 0) return () => {};
  const timer = setInterval(() => {
    if (!document.hidden && !visitor.isSignInLost && box.awaySince === null) void load(inBackground);
  }, everyMs);
  return () => clearInterval(timer);
}
