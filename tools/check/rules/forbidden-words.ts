import { createHash } from "node:crypto";
import { inLines, type Rule } from "./rule.ts";

/**
 * Names of other makers' products, which are not ours to use, as SHA-256 of the lower-case word (first 16 hexadecimal
 * digits): written out, this file would break its own rule.
 */
const FOREIGN_NAMES: ReadonlySet<string> = new Set([
  "7c2dddc2c2580ab8",
  "747c4c45658d659a",
  "75e49c11a3ae7dc9",
  "64af27b21006c2a4",
  "6d6429ce760a7dea",
  "4acb44abbd763b70",
  "9f29fbd3cbd82fb9",
]);

/** A folder of somebody's machine. */
const WORKPLACE = /(?<![\w.~$}*-])\/(work|workspace|Users\/\w+)\//;

const seen = (word: string): boolean =>
  FOREIGN_NAMES.has(createHash("sha256").update(word.toLowerCase()).digest("hex").slice(0, 16));

/** The product has its own names, and its sources no trace of where they were written. */
export const forbiddenWords: Rule = {
  name: "no-foreign-name",
  breaches: (files) => {
    const known = new Map<string, boolean>();
    const isForeign = (word: string): boolean => {
      const isKnown = known.get(word) ?? seen(word);
      known.set(word, isKnown);
      return isKnown;
    };
    return files.flatMap((file) =>
      inLines(file, (line) => {
        const name = line.match(/[A-Za-z]{4,}/g)?.find(isForeign);
        if (name !== undefined) return `"${name}" is another maker's name`;
        const folder = WORKPLACE.exec(line)?.[0];
        return folder === undefined ? null : `"${folder}" is a folder of somebody's machine`;
      }),
    );
  },
};

/** A lock file that names a registry's host works only where that host is reachable. */
export const lockFileHosts: Rule = {
  name: "no-host-in-lock-file",
  breaches: (files) =>
    files
      .filter(({ path }) => /(^|\/)(bun\.lock|package-lock\.json)$/.test(path))
      .flatMap((file) => inLines(file, (line) => (/https?:\/\//.test(line) ? "a lock file names no host" : null))),
};
