/** What a Linux computer's processors, network cards and programs do in a moment: counters in /proc, read twice. */
import { existsSync, readdirSync } from "node:fs";
import { readText } from "./read-text.ts";

/** Processor time since start. */
export interface Ticks {
  readonly busy: number;
  readonly all: number;
}

/** Counters as they stand at one time. */
export interface Counters {
  readonly ticks: Ticks;
  /** Received and sent. */
  readonly networkBytes: number;
  /** Of each program, by its number. */
  readonly programTicks: ReadonlyMap<number, number>;
  /** Monotonic. */
  readonly atMs: number;
}

export interface Activity {
  /** 0 to 100, over all processors. */
  readonly cpuPercent: number;
  readonly networkBitsPerSecond: number;
  /** The share each program had of all processors, by its number; one that has begun since is not named. */
  readonly programPercents: ReadonlyMap<number, number>;
}

/** Long enough for a hundredth of a processor to show, short enough to wait for. */
const MOMENT_MS = 500;

/** Reads the counters, waits half a second, and reads them again. */
export async function readActivity(): Promise<Activity> {
  const before = readCounters();
  await Bun.sleep(MOMENT_MS);
  return activityBetween(before, readCounters());
}

/** Pure. Counters that went back, because a number or a card is another's now, count as nothing. */
export function activityBetween(before: Counters, after: Counters): Activity {
  const all = after.ticks.all - before.ticks.all;
  const seconds = (after.atMs - before.atMs) / 1000;
  const programPercents = new Map<number, number>();
  for (const [pid, ticks] of after.programTicks) {
    const earlier = before.programTicks.get(pid);
    if (earlier !== undefined) programPercents.set(pid, percentOf(ticks - earlier, all));
  }
  const bits = Math.max(0, after.networkBytes - before.networkBytes) * 8;
  return {
    cpuPercent: busyPercent(before.ticks, after.ticks),
    networkBitsPerSecond: seconds <= 0 ? 0 : Math.round(bits / seconds),
    programPercents,
  };
}

/** 0 to 100, with one decimal. */
export function busyPercent(before: Ticks, after: Ticks): number {
  return percentOf(after.busy - before.busy, after.all - before.all);
}

function percentOf(part: number, all: number): number {
  if (all <= 0) return 0;
  return Math.min(100, Math.max(0, Math.round((part / all) * 1000) / 10));
}

function readCounters(): Counters {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return {
    ticks: parseProcessorTicks(readText("/proc/stat")),
    networkBytes: cardBytes(parseNetworkBytes(readText("/proc/net/dev"))),
    programTicks: new Map(pids.map((pid) => [Number(pid), parseProgramTicks(readText(`/proc/${pid}/stat`))])),
    atMs: performance.now(),
  };
}

/** Of cards alone, where there are any: what goes over a bridge or a tunnel goes over a card as well. */
function cardBytes(interfaces: ReadonlyMap<string, number>): number {
  const cards = [...interfaces].filter(([name]) => existsSync(`/sys/class/net/${name}/device`));
  const counted = cards.length > 0 ? cards : [...interfaces].filter(([name]) => name !== "lo");
  return counted.reduce((sum, [, bytes]) => sum + bytes, 0);
}

/** The first line of /proc/stat; waiting for the disk counts as idle. */
export function parseProcessorTicks(stat: string): Ticks {
  const fields = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(" ").map(Number) ?? [];
  // Guest time (fields 9 and 10) is already in user and nice.
  const all = fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
  return { all, busy: all - (fields[3] ?? 0) - (fields[4] ?? 0) };
}

/** /proc/PID/stat, proc(5): utime and stime. They are counted from behind the name, which may hold blanks and brackets. */
export function parseProgramTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks : 0;
}

/** /proc/net/dev, proc(5): bytes received and sent of each interface. */
export function parseNetworkBytes(dev: string): ReadonlyMap<string, number> {
  const lines = [...dev.matchAll(/^\s*([^:\s]+):\s*(.+)$/gm)];
  return new Map(
    lines.map(([, name = "", numbers = ""]) => {
      const fields = numbers.trim().split(/\s+/).map(Number);
      return [name, (fields[0] ?? 0) + (fields[8] ?? 0)];
    }),
  );
}
