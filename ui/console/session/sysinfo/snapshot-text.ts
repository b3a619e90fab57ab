/** The snapshot of a computer as it is filtered, shown, copied and saved: one form for all four. */
import type { ToolResult } from "../../../../protocol/messages.ts";

export type Snapshot = ToolResult<"sysinfo.get">;
export type Section = Snapshot["sections"][number];

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
