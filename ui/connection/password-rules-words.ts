/** The rules for a new password in the page's language. The server says them in one English sentence or three. */

const RULES =
  /^At least (?<length>\d+) characters(?:, with (?<kinds>\d) of: [^.]+)?\. Without your user name\.(?: None of the last (?<last>\d+)\.)?$/u;

/** @param text as the server says them; it comes back as it is where it reads differently. */
export function rulesInWords(text: string): string {
  const found = RULES.exec(text)?.groups;
  if (found === undefined) return text;
  const { length, kinds, last } = found;
  const sentences = [
    kinds === undefined
      ? `At least ${length} characters.`
      : `At least ${length} characters, with ${kinds} of: small letters, capitals, digits, other characters.`,
    "Without your user name.",
    ...(last === undefined ? [] : [`None of the last ${last}.`]),
  ];
  return sentences.join(" ");
}
