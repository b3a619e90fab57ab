/** The columns of the Jump Items table. */
import type { JumpItemSort } from "../../../protocol/api/console.ts";
import type { Column } from "../../kit/DataTable.svelte";

export const columnNames = [
  "status",
  "name",
  "hostName",
  "system",
  "jumpMethod",
  "jumpGroup",
  "tag",
  "comments",
  "signedIn",
  "lastAccessed",
  "cpu",
] as const;
export type ColumnName = (typeof columnNames)[number];

/** What shows until somebody chooses otherwise. */
export const defaultColumns: readonly ColumnName[] = [
  "status",
  "name",
  "system",
  "tag",
  "signedIn",
  "lastAccessed",
  "cpu",
];

/** Columns nobody can do without. */
export const fixedColumns: ReadonlySet<ColumnName> = new Set(["status", "name"]);

const columns: Readonly<Record<ColumnName, Omit<Column, "name">>> = {
  status: { title: "Status", width: "120px", isSortable: true },
  name: { title: "Name", isSortable: true },
  hostName: { title: "Host name", width: "150px", isSortable: true, hideWhen: "medium" },
  system: { title: "System", width: "96px", isSortable: true, hideWhen: "narrow" },
  jumpMethod: { title: "Jump method", width: "100px", hideWhen: "medium" },
  jumpGroup: { title: "Jump Group", width: "130px", isSortable: true, hideWhen: "medium" },
  tag: { title: "Tag", width: "110px", isSortable: true, hideWhen: "medium" },
  comments: { title: "Comments", width: "180px", isSortable: true, hideWhen: "medium" },
  signedIn: { title: "Signed in", width: "80px", isSortable: true, hideWhen: "medium" },
  lastAccessed: { title: "Last accessed", width: "112px", isSortable: true, hideWhen: "narrow" },
  cpu: { title: "CPU 24 h", width: "88px" },
};

export function titleOf(name: ColumnName): string {
  return columns[name].title;
}

/** What the table is given: the chosen columns in their own order; the last one also holds the Jump button. */
export function tableColumns(chosen: readonly ColumnName[]): readonly Column[] {
  const shown = columnNames.filter((name) => chosen.includes(name) || fixedColumns.has(name));
  const jump: readonly Column[] = shown.includes("cpu")
    ? []
    : [{ name: "jump", title: "Jump", width: "76px", isTitleHidden: true }];
  return [...shown.map((name) => ({ name, ...columns[name] })), ...jump];
}

/** The sort a column's head asks for; the columns that cannot be sorted by are not in the wire's list. */
export function sortOf(column: string): JumpItemSort {
  return column as JumpItemSort;
}
