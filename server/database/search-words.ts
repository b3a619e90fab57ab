/** What people type to find something, as patterns for SQL's GLOB. Pure. */

/** Words looked for in one search; more of them cost more and find no better. */
const MAX_SEARCH_WORDS = 16;

/**
 * A pattern for each word, which a text that holds the word in whatever case fits. SQLite's LIKE knows the two cases of
 * ASCII letters alone; a GLOB that names both knows everybody's.
 */
export const searchPatterns = (search: string): string[] =>
  search
    .split(/\s+/u)
    .filter((word) => word !== "")
    .slice(0, MAX_SEARCH_WORDS)
    .map((word) => `*${Array.from(word, bothCases).join("")}*`);

function bothCases(character: string): string {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  const single = [lower, upper].filter((text) => Array.from(text).length === 1);
  if (single.length === 2 && lower !== upper) return `[${lower}${upper}]`;
  return /[*?[]/u.test(character) ? `[${character}]` : character;
}
