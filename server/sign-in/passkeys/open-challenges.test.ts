import { describe, expect, test } from "bun:test";
import { TestClock } from "../../test/test-clock.ts";
import { OpenChallenges } from "./open-challenges.ts";

const address = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

describe("challenges before anybody has said who they are", () => {
  test("NA9 one is taken once, within five minutes, and only if it was given", () => {
    const clock = new TestClock();
    const challenges = new OpenChallenges(clock);
    const [first, second] = [challenges.begin("192.0.2.1"), challenges.begin("192.0.2.1")];
    expect([challenges.take(first), challenges.take(first), challenges.take("A".repeat(43))]).toEqual([
      true,
      false,
      false,
    ]);
    clock.advance(5 * 60_000);
    expect(challenges.take(second)).toBe(false);
  });

  test("a flood from many networks pushes out itself, and never who came before or after from elsewhere", () => {
    const challenges = new OpenChallenges(new TestClock());
    const before = challenges.begin("192.0.2.1");
    const flood = times(100 * 400, (index) => challenges.begin(address(index % 100)));
    const after = challenges.begin("192.0.2.2");
    const more = times(5000, (index) => challenges.begin(address(index % 100)));
    expect([challenges.take(before), challenges.take(after)]).toEqual([true, true]);
    const left = [...flood, ...more].filter((challenge) => challenges.take(challenge)).length;
    expect(left).toBe(20_000 - 2);
  });

  test("of one network, by the first 64 bits of an IPv6 address, the oldest of four hundred makes room", () => {
    const challenges = new OpenChallenges(new TestClock());
    const given = times(401, (index) => challenges.begin(`2001:db8::${index.toString(16)}`));
    expect([challenges.take(given[0]!), challenges.take(given[1]!), challenges.take(given[400]!)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
