/** What the command palette shows for a text; pure. */

export interface PaletteEntry {
  /** One for each thing; the cursor stays on it whatever comes. */
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  /** Further words by which it is found. */
  readonly keywords?: string;
  /** What Enter does: "Jump", "Join session". */
  readonly action: string;
  /** Keys that do the same. */
  readonly keys?: string;
}

export interface PaletteGroup<Entry extends PaletteEntry> {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface PaletteText {
  /** ">" at the start: commands only. */
  readonly isCommandsOnly: boolean;
  readonly words: readonly string[];
}

/** How many entries of one group show. */
export const MAX_PER_GROUP = 8;

export function parsePaletteText(text: string): PaletteText {
  const isCommandsOnly = text.trimStart().startsWith(">");
  const rest = isCommandsOnly ? text.trimStart().slice(1) : text;
  return {
    isCommandsOnly,
    words: rest
      .toLowerCase()
      .split(/\s+/u)
      .filter((word) => word !== ""),
  };
}

/** How well an entry fits: higher is better, null when a word is not in it at all. */
export function scoreOf(entry: PaletteEntry, words: readonly string[]): number | null {
  const title = entry.title.toLowerCase();
  const all = `${title}\n${entry.detail.toLowerCase()}\n${(entry.keywords ?? "").toLowerCase()}`;
  let score = 0;
  for (const word of words) {
    if (!all.includes(word)) return null;
    score += wordScore(title, all, word);
  }
  return score;
}

function wordScore(title: string, all: string, word: string): number {
  if (title === word) return 8;
  if (title.startsWith(word)) return 6;
  if (startsAWord(title, word)) return 4;
  if (title.includes(word)) return 3;
  return startsAWord(all, word) ? 2 : 1;
}

function startsAWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "")) return true;
  return false;
}

/** The entries that fit, the best first; equals keep their order. At most MAX_PER_GROUP. */
export function ranked<Entry extends PaletteEntry>(
  entries: readonly Entry[],
  words: readonly string[],
): readonly Entry[] {
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry, words) }))
    .filter((one): one is { entry: Entry; score: number } => one.score !== null)
    .sort((one, other) => other.score - one.score)
    .slice(0, MAX_PER_GROUP)
    .map(({ entry }) => entry);
}

/**
 * Results with what the server found added. What is shown stays where it is: an entry that is already there is not moved,
 * and once the person has moved the cursor new ones stand below everything, so that nothing slides away under it.
 */
export function withArrived<Entry extends PaletteEntry>(
  shown: readonly PaletteGroup<Entry>[],
  title: string,
  arrived: readonly Entry[],
  hasMoved: boolean,
): readonly PaletteGroup<Entry>[] {
  const known = new Set(shown.flatMap(({ entries }) => entries.map(({ key }) => key)));
  const added = arrived.filter(({ key }) => !known.has(key)).slice(0, MAX_PER_GROUP);
  if (added.length === 0) return shown;
  if (hasMoved) return appended(shown, title, added);
  const at = shown.findIndex((group) => group.title === title);
  if (at < 0) return [{ title, entries: added }, ...shown];
  return shown.map((group, index) => (index === at ? { title, entries: [...group.entries, ...added] } : group));
}

function appended<Entry extends PaletteEntry>(
  shown: readonly PaletteGroup<Entry>[],
  title: string,
  added: readonly Entry[],
): readonly PaletteGroup<Entry>[] {
  const last = shown.at(-1);
  if (last?.title === title) return [...shown.slice(0, -1), { title, entries: [...last.entries, ...added] }];
  const hasTitle = shown.some((group) => group.title === title);
  return [...shown, { title: hasTitle ? `More ${title}` : title, entries: added }];
}

/** A text cut where the words stand in it, for marking them. */
export function marked(
  text: string,
  words: readonly string[],
): readonly { readonly text: string; readonly isHit: boolean }[] {
  const hits = words
    .filter((word) => word !== "")
    .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`));
  if (hits.length === 0) return [{ text, isHit: false }];
  return text
    .split(new RegExp(`(${hits.join("|")})`, "giu"))
    .map((part, index) => ({ text: part, isHit: index % 2 === 1 }))
    .filter((part) => part.text !== "");
}
