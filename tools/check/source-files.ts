import { existsSync, readFileSync } from "node:fs";
import type { SourceFile } from "./rules/rule.ts";

const TEXT =
  /\.(ts|js|cjs|mjs|svelte|css|html|md|json|toml|csv|txt|sh|yml|yaml|service|svg|lock)$|(^|\/)(Makefile|run)$/;

/** What documents may lead to though there is nothing in it to read. */
const PICTURE = /\.(png|woff2)$/;

/** The repository's text files and, without a text, its pictures: those git knows and those it would take, without what .gitignore names. */
export function readSourceFiles(): SourceFile[] {
  const list = Bun.spawnSync(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  if (list.exitCode !== 0) throw new Error("The rules need git to list the files.");
  return list.stdout
    .toString()
    .split("\0")
    .filter((path) => (TEXT.test(path) || PICTURE.test(path)) && existsSync(path))
    .map((path) => ({ path, text: PICTURE.test(path) ? "" : readFileSync(path, "utf8") }));
}
