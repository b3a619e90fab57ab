import { describe, expect, test } from "bun:test";
import { chooseCodeName, codeNameFrom } from "./code-name.ts";

describe("code names", () => {
  test("a display name of any script becomes one", () => {
    const names: [string, string][] = [
      ["Front Desks", "front_desks"],
      ["Größe & Co.", "grosse_co"],
      ["Équipe d'été", "equipe_d_ete"],
      ["東京", "unnamed"],
      ["🙂", "unnamed"],
      ["_x_", "x"],
      ["a".repeat(128), "a".repeat(58)],
    ];
    for (const [name, expected] of names) expect(codeNameFrom(name)).toBe(expected);
  });

  test("one that is made gives way, one that is wished does not", async () => {
    const taken = new Set(["desks", "desks_2"]);
    const isTaken = async (codeName: string) => taken.has(codeName);
    expect(await chooseCodeName(undefined, "Desks", isTaken)).toBe("desks_3");
    expect(await chooseCodeName("", "Desks", isTaken)).toBe("desks_3");
    expect(await chooseCodeName("front", "Desks", isTaken)).toBe("front");
    expect(await chooseCodeName("desks", "Desks", isTaken).catch(String)).toContain("is taken");
  });
});
