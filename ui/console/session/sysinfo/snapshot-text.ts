/** The snapshot of a computer as it is filtered, shown, copied and saved: one form for all four. */
import type { ToolResult } from "../../../../protocol/messages.ts";

export type Snapshot = ToolResult<"sysinfo.get">;
export type Section = Snapshot["sections"][number];

const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u;

/** The snapshot with its times as people write them, in the zone of whoever reads. */
export function withReadableTimes(snapshot: Snapshot, format: (time: string) => string): Snapshot {
  const readable = (cell: string): string => (UTC_TIME.test(cell) ? format(cell) : cell);
  return {
    ...snapshot,
    sections: snapshot.sections.map((section) => ({ ...section, rows: section.rows.map((row) => row.map(readable)) })),
  };
}

/** The sections in which `words` stand, with only the rows that have them; a section's title counts for all its rows. */
export function filterSections(sections: readonly Section[], words: string): readonly Section[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return sections;
  return sections.flatMap((section) => {
    if (section.title.toLowerCase().includes(wanted)) return [section];
    const rows = section.rows.filter((row) => row.some((cell) => cell.toLowerCase().includes(wanted)));
    return rows.length === 0 ? [] : [{ ...section, rows }];
  });
}

/** Whether a section is name and value pairs rather than a table. */
export function isPairs({ columns }: Section): boolean {
  return columns.length === 2 && columns.every((column) => column === "");
}

/** The sections as text: a heading, then a row a line with tabs between its cells, as a spreadsheet takes them. */
export function textOf(sections: readonly Section[]): string {
  return sections
    .map((section) => {
      const head = isPairs(section) ? [] : [section.columns.join("\t")];
      return [section.title, ...head, ...section.rows.map((row) => row.join("\t"))].join("\n");
    })
    .join("\n\n")
    .concat("\n");
}
