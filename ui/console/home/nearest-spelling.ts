/** What somebody may have meant by a search that finds nothing: words that are there and are spelled almost so. */
import type { JumpItemRow } from "../../../protocol/api/console.ts";

/** What of a Jump Item may have been meant. */
type Spelled = Pick<JumpItemRow, "name" | "hostName" | "tag" | "jumpGroupName">;

/** Asks for the first Jump Items that have a text, and how many there are. */
export type AskJumpItems = (search: string) => Promise<{ readonly rows: readonly Spelled[]; readonly total: number }>;

/** A search that finds something. */
export interface Suggestion {
  readonly search: string;
  readonly total: number;
}

/** Words looked at; each costs up to four questions to the server. */
const MAX_WORDS = 3;
/** Shorter words have too many neighbours to guess at. */
const MIN_LETTERS = 4;

/** How many letters may differ: one, in longer words two. */
function allowedErrors(word: string): number {
  return word.length >= 6 ? 2 : 1;
}

/**
 * The word cut into one piece more than it may have errors: at least one piece of the word that was meant is right, so
 * asking for each piece finds it.
 */
export function piecesOf(word: string): readonly string[] {
  if (word.length < MIN_LETTERS) return [];
  const count = allowedErrors(word) + 1;
  const at = (index: number): number => Math.round((word.length * index) / count);
  return Array.from({ length: count }, (_, index) => word.slice(at(index), at(index + 1)));
}

/** Letters to add, leave out, change or swap with their neighbour to make one word of the other (optimal string alignment). */
export function spellingDistance(one: string, other: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const costs = [(last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (isSame ? 0 : 1)];
      if (isSwap && row > 1 && column > 1) costs.push((before[column - 2] ?? 0) + 1);
      next.push(Math.min(...costs));
    }
    [before, last] = [last, next];
  }
  return last[other.length] ?? 0;
}

/** The nearest of the words by spelling, or null when none is near enough. */
export function nearestWord(word: string, words: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = allowedErrors(word) + 1;
  for (const candidate of words) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = spellingDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** A search near to one that found nothing, or null. */
export async function suggestSearch(search: string, ask: AskJumpItems): Promise<Suggestion | null> {
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length > MAX_WORDS) return null;
  const meant = await Promise.all(words.map((word) => wordMeant(word, ask)));
  if (meant.includes(null)) return null;
  const text = meant.join(" ");
  const { total } = await ask(text);
  return total === 0 || text === words.join(" ") ? null : { search: text, total };
}

async function wordMeant(word: string, ask: AskJumpItems): Promise<string | null> {
  if ((await ask(word)).total > 0) return word;
  const answers = await Promise.all(piecesOf(word).map(ask));
  return nearestWord(word, new Set(answers.flatMap(({ rows }) => rows.flatMap(wordsOf))));
}

/** Whole names and the words they are made of. */
function wordsOf({ name, hostName, tag, jumpGroupName }: Spelled): readonly string[] {
  const texts = [name, hostName, tag, jumpGroupName].map((text) => text.toLowerCase());
  return texts
    .flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
    .filter((text) => text.length >= MIN_LETTERS - 1);
}
