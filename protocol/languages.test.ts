import { expect, test } from "bun:test";
import { languageOfTag } from "./languages.ts";

test("a browser's tag and a desktop's locale name a language that is spoken, or none", () => {
  expect(["de", "de-AT", "DE_de.UTF-8", "ja_JP.eucJP", "fr@euro", "es_419"].map(languageOfTag)).toEqual([
    ...(["de", "de", "de", "ja", "fr", "es"] as const),
  ]);
  expect(["", "C", "C.UTF-8", "POSIX", "pt-BR", "den", "_de"].map(languageOfTag)).toEqual(Array(7).fill(null));
});
