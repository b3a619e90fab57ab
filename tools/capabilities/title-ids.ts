/** A test and the capabilities its title says it proves. */
export interface TestTitle {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly title: string;
  readonly ids: readonly string[];
}

const TEST_CALL = /\b(?:test|it)(?:\.(?:concurrent|serial|each\([^;]*?\)))*\(\s*(["'`])((?:\\.|(?!\1)[\s\S])*)\1/g;

/** What an id looks like: FILE-17, NA7, B12. */
const ID_SHAPE = /^(?:[A-Z]{2,}-\d{2,3}|(?:NA|[BCD])\d{1,2})$/;

/** Words of that shape that are no ids. */
const WORDS: readonly string[] = ["UTF-16", "UTF-32", "SHA-256", "SHA-512", "AES-128", "AES-256"];

/** Titles of the tests in a file, with the ids they begin with or name anywhere. */
export function titlesIn(path: string, text: string): TestTitle[] {
  return [...text.matchAll(TEST_CALL)].map((match) => {
    const title = match[2] ?? "";
    const line = text.slice(0, match.index).split("\n").length;
    return { path, line, title, ids: idsIn(title) };
  });
}

/** The words of a title that have an id's shape, each once. */
export function idsIn(title: string): string[] {
  const words = title.split(/[^A-Za-z0-9-]+/);
  return [...new Set(words.filter((word) => ID_SHAPE.test(word) && !WORDS.includes(word)))];
}
