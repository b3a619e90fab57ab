import { expect, test } from "bun:test";
import {
  baseName,
  type FileEntry,
  joinPath,
  listSummary,
  nameProblem,
  orderedEntries,
  pathParts,
} from "./file-list.ts";

const entry = (name: string, more: Partial<FileEntry> = {}): FileEntry => ({
  name,
  kind: "file",
  sizeBytes: 0,
  modifiedAt: "2026-11-21T00:00:00.000Z",
  isHidden: name.startsWith("."),
  isReadOnly: false,
  ...more,
});
const shown = (entries: readonly FileEntry[]): string => entries.map(({ name }) => name).join(" ");

test("FILE-11 FILE-15 folders come first, numbers in names count, hidden files show when asked for", () => {
  const entries = [
    entry("a10"),
    entry("a2"),
    entry("Z", { kind: "directory" }),
    entry(".x"),
    entry("l", { kind: "link", target: "directory" }),
  ];
  const byName = { column: "name", isDescending: false } as const;
  expect(shown(orderedEntries(entries, byName, false))).toBe("l Z a2 a10");
  expect(shown(orderedEntries(entries, byName, true))).toBe("l Z .x a2 a10");
  expect(shown(orderedEntries(entries, { column: "name", isDescending: true }, false))).toBe("Z l a10 a2");
});

test("FILE-11 the list goes by size and by time, equals by name", () => {
  const entries = [
    entry("b", { sizeBytes: 1 }),
    entry("a", { sizeBytes: 1 }),
    entry("c", { sizeBytes: 9, modifiedAt: "2020-01-01T00:00:00.000Z" }),
  ];
  expect(shown(orderedEntries(entries, { column: "size", isDescending: true }, false))).toBe("c a b");
  expect(shown(orderedEntries(entries, { column: "modified", isDescending: false }, false))).toBe("c a b");
});

test("FILE-10 the line above the list", () => {
  const entries = [
    entry("a", { sizeBytes: 86 << 20 }),
    entry("b"),
    entry("c"),
    entry("d", { kind: "directory" }),
    entry("e", { kind: "directory" }),
  ];
  expect(listSummary(entries, new Set(["a"]))).toEqual({
    all: "3 files, 2 directories",
    selected: "(1 selected, 86 MB)",
    selectAll: "Select all 3 files",
  });
  expect(listSummary([entry("a")], new Set())).toEqual({
    all: "1 file, 0 directories",
    selected: "",
    selectAll: "Select all 1 file",
  });
  expect(listSummary(entries, new Set(["d"])).selected).toBe("(1 selected)");
});

test("FILE-09 the way from the root", () => {
  expect(pathParts("/home/a\udcffb")).toEqual([
    { label: "/", path: "/" },
    { label: "home", path: "/home" },
    { label: "a\ufffdb", path: "/home/a\udcffb" },
  ]);
  expect([joinPath("/", "a"), joinPath("/a", "b"), baseName("/a/b"), baseName("/")]).toEqual(["/a", "/a/b", "b", "/"]);
});

test("names that cannot be are told before they are sent", () => {
  expect(nameProblem("fine name.txt", ["other"])).toBe("");
  for (const name of ["a/b", ".", "..", "é".repeat(128), "taken"]) expect(nameProblem(name, ["taken"])).not.toBe("");
});
