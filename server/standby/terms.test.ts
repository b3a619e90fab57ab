import { describe, expect, test } from "bun:test";
import { meet, type Standing } from "./terms.ts";

const primary = (term: number, hasYielded = false): Standing => ({ role: "primary", term, hasYielded });
const standby = (term: number): Standing => ({ role: "standby", term, hasYielded: false });

describe("what two appliances that meet make of each other", () => {
  test.each<[Standing, Standing, string]>([
    [primary(1), standby(1), "feed"],
    [primary(2), standby(1), "feed"],
    [primary(1), standby(2), "conflict"],
    [primary(1, true), standby(1), "serve-on"],
    [primary(1), primary(2), "step-back"],
    [primary(1, true), primary(2), "step-back"],
    [primary(2), primary(1), "wait"],
    [primary(2), primary(1, true), "wait"],
    [primary(1), primary(1), "conflict"],
    [standby(1), primary(1), "follow"],
    [standby(1), primary(3), "follow"],
    [standby(2), primary(1), "conflict"],
    [standby(1), primary(1, true), "wait"],
    [standby(1), standby(1), "conflict"],
  ])("%p meets %p: %s", (own, theirs, kind) => {
    expect(meet(own, theirs).kind).toBe(kind as ReturnType<typeof meet>["kind"]);
  });

  test("B34 of two that have met at most one serves, whatever their terms", () => {
    const all = [0, 1, 2, 3].flatMap((term) => [primary(term), primary(term, true), standby(term)]);
    const serves = (own: Standing, theirs: Standing): boolean => {
      const { kind } = meet(own, theirs);
      const staysPrimary = own.role === "primary" && kind !== "step-back";
      return staysPrimary && (!own.hasYielded || kind === "serve-on");
    };
    for (const own of all)
      for (const theirs of all) {
        // Two that serve in one term is what no change of roles makes; a person is asked then.
        const isAsked = meet(own, theirs).kind === "conflict";
        expect(isAsked || !(serves(own, theirs) && serves(theirs, own))).toBe(true);
      }
  });
});
