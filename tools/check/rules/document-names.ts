import { dirname, join, normalize } from "node:path";
import type { Breach, Rule, SourceFile } from "./rule.ts";

const TOP_FOLDERS = "server|agent|ui|protocol|tools|docs|appliance|tools|gen|dist";
const PATH = new RegExp(`^(?:${TOP_FOLDERS})(?:/[\\w.{},-]+)*/?$`);
const BUILT = /^(gen|dist)\//;
const CONSTANT = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;
const CALLABLE = /^([a-z]+[A-Z]\w*)(?:\(\))?$/;

/** Decisions tell of their day and are not rewritten when code moves on. */
const HISTORICAL = /^docs\/decisions\/|^CHANGELOG\.md$/;

/** Paths, constants, functions and make targets that a document names exist. */
export const documentNames: Rule = {
  name: "documents-name-what-exists",
  breaches: (files) => {
    const known = readKnown(files);
    return files
      .filter(({ path }) => /^(docs\/.*|[^/]+)\.md$/.test(path) && !HISTORICAL.test(path))
      .flatMap((file) => [...brokenNames(file, known), ...brokenLinks(file, known)]);
  },
};

interface Known {
  readonly paths: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
  readonly targets: ReadonlySet<string>;
}

function readKnown(files: readonly SourceFile[]): Known {
  const paths = new Set<string>();
  const words = new Set<string>();
  for (const { path, text } of files) {
    for (let part = path; part !== "."; part = dirname(part)) paths.add(part);
    if (!path.endsWith(".md")) for (const word of text.match(/[A-Za-z_]\w{3,}/g) ?? []) words.add(word);
  }
  const makefile = files.find(({ path }) => path === "Makefile")?.text ?? "";
  return { paths, words, targets: new Set([...makefile.matchAll(/^([a-z-]+):/gm)].map((match) => match[1] ?? "")) };
}

function brokenNames({ path, text }: SourceFile, known: Known): Breach[] {
  return text.split("\n").flatMap((line, index) =>
    [...line.matchAll(/`([^`]+)`/g)]
      .map((match) => match[1] ?? "")
      .flatMap((name) => missing(name, known))
      .map((name) => ({ path, line: index + 1, says: `"${name}" does not exist` })),
  );
}

function missing(name: string, { paths, words, targets }: Known): string[] {
  if (PATH.test(name)) {
    if (BUILT.test(name)) return [];
    return alternatives(name.replace(/\/$/, "")).filter((path) => !paths.has(path) && !paths.has(`${path}.ts`));
  }
  const target = /^make ([a-z-]+)$/.exec(name)?.[1];
  if (target !== undefined) return targets.has(target) || target.startsWith("check-") ? [] : [name];
  const word = CONSTANT.test(name) ? name : CALLABLE.exec(name)?.[1];
  return word === undefined || words.has(word) ? [] : [name];
}

/** `a/{b,c}` names two. */
function alternatives(path: string): string[] {
  const match = /^(.*)\{([^}]*)\}(.*)$/.exec(path);
  if (match === null) return [path];
  const [, before = "", inside = "", after = ""] = match;
  return inside.split(",").flatMap((word) => alternatives(`${before}${word}${after}`));
}

function brokenLinks({ path, text }: SourceFile, { paths }: Known): Breach[] {
  return text.split("\n").flatMap((line, index) =>
    [...line.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1] ?? "")
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !paths.has(normalize(join(dirname(path), link)).replace(/\/$/, "")))
      .map((link) => ({ path, line: index + 1, says: `the link to "${link}" leads nowhere` })),
  );
}
