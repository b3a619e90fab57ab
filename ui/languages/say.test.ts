import { afterEach, expect, test } from "bun:test";
import { languageFor } from "./languages.ts";
import { plural } from "./plural.ts";
import { cutText, say, speak } from "./say.ts";

afterEach(() => speak(languageFor([]), {}));

test("a text is said in the language that is spoken, in English where it is not translated", () => {
  expect(say("{0} is gone.", ["ada"])).toBe("ada is gone.");
  speak(languageFor(["de"]), { "{0} is gone.": "{0} ist fort.", "{0} of {1}": "von {1} sind es {0}" });
  expect(say("{0} is gone.", ["ada"])).toBe("ada ist fort.");
  expect(say("{0} of {1}", [2, 3])).toBe("von 3 sind es 2");
  expect(say("Not known")).toBe("Not known");
  expect(say("constructor")).toBe("constructor");
});

test("elements of a sentence may stand elsewhere in another language", () => {
  expect(cutText("Under <0>My <1/> account</0>, {0}.")).toEqual(["Under ", [0, "My ", [1], " account"], ", ", 0, "."]);
  speak(languageFor(["ja"]), { "Under <0>My account</0>.": "<0>アカウント</0>で。" });
  expect(say.c("Under <0>My account</0>.")).toEqual([[0, "アカウント"], "で。"]);
  expect(say.x([0, "of ", 1, "!"], ["a", "b"])).toBe("of b!");
});

test("a text whose elements are not closed is said all the same", () => {
  expect(cutText("one <0>two")).toEqual(["one ", [0, "two"]]);
  expect(cutText("one</0> two")).toEqual(["one", " two"]);
});

test("a count takes the form its language has for it", () => {
  const forms = ["# user", "# users"];
  expect([0, 1, 2, 24_118].map((count) => plural(count, forms))).toEqual([
    "0 users",
    "1 user",
    "2 users",
    "24,118 users",
  ]);
  speak(languageFor(["fr"]), { "# user\n# users": "# utilisateur\n# utilisateurs" });
  expect(plural(0, say.p("# user\n# users"))).toBe("0 utilisateur");
  expect(plural(2_000_000, say.p("# user\n# users"))).toMatch(/^2\s000\s000 utilisateurs$/u);
  speak(languageFor(["ja"]), { "# user\n# users": "ユーザー # 人" });
  expect(plural(1, say.p("# user\n# users"))).toBe("ユーザー 1 人");
});
