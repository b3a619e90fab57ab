import { expect, test } from "bun:test";
import { errorCodes } from "../../protocol/errors.ts";
import { accountSettings } from "../../protocol/account-settings.ts";
import { auditActions } from "../../protocol/audit.ts";
import { permissions } from "../../protocol/permissions.ts";
import { catalogFile, catalogLanguages, formsOf, readCatalog } from "./catalog.ts";
import { type FoundText, rewrite } from "./rewrite.ts";
import { mayHaveTexts, sources } from "./sources.ts";
import { allTexts, textKey } from "./texts.ts";

const texts = await allTexts();

/** Values and elements of a text, sorted: a translation has the same, in any order. */
function parts(text: string): readonly string[] {
  return [...text.matchAll(/\{\d+\}|<\/?\d+\/?>|#/gu)].map(([part]) => part).sort();
}

for (const language of catalogLanguages()) {
  test(`every text of the pages has its ${language}, and nothing else has`, async () => {
    const catalog = readCatalog(await Bun.file(catalogFile(language)).text());
    const isMissing = (key: string): boolean => catalog.get(key)?.every((form) => form !== "") !== true;
    expect([...texts.keys()].filter(isMissing)).toEqual([]);
    expect([...catalog.keys()].filter((key) => !texts.has(key))).toEqual([]);
  });

  test(`what is filled in and what is marked up is in the ${language} too`, async () => {
    const catalog = readCatalog(await Bun.file(catalogFile(language)).text());
    for (const [key, { forms }] of texts) {
      const translated = catalog.get(key) ?? [];
      if (forms.length > 1) expect(translated).toHaveLength(formsOf(language));
      for (const form of translated.filter((one) => one !== "")) {
        expect({ key, parts: parts(form) }).toEqual({ key, parts: parts(forms.at(-1) ?? "") });
      }
    }
  });
}

test("sentences of the protocol that pages show are among the texts", () => {
  const named = [...Object.values(permissions), ...Object.values(accountSettings)];
  const sentences = [
    ...named.flatMap(({ group, name, sentence }) => [group, name, sentence]),
    ...Object.values(auditActions),
  ];
  expect(sentences.filter((sentence) => !texts.has(sentence))).toEqual([]);
});

test("every text is asked for by the very key its translations have", async () => {
  for (const file of sources().filter(mayHaveTexts)) {
    const { texts: found, output } = await rewrite(await Bun.file(file).text(), file, "say");
    const isAsked = ({ forms }: FoundText): boolean => output?.code.includes(JSON.stringify(textKey(forms))) === true;
    expect({ file, lost: found.filter((text) => !isAsked(text)) }).toEqual({ file, lost: [] });
  }
});

test("every code of a refusal has a sentence", async () => {
  const source = await Bun.file("ui/connection/refusal-words.ts").text();
  const isMissing = (code: string): boolean =>
    !new RegExp(`^ {2}"?${code.replaceAll(".", "\\.")}"?: "`, "mu").test(source);
  expect(errorCodes.filter(isMissing)).toEqual([]);
});
