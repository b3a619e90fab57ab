import { expect, test } from "bun:test";
import { documentNames } from "./document-names.ts";
import { fileNames, folderNames } from "./folder-names.ts";
import { forbiddenWords, lockFileHosts } from "./forbidden-words.ts";
import { inlineCode } from "./inline-code.ts";
import { rawColours } from "./raw-colours.ts";
import type { Rule, SourceFile } from "./rule.ts";

function linesBrokenBy(rule: Rule, path: string, text: string, beside: SourceFile[] = []): number[] {
  return rule.breaches([{ path, text }, ...beside]).map((breach) => breach.line);
}

test("a colour of its own is found in styles and markup, not in scripts or tokens", () => {
  const page =
    '<script lang="ts">\n  #fade = 1;\n</script>\n<p style:color="#fff"></p>\n<style>\np { color: rgb(1 2 3); }\n</style>';
  expect(linesBrokenBy(rawColours, "ui/kit/Page.svelte", page)).toEqual([4, 6]);
  expect(linesBrokenBy(rawColours, "ui/kit/a.css", "a { color: #0a0b0c; background: oklch(0.5 0.1 20) }")).toEqual([1]);
  expect(linesBrokenBy(rawColours, "ui/design/tokens.css", ":root { --paper: #fff }")).toEqual([]);
});

test("a reference that only looks like a colour is left alone", () => {
  expect(linesBrokenBy(rawColours, "ui/kit/a.css", "a { color: var(--ink); fill: url(/x.svg#abc) }")).toEqual([]);
  expect(
    linesBrokenBy(rawColours, "ui/kit/a.css", "#add-button { color: color-mix(in oklch, var(--a), var(--b)) }"),
  ).toEqual([]);
});

test("a drawer for odds and ends is refused as a folder", () => {
  expect(linesBrokenBy(folderNames, "server/utils/time.ts", "")).toEqual([1]);
  expect(linesBrokenBy(folderNames, "server/jump-clients/presence.ts", "")).toEqual([]);
});

test("files are named for their concept", () => {
  for (const path of ["server/jumpClients.ts", "ui/kit/button.svelte", "agent/shell/index.ts"]) {
    expect(linesBrokenBy(fileNames, path, "")).toEqual([1]);
  }
  for (const path of ["server/jump-clients/store.test.ts", "ui/kit/IconButton.svelte", "ui/kit/theme.svelte.ts"]) {
    expect(linesBrokenBy(fileNames, path, "")).toEqual([]);
  }
});

test("another maker's name and a workplace's folder are found", () => {
  const name = ["Bom", "gar"].join("");
  expect(linesBrokenBy(forbiddenWords, "a.ts", `one\n// as ${name} does`)).toEqual([2]);
  expect(linesBrokenBy(forbiddenWords, "a.ts", `read("${["", "work", "main"].join("/")}")`)).toEqual([1]);
  expect(linesBrokenBy(forbiddenWords, "a.ts", 'read("./work/main")')).toEqual([]);
});

test("a lock file names no host", () => {
  expect(linesBrokenBy(lockFileHosts, "bun.lock", '{\n"resolved": "https://example.org/a.tgz" }')).toEqual([2]);
});

test("script and style in a page are found, files are not", () => {
  expect(linesBrokenBy(inlineCode, "ui/login/index.html", "<p>\n<script>go()</script>\n<p onclick='go()'>")).toEqual([
    2, 3,
  ]);
  expect(linesBrokenBy(inlineCode, "ui/login/index.html", '<script type="module" src="./main.ts"></script>')).toEqual(
    [],
  );
});

test("what a document names must exist", () => {
  const page =
    "`server/main.ts`\n`server/gone.ts`\n`MAX_GONE_BYTES`\n`make test`\n`make tea`\n[there](gone.md)\n`server/{main,x}.ts`";
  const beside = [
    { path: "server/main.ts", text: "" },
    { path: "Makefile", text: "test: a\n" },
  ];
  expect(linesBrokenBy(documentNames, "docs/a.md", page, beside)).toEqual([2, 3, 5, 7, 6]);
});
