import { expect, test } from "bun:test";
import { ledgerFigures } from "./figure-words.ts";
import { overviewOf } from "./overview.ts";

const pairs = (title: string, rows: string[][]) => ({ title, columns: ["", ""], rows });
const processes = {
  title: "Processes",
  columns: ["Name", "PID", "User", "CPU", "Memory", "State"],
  rows: Array.from({ length: 7 }, (_, at) => [`p${at}`, `${at}`, "anna", `${30 - at}%`, "1.0 MB", "running"]),
};
const sections = [
  pairs("System", [
    ["Host name", "reception"],
    ["Operating system", "Debian GNU/Linux 12 (bookworm)"],
    ["Kernel", "6.1"],
    ["Architecture", "x64"],
  ]),
  pairs("Processor", [
    ["Maker", "Dell"],
    ["Processors", "4"],
    ["Load", "0.3, 0.2, 0.1"],
  ]),
  pairs("Users", [["Signed in", "nobody"]]),
  { title: "Disks", columns: ["Mounted at"], rows: [["/"]] },
  processes,
];

test("SYSINFO-01 an overview is the machine, its system by name, the five busiest, and everything else below", () => {
  const overview = overviewOf({ sections });
  expect(overview?.computer).toEqual([
    ["Host name", "reception"],
    ["Architecture", "x64"],
    ["Maker", "Dell"],
    ["Processors", "4"],
  ]);
  expect(overview?.systemName).toBe("Debian GNU/Linux");
  expect(overview?.system).toEqual([
    ["Operating system", "Debian GNU/Linux 12 (bookworm)"],
    ["Kernel", "6.1"],
  ]);
  expect(overview?.load).toBe("0.3, 0.2, 0.1");
  expect(overview?.busiest?.rows).toHaveLength(5);
  expect(overview?.busiest?.rows[0]).toEqual(["p0", "0", "anna", "30%", "1.0 MB"]);
  expect(overview?.rest.map(({ title }) => title)).toEqual(["Users", "Disks"]);
});

test("where processors of programs are not measured, the list of programs stays what it is", () => {
  const older = {
    title: "Processes",
    columns: ["Name", "PID", "User", "Memory", "State"],
    rows: [["a", "1", "b", "c", "d"]],
  };
  const overview = overviewOf({ sections: [...sections.slice(0, 2), older] });
  expect(overview?.busiest).toBeNull();
  expect(overview?.rest).toEqual([older]);
});

test("a snapshot of other sections has no overview, and a system is called by what is known", () => {
  expect(overviewOf({ sections: sections.slice(1) })).toBeNull();
  const nameOf = (text: string) =>
    overviewOf({ sections: [pairs("System", [["Operating system", text]]), pairs("Processor", [])] })?.systemName;
  expect(["Windows 11 Pro", "macOS 15.1", "Void", "", "Ubuntu (24.04)"].map(nameOf)).toEqual([
    "Windows",
    "macOS",
    "Void",
    "",
    "Ubuntu",
  ]);
});

test("what was measured stands in four figures, of the disks the fullest", () => {
  const gib = 2 ** 30;
  const figures = ledgerFigures(
    {
      cpuPercent: 62.4,
      memoryTotalBytes: 16 * gib,
      memoryUsedBytes: 9.8 * gib,
      networkBitsPerSecond: 4_120_000,
      disks: [
        { name: "/", totalBytes: 100 * gib, usedBytes: 40 * gib },
        { name: "/srv", totalBytes: 10 * gib, usedBytes: 9 * gib },
        { name: "/none", totalBytes: 0, usedBytes: 0 },
      ],
    },
    "0.3, 0.2, 0.1",
  );
  expect(figures.map(({ name, text, isWarning }) => [name, text, isWarning ?? false])).toEqual([
    ["CPU", "62%", false],
    ["Memory", "9.8 GB / 16 GB", false],
    ["Disk /srv", "90%", true],
    ["Network", "4.1 Mbit/s", false],
  ]);
  expect(figures[2]?.note).toBe("9.0 GB of 10 GB");
  const bare = { cpuPercent: 0, memoryTotalBytes: 0, memoryUsedBytes: 0, networkBitsPerSecond: 0, disks: [] };
  expect(ledgerFigures(bare, "").map(({ text }) => text)).toEqual(["0%", "0 B / 0 B", "0 bit/s"]);
});
