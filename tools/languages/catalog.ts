/** Catalogs: one PO file a language, in the order of the source, without line numbers, so that a change shows what changed. */
import { readdirSync } from "node:fs";
import PO from "pofile";
import { type Text, textKey } from "./texts.ts";

export const CATALOG_FOLDER = "ui/languages";

/** How many forms a plural has, and which is taken, as PO files tell it. */
const PLURALS: Readonly<Record<string, string>> = {
  de: "nplurals=2; plural=(n != 1);",
  es: "nplurals=2; plural=(n != 1);",
  fr: "nplurals=2; plural=(n > 1);",
  ja: "nplurals=1; plural=0;",
};

/** pofile's own types leave out what its constructor takes: how many forms an untranslated plural is written with. */
const CatalogItem = PO.Item as unknown as new (options: { nplurals: number }) => InstanceType<typeof PO.Item>;

/** Key to the translation's forms, "" where one is missing. */
export type Translations = ReadonlyMap<string, readonly string[]>;

/** The languages that have a catalog: "de", "es" … */
export function catalogLanguages(): readonly string[] {
  return readdirSync(CATALOG_FOLDER)
    .filter((file) => file.endsWith(".po"))
    .map((file) => file.slice(0, -3))
    .sort();
}

export function catalogFile(language: string): string {
  return `${CATALOG_FOLDER}/${language}.po`;
}

/** @throws {Error} for a language whose plurals are not known here */
export function formsOf(language: string): number {
  const plurals = PLURALS[language];
  if (plurals === undefined) throw new Error(`Say in tools/languages/catalog.ts what plurals "${language}" has.`);
  return Number(/\d+/u.exec(plurals)?.[0]);
}

/** @param content of a PO file */
export function readCatalog(content: string): Translations {
  const items = PO.parse(content).items.filter((item) => !item.obsolete);
  return new Map(
    items.map(({ msgid, msgid_plural: plural, msgstr }) => [textKey(plural ? [msgid, plural] : [msgid]), msgstr]),
  );
}

/** The content of a PO file: every text, with the translations there are. What the source no longer has is left out. */
export function writeCatalog(language: string, texts: ReadonlyMap<string, Text>, known: Translations): string {
  const catalog = new PO();
  catalog.headers = {
    Language: language,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": PLURALS[language] ?? "",
  };
  catalog.items = [...texts].map(([key, text]) => item(text, known.get(key) ?? [], formsOf(language)));
  return `${catalog.toString().trimEnd()}\n`;
}

function item(
  { forms, files, values }: Text,
  translated: readonly string[],
  plurals: number,
): InstanceType<typeof PO.Item> {
  const made = new CatalogItem({ nplurals: plurals });
  const [singular = "", plural] = forms;
  made.msgid = singular;
  if (plural !== undefined) made.msgid_plural = plural;
  made.msgstr =
    plural === undefined ? [translated[0] ?? ""] : Array.from({ length: plurals }, (_, at) => translated[at] ?? "");
  made.references = [...files];
  made.extractedComments = values.map((value, at) => `{${at}}: ${value.replaceAll(/\s+/gu, " ").trim()}`);
  return made;
}

/** What the pages load: English to translation, forms of a plural a line each. What is not translated stays English. */
export function pageCatalog(translations: Translations): Readonly<Record<string, string>> {
  const whole = [...translations].filter(([, forms]) => forms.length > 0 && forms.every((form) => form !== ""));
  return Object.fromEntries(whole.map(([key, forms]) => [key, forms.join("\n")]));
}
