import { expect, test } from "bun:test";
import { languageAmong } from "./language.ts";
import { languageFor, languages } from "./languages.ts";

const none = { console: "", account: "", browser: "" };

test("the first language of the browser that is spoken here counts, and English where none is", () => {
  expect(languageFor(["pt-BR", "fr-CA", "de"]).code).toBe("fr");
  expect(languageFor(["pt-BR"]).code).toBe("en");
  expect(languageFor([]).code).toBe("en");
});

test("LOGIN-25 the account's language counts in administration and in the console", () => {
  const choices = { ...none, account: "de", browser: "fr" };
  expect(languageAmong(choices, "login", ["es"]).code).toBe("de");
  expect(languageAmong(choices, "console", ["es"]).code).toBe("de");
});

test("LOGIN-26 the console's own language counts in the console alone", () => {
  const choices = { ...none, account: "de", console: "ja" };
  expect(languageAmong(choices, "console", []).code).toBe("ja");
  expect(languageAmong(choices, "login", []).code).toBe("de");
  expect(languageAmong({ ...none, console: "ja" }, "login", ["es"]).code).toBe("es");
});

test("what no page speaks is no choice", () => {
  expect(languageAmong({ console: "xx", account: "", browser: "es" }, "console", ["de"]).code).toBe("es");
});

test("every language names itself and knows how to write a date", () => {
  for (const { code, name, locale, plurals } of languages) {
    expect(new Intl.DisplayNames([locale], { type: "language" }).of(code)?.toLowerCase()).toBe(name.toLowerCase());
    expect(plurals).toContain("other");
  }
});
