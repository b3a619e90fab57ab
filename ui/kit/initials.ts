/** What an avatar shows of a name. */

/** One or two capitals: of the first and the last word, or the first two letters of a single word. "?" for nothing. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._@-]+/u)
    .filter((word) => word !== "");
  const first = words[0];
  if (first === undefined) return "?";
  const last = words.at(-1);
  const letters = words.length > 1 && last !== undefined ? [[...first][0], [...last][0]] : [...first].slice(0, 2);
  return letters.join("").toUpperCase();
}

/** One of the four tones of .avatar, the same for the same name. */
export function hueOf(name: string): 1 | 2 | 3 | 4 {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return ((sum % 4) + 1) as 1 | 2 | 3 | 4;
}
