/** What two appliances that meet make of each other. Pure. */

/** What each says of itself. */
export interface Standing {
  readonly role: "primary" | "standby";
  readonly term: number;
  readonly hasYielded: boolean;
}

export type Meeting =
  /** I serve, the other one follows me. */
  | { readonly kind: "feed" }
  /** The other one serves, I follow it, in its term. */
  | { readonly kind: "follow"; readonly term: number }
  /** The other one serves since: I step back. */
  | { readonly kind: "step-back"; readonly term: number }
  /** I gave my role away and it was not taken: I serve on. */
  | { readonly kind: "serve-on" }
  /** The other one will see that it has to step back. */
  | { readonly kind: "wait" }
  /** What the two say does not go together; a person has to decide. */
  | { readonly kind: "conflict"; readonly problem: string };

/**
 * INVARIANT: two that have met never both serve: of two primaries the one with the lower term steps back, and a standby
 * becomes the primary only by raising the term.
 */
export function meet(own: Standing, theirs: Standing): Meeting {
  if (own.role === "primary" && theirs.role === "primary") return meetOfPrimaries(own, theirs);
  if (own.role === "standby" && theirs.role === "standby")
    return conflict(
      "Both appliances are standbys, so neither serves the site. Change roles by force at the one that has its newest data.",
    );
  if (own.role === "standby") {
    if (theirs.term < own.term)
      return conflict(
        "The other appliance serves an older state of the site than this one has, as after its disk was set back. Change roles by force here, or end the pair at both and invite anew.",
      );
    // It gave its role away, to whom but us; it has to hear first that we did not take it.
    return theirs.hasYielded ? { kind: "wait" } : { kind: "follow", term: theirs.term };
  }
  if (theirs.term > own.term)
    return conflict(
      "The other appliance has a newer state of the site than the one served here, as after this disk was set back. Change roles by force there, or end the pair at both and invite anew.",
    );
  return own.hasYielded ? { kind: "serve-on" } : { kind: "feed" };
}

function meetOfPrimaries(own: Standing, theirs: Standing): Meeting {
  if (theirs.term > own.term) return { kind: "step-back", term: theirs.term };
  if (theirs.term < own.term) return { kind: "wait" };
  return conflict(
    "Both appliances serve the site, and neither took over from the other, as after a disk was copied. End the pair at both, switch one of them off, and invite anew.",
  );
}

const conflict = (problem: string): Meeting => ({ kind: "conflict", problem });
