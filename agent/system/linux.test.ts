import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { SystemFacts, SystemStatistics } from "../../protocol/messages/agent.ts";
import { tools } from "../../protocol/messages.ts";
import { size } from "./linux-sections.ts";
import { parseProcess } from "./linux-processes.ts";
import { parsePackages, parseServices } from "./linux-software.ts";
import { activityBetween, parseNetworkBytes, parseProcessorTicks, parseProgramTicks } from "./linux-activity.ts";
import { LinuxSystem, parseMemory, parseOsRelease } from "./linux.ts";
import { parseLoginSession, parseUtmp } from "./signed-in.ts";

test("facts and statistics of this computer are as the wire wants them", async () => {
  const system = new LinuxSystem("1.2.3");
  await system.refresh();
  expect(Value.Check(SystemFacts, system.facts())).toBe(true);
  expect(Value.Check(SystemStatistics, system.statistics())).toBe(true);
  expect(system.facts()).toMatchObject({ platform: "linux", agentVersion: "1.2.3" });
  expect(system.statistics().memoryTotalBytes).toBeGreaterThan(1e8);
  expect(system.statistics().disks.some(({ name }) => name === "/")).toBe(true);
});

test("SYSINFO-01 the snapshot has every section with what this computer says of itself", async () => {
  const system = new LinuxSystem("1.2.3");
  await system.refresh();
  const { sections, figures } = await system.snapshot();
  expect(Value.Check(tools["sysinfo.get"].result, { takenAt: new Date().toISOString(), sections, figures })).toBe(true);
  expect(figures?.disks.some(({ name }) => name === "/")).toBe(true);
  const titles = sections.map(({ title }) => title);
  for (const title of ["System", "Processor", "Memory", "Users", "Disks", "Network", "Processes"])
    expect(titles).toContain(title);
  for (const { columns, rows } of sections) for (const row of rows) expect(row.length).toBe(columns.length);
  const own = sections.find(({ title }) => title === "Processes")!.rows.find(([, pid]) => pid === String(process.pid));
  expect(own?.[0]).toStartWith("bun");
});

test("SYSINFO-01 the busiest program stands first, with its share of all processors", async () => {
  const busy = new Worker(URL.createObjectURL(new Blob(["for (;;);"])));
  try {
    const system = new LinuxSystem("1.2.3");
    await system.refresh();
    const { sections, figures } = await system.snapshot();
    const { columns, rows } = sections.find(({ title }) => title === "Processes")!;
    expect(columns).toEqual(["Name", "PID", "User", "CPU", "Memory", "State"]);
    const percents = rows.map((row) => Number.parseFloat(row[3]!));
    expect(percents).toEqual(percents.toSorted((a, b) => b - a));
    expect(Number.parseFloat(rows.find(([, pid]) => pid === String(process.pid))![3]!)).toBeGreaterThan(1);
    expect(figures?.cpuPercent).toBeGreaterThan(1);
  } finally {
    busy.terminate();
  }
});

test("what happened in a moment is the difference of two readings, and a counter that went back is none", () => {
  const at = (atMs: number, busy: number, networkBytes: number, programs: readonly (readonly [number, number])[]) => ({
    ticks: { busy, all: atMs },
    networkBytes,
    programTicks: new Map(programs),
    atMs,
  });
  const activity = activityBetween(
    at(1000, 100, 5000, [
      [1, 10],
      [2, 900],
      [4, 5],
    ]),
    at(1500, 300, 67_500, [
      [1, 135],
      [2, 3],
      [3, 77],
    ]),
  );
  expect(activity.cpuPercent).toBe(40);
  expect(activity.networkBitsPerSecond).toBe(1_000_000);
  expect([...activity.programPercents]).toEqual([
    [1, 25],
    [2, 0],
  ]);
  const still = at(1000, 100, 5000, []);
  expect(activityBetween(still, { ...still, networkBytes: 1 })).toMatchObject({
    cpuPercent: 0,
    networkBitsPerSecond: 0,
  });
});

test("counters of programs and cards are read as their manuals say", () => {
  const stat = "42 (a) b (c)) S 1 42 42 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 1 0 7 8 9";
  expect(parseProgramTicks(stat)).toBe(300);
  expect(parseProgramTicks("")).toBe(0);
  const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
  eth0:   7000       1    0    0    0     0          0         0     3000       1    0    0    0     0       0          0
enp1s0:12345678901 5 0 0 0 0 0 0 99 1 0 0 0 0 0 0
`;
  expect([...parseNetworkBytes(dev)]).toEqual([
    ["lo", 200],
    ["eth0", 10_000],
    ["enp1s0", 12_345_679_000],
  ]);
});

test("the system's files are read as their manuals say", () => {
  expect(parseOsRelease('NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')).toBe(
    "Debian GNU/Linux 12 (bookworm)",
  );
  expect(parseOsRelease("NAME=Void\n")).toBe("Void");
  expect(parseOsRelease("")).toBe("Linux");
  expect(parseProcessorTicks("cpu  10 1 5 80 4 0 0 0 3 0\ncpu0 1 1 1 1\n")).toEqual({ all: 100, busy: 16 });
  expect(parseMemory("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  400 kB\nSwapTotal: 10 kB\n")).toEqual({
    totalBytes: 1_024_000,
    availableBytes: 409_600,
    swapBytes: 10_240,
  });
  expect(parseProcess(7, 0, "Name:\tkworker/0:1\nState:\tI (idle)\nVmRSS:\t  12 kB\n")).toEqual({
    pid: 7,
    name: "kworker/0:1",
    uid: 0,
    residentBytes: 12_288,
    state: "idle",
  });
  expect(
    parseServices("cron.service loaded active running Regular background\nx.service not-found inactive dead x\n"),
  ).toEqual([{ name: "cron", state: "active, running", description: "Regular background" }]);
  expect(
    parsePackages(
      "Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\nStatus: deinstall ok config-files\n",
    ),
  ).toEqual([{ name: "a", version: "1" }]);
});

test("who sits at the computer is told from who came over the network", () => {
  const record = (type: number, line: string, user: string, host: string) => {
    const bytes = Buffer.alloc(384);
    bytes.writeInt16LE(type, 0);
    bytes.write(line, 8);
    bytes.write(user, 44);
    bytes.write(host, 76);
    return bytes;
  };
  const utmp = Buffer.concat([
    record(7, "tty2", "anna", ""),
    record(7, "pts/0", "ben", "192.0.2.9"),
    record(7, "pts/1", "cleo", ":0"),
    record(8, "tty1", "gone", ""),
    record(7, ":1", "dora", ":1"),
  ]);
  expect(parseUtmp(utmp)).toEqual(["anna", "cleo", "dora"]);
  expect(parseUtmp(utmp.subarray(0, 500))).toEqual(["anna"]);
  const session = "USER=anna\nCLASS=user\nTYPE=wayland\nREMOTE=0\nSTATE=active\n";
  expect(parseLoginSession("2", session)).toEqual({ id: "2", user: "anna", isGraphical: true });
  expect(parseLoginSession("2", session.replace("REMOTE=0", "REMOTE=1"))).toBeNull();
  expect(parseLoginSession("c1", session.replace("CLASS=user", "CLASS=greeter"))).toBeNull();
});

test("sizes are written as people read them", () => {
  expect([0, 512, 1536, 150 * 1024, 23.5 * 1024 ** 3].map(size)).toEqual([
    "0 bytes",
    "512 bytes",
    "1.5 KB",
    "150 KB",
    "23.5 GB",
  ]);
});
