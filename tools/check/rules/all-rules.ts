import { documentNames } from "./document-names.ts";
import { fileNames, folderNames } from "./folder-names.ts";
import { forbiddenWords, lockFileHosts } from "./forbidden-words.ts";
import { inlineCode } from "./inline-code.ts";
import { rawColours } from "./raw-colours.ts";
import type { Rule } from "./rule.ts";

/** Every rule of the house that no linter knows. */
export const allRules: readonly Rule[] = [
  rawColours,
  folderNames,
  fileNames,
  forbiddenWords,
  lockFileHosts,
  inlineCode,
  documentNames,
];
