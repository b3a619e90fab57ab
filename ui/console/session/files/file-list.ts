/** The list as it is shown: order, hidden files, the line above it, and where one is. Pure. */
import type { Static } from "@sinclair/typebox";
import type { FileEntry as FileEntrySchema } from "../../../../protocol/messages/files.ts";
import { formatBytes, formatCount } from "../../../kit/format.ts";
import { plural } from "../../../languages/plural.ts";

export type FileEntry = Static<typeof FileEntrySchema>;
export type FileColumn = "name" | "modified" | "size";
export interface FileOrder {
  readonly column: FileColumn;
  readonly isDescending: boolean;
}

/** One row of the table. The row that leads up has the id "..", which no file can have. */
export interface FileRow {
  readonly id: string;
  /** null: the row that leads up. */
  readonly entry: FileEntry | null;
}

export const UP_ROW: FileRow = { id: "..", entry: null };

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Whether opening it leads into a folder. */
export function isFolder({ kind, target }: FileEntry): boolean {
  return kind === "directory" || (kind === "link" && target === "directory");
}

function compareBy(column: FileColumn): (a: FileEntry, b: FileEntry) => number {
  if (column === "size") return (a, b) => a.sizeBytes - b.sizeBytes;
  if (column === "modified") return (a, b) => (a.modifiedAt < b.modifiedAt ? -1 : Number(a.modifiedAt > b.modifiedAt));
  return (a, b) => names.compare(a.name, b.name);
}

/** Folders first whatever the order, then as asked; what is equal by name. */
export function orderedEntries(entries: readonly FileEntry[], order: FileOrder, showsHidden: boolean): FileEntry[] {
  const compare = compareBy(order.column);
  const sign = order.isDescending ? -1 : 1;
  return entries
    .filter((entry) => showsHidden || !entry.isHidden)
    .sort(
      (a, b) =>
        Number(isFolder(b)) - Number(isFolder(a)) ||
        sign * compare(a, b) ||
        names.compare(a.name, b.name) ||
        (a.name < b.name ? -1 : 1),
    );
}

/** The line above the list, in three parts: "9 files, 2 directories", "(3 selected, 86.6 MB)", "Select all 9 files". */
export interface ListSummary {
  readonly all: string;
  readonly selected: string;
  readonly selectAll: string;
}

export function listSummary(shown: readonly FileEntry[], selected: ReadonlySet<string>): ListSummary {
  const files = shown.filter((entry) => !isFolder(entry));
  const chosen = shown.filter(({ name }) => selected.has(name));
  const bytes = chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const size = chosen.every(isFolder) ? "" : `, ${formatBytes(bytes)}`;
  return {
    all: `${plural(files.length, ["# file", "# files"])}, ${plural(shown.length - files.length, ["# directory", "# directories"])}`,
    selected: chosen.length === 0 ? "" : `(${formatCount(chosen.length)} selected${size})`,
    selectAll: files.length === 0 ? "" : `Select all ${plural(files.length, ["# file", "# files"])}`,
  };
}

/** A name below a folder. */
export function joinPath(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

/** The last part of a path; of the root, the root. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1) || "/";
}

/** The parts of a path from the root on, each with the whole path to it. */
export function pathParts(path: string): { readonly label: string; readonly path: string }[] {
  const parts = path.split("/").filter((part) => part !== "");
  return [
    { label: "/", path: "/" },
    ...parts.map((label, index) => ({ label: label.toWellFormed(), path: `/${parts.slice(0, index + 1).join("/")}` })),
  ];
}

/** Why a name cannot be given, in words; "" when it can. */
export function nameProblem(name: string, taken: readonly string[]): string {
  if (name.includes("/")) return "A name cannot hold a slash. Choose another one.";
  if (name === "." || name === "..") return "This name stands for a folder of the system. Choose another one.";
  if (new TextEncoder().encode(name).length > 255) return "The name is too long: it holds at most 255 bytes.";
  return taken.includes(name) ? "That name is taken in this folder. Choose another one." : "";
}

/** The first few of many names: "a.txt, b.txt and 7 more". */
export function namesText(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => name.toWellFormed());
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
