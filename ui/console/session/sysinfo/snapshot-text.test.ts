import { expect, test } from "bun:test";
import { filterSections, isPairs, textOf, withReadableTimes } from "./snapshot-text.ts";

const sections = [
  {
    title: "System",
    columns: ["", ""],
    rows: [
      ["Host name", "reception"],
      ["Kernel", "6.1.0"],
    ],
  },
  {
    title: "Disks",
    columns: ["Mounted at", "Size"],
    rows: [
      ["/", "250 GB"],
      ["/home", "1 TB"],
    ],
  },
];

test("SYSINFO-04 SYSINFO-05 what is copied and saved is what is seen", () => {
  expect(textOf(sections)).toBe(
    "System\nHost name\treception\nKernel\t6.1.0\n\nDisks\nMounted at\tSize\n/\t250 GB\n/home\t1 TB\n",
  );
  expect(textOf(filterSections(sections, "HOME"))).toBe("Disks\nMounted at\tSize\n/home\t1 TB\n");
});

test("the filter looks in cells and titles", () => {
  expect(filterSections(sections, "kern")).toEqual([{ ...sections[0]!, rows: [["Kernel", "6.1.0"]] }]);
  expect(filterSections(sections, "disk")).toEqual([sections[1]!]);
  expect(filterSections(sections, " ")).toEqual(sections);
  expect(filterSections(sections, "no such thing")).toEqual([]);
});

test("name and value pairs are told from tables", () => {
  expect(sections.map(isPairs)).toEqual([true, false]);
});

test("times are written for people, and nothing else is touched", () => {
  const rows = [
    ["Started", "2026-11-21T00:54:41.000Z"],
    ["Note", "since 2026-11-21T00:54:41.000Z"],
  ];
  const snapshot = { takenAt: "2026-11-21T04:00:00.000Z", sections: [{ title: "System", columns: ["", ""], rows }] };
  const readable = withReadableTimes(snapshot, () => "this morning");
  expect(readable.takenAt).toBe(snapshot.takenAt);
  expect(readable.sections[0]?.rows.map((row) => row[1])).toEqual(["this morning", "since 2026-11-21T00:54:41.000Z"]);
});
