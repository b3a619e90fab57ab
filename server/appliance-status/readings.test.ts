import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestClock } from "../test/test-clock.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { daysUntilFull } from "./disk-growth.ts";
import { LastHour } from "./last-hour.ts";
import { MachineLoad } from "./machine-load.ts";
import { alertBelowBytes, ownParts, worst } from "./parts.ts";
import { busyPercent, readLoad, readMemory, readProcessorTicks, readSentBytes } from "./proc-readings.ts";
import { withoutSecrets } from "./support-bundle.ts";

const MINUTE_MS = 60_000;

describe("what Linux says of the machine", () => {
  test("processors are as busy as their ticks between two readings say; guests count once", () => {
    const before = readProcessorTicks("cpu  100 0 100 800 0 0 0 0 50 0\ncpu0 1 2 3 4\n");
    const after = readProcessorTicks("cpu  150 0 100 850 0 0 0 0 90 0\n");
    expect(before).toEqual({ busy: 200, all: 1000 });
    expect(busyPercent(before, after)).toBe(50);
    expect(busyPercent(after, after)).toBe(0);
  });

  test("memory that programs could have is not used; the loop-back sends nothing", () => {
    expect(readMemory("MemTotal:       1000 kB\nMemFree: 10 kB\nMemAvailable:    400 kB\n")).toEqual({
      ...{ totalBytes: 1_024_000, usedBytes: 614_400 },
    });
    const dev =
      "Inter-|   Receive  |  Transmit\n    lo: 9 0 0 0 0 0 0 0 77 0\n  eth0: 5 0 0 0 0 0 0 0 1000 0\nens1:1 0 0 0 0 0 0 0 24 0\n";
    expect(readSentBytes(dev)).toBe(1024);
    expect(readLoad("1.25 0.5 0.1 1/200 999")).toBe(1.25);
  });

  test("text of another form reads as nothing", () => {
    for (const text of ["", "junk", "cpu  x y", "\0\0", "MemTotal: many kB"]) {
      expect(readProcessorTicks(text)).toEqual({ busy: 0, all: 0 });
      expect(readMemory(text)).toEqual({ totalBytes: 0, usedBytes: 0 });
      expect(readSentBytes(text)).toBe(0);
    }
    expect(readLoad("junk")).toBe(0);
  });

  test("readings of an hour are sixty values, of a day too; what happens is counted over the last minute", () => {
    using directory = temporaryDirectory();
    const put = (name: string, text: string): void => {
      mkdirSync(join(directory.path, "net"), { recursive: true });
      writeFileSync(join(directory.path, name), text);
    };
    let requests = 0;
    const clock = new TestClock();
    const counters = () => ({ requests, commits: 2 * requests });
    const load = new MachineLoad({ clock, directory: directory.path, counters, proc: directory.path });
    for (let seconds = 5; seconds <= 2 * 3600; seconds += 5) {
      requests += 10;
      put("stat", `cpu  ${seconds} 0 0 ${seconds * 3} 0 0 0 0 0 0\n`);
      put("net/dev", `  eth0: 0 0 0 0 0 0 0 0 ${seconds * 1000} 0\n`);
      clock.advance(5000);
      load.sample();
    }
    expect(load.processor.percent).toBe(25);
    expect(load.processor.lastHour).toHaveLength(60);
    expect(load.network.sentBitsPerSecond).toBe(8000);
    expect(load.lastMinute).toEqual({ requests: 120, commits: 240 });
  });

  test("a minute is the mean of its readings", () => {
    const hour = new LastHour();
    expect(hour.values()).toEqual([]);
    for (const [second, value] of [
      [0, 10],
      [30, 20],
      [60, 50],
      [90, 70],
    ] as const)
      hour.add(value, second * 1000);
    expect(hour.values()).toEqual([15, 60]);
    hour.add(1, 10 * MINUTE_MS);
    expect(hour.values()).toEqual([15, 60, 1]);
  });
});

describe("the disk", () => {
  test("lasts as long as last week's growth says, and nothing is said of one day or of a disk that empties", () => {
    const level = (day: number, usedBytes: number) => ({ day: `2026-11-${day}`, usedBytes });
    expect(daysUntilFull([], 100)).toBeNull();
    expect(daysUntilFull([level(10, 0), level(11, 50)], 100)).toBeNull();
    expect(daysUntilFull([level(10, 0), level(14, 40)], 100)).toBe(10);
    expect(daysUntilFull([level(10, 40), level(14, 40)], 100)).toBeNull();
    expect(daysUntilFull([level(10, 40), level(14, 10)], 100)).toBeNull();
  });

  test("that is nearly full makes the database need attention, and a full one makes it fail", () => {
    const loads = { sessions: 0, jumpClientsOnline: 0, requests: 0, commits: 0, openTransfers: 0, providers: 0 };
    const healthAt = (freeBytes: number) => {
      const parts = ownParts(loads, { usedBytes: 0, totalBytes: 100e9, freeBytes });
      return worst(parts.map(({ health }) => health));
    };
    expect([50e9, 1e9, 1e6].map(healthAt)).toEqual(["ok", "attention", "failed"]);
    expect(alertBelowBytes({ usedBytes: 0, totalBytes: 10e9, freeBytes: 0 })).toBe(1e9);
  });
});

test("NA25 keys and long words of a journal are left out of the support bundle", () => {
  const key = `-----BEGIN EC PRIVATE KEY-----\n${"A".repeat(40)}\n-----END EC PRIVATE KEY-----`;
  const text = withoutSecrets(`before ${key} between ${"x1_".repeat(20)} after -----BEGIN PRIVATE KEY----- cut off`);
  expect(text).toBe("before (a key was here) between (a long word was here) after (a key was here)");
});
