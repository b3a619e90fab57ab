/** Sentences one after the other. Pure. */

/** Joins them as people write them: after a full stop of Japanese there is no space. What is empty is left out. */
export function joinSentences(sentences: readonly string[]): string {
  return sentences
    .filter((sentence) => sentence !== "")
    .reduce((text, sentence) => (text === "" || text.endsWith("。") ? text + sentence : `${text} ${sentence}`), "");
}
