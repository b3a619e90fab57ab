/** Sentences with {0}, {1} for what is filled in: by their pattern one knows which of them a text is. Pure. */

/** A text taken apart: which sentence it is, and what is filled in. */
export interface SentenceParts<S extends string> {
  readonly line: S;
  readonly values: readonly string[];
}

/** Reads texts by these sentences; of two that fit the first counts. What it returns gives null for any other text. */
export function sentenceReader<S extends string>(sentences: readonly S[]): (text: string) => SentenceParts<S> | null {
  const patterns = sentences.map((line) => ({ line, pattern: patternOf(line) }));
  return (text) => {
    for (const { line, pattern } of patterns) {
      const found = pattern.exec(text);
      if (found !== null) return { line, values: found.slice(1) };
    }
    return null;
  };
}

function patternOf(sentence: string): RegExp {
  const quoted = sentence.replaceAll(/[.*+?^$()|[\]\\]/gu, String.raw`\$&`);
  return new RegExp(`^${quoted.replaceAll(/\{\d\}/gu, "(.+?)")}$`, "su");
}
