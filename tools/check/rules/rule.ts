/** A file of the repository as the rules see it. */
export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** One place where a rule is broken. */
export interface Breach {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** What stands there and what belongs there. */
  readonly says: string;
}

/** A rule that no linter knows. It sees all files at once, because some rules compare files. */
export interface Rule {
  readonly name: string;
  readonly breaches: (files: readonly SourceFile[]) => Breach[];
}

/**
 * Breaches of a rule that looks at lines one by one.
 * @param look says what is wrong with a line, or null
 */
export function inLines(file: SourceFile, look: (line: string) => string | null): Breach[] {
  const breaches: Breach[] = [];
  for (const [index, line] of file.text.split("\n").entries()) {
    const says = look(line);
    if (says !== null) breaches.push({ path: file.path, line: index + 1, says });
  }
  return breaches;
}
