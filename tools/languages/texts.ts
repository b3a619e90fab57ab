/** All the texts of the user interface, as the source has them now. */
import { rewrite } from "./rewrite.ts";
import { sources } from "./sources.ts";

export interface Text {
  /** One form, or singular and plural. */
  readonly forms: readonly string[];
  /** Where it stands, sorted. */
  readonly files: readonly string[];
  /** What is filled in at the first place, as it is written there: a hint for who translates. */
  readonly values: readonly string[];
}

/** The name of a text in catalogs and in the pages: its English. */
export function textKey(forms: readonly string[]): string {
  return forms.join("\n");
}

/**
 * By key, in the order of the files and in them.
 * @throws {Error} naming the file that cannot be read
 */
export async function allTexts(): Promise<ReadonlyMap<string, Text>> {
  const texts = new Map<string, Text>();
  for (const file of sources()) {
    for (const { forms, values } of await textsOf(file)) {
      const key = textKey(forms);
      const known = texts.get(key);
      if (known === undefined) texts.set(key, { forms, files: [file], values });
      else if (!known.files.includes(file)) texts.set(key, { ...known, files: [...known.files, file] });
    }
  }
  return texts;
}

async function textsOf(file: string): Promise<Awaited<ReturnType<typeof rewrite>>["texts"]> {
  try {
    return (await rewrite(await Bun.file(file).text(), file, "")).texts;
  } catch (cause) {
    throw new Error(`${file} could not be read for its texts.`, { cause });
  }
}
