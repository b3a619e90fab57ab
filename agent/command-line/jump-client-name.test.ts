import { expect, test } from "bun:test";
import { jumpClientName } from "./jump-client-name.ts";

const named = (name: string) => jumpClientName(new Map([["name", name]]));

test("JC-06 a name is one line of at most 128 characters", () => {
  expect(jumpClientName(new Map())).toBeNull();
  expect(named(" Front desk 4 ")).toBe("Front desk 4");
  expect(named("n".repeat(128))).toHaveLength(128);
  for (const wrong of [" ", "n".repeat(129), "two\nlines", "\u001b[31mred"])
    expect(() => named(wrong)).toThrow("one line of 1 to 128 characters");
});
