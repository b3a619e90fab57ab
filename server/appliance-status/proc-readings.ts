/** What Linux says of the machine in /proc; pure. A text of another form reads as nothing happening. */

/** Ticks of all processors since the machine started. */
export interface ProcessorTicks {
  readonly busy: number;
  readonly all: number;
}

/** From /proc/stat (proc_stat(5)): the first line sums all processors; its fourth and fifth numbers are idle and waiting. */
export function readProcessorTicks(stat: string): ProcessorTicks {
  const numbers = /^cpu +([0-9 ]+)$/mu.exec(stat)?.[1]?.split(" ").map(Number) ?? [];
  // The last two, time of guests, are counted in the first two already.
  const counted = numbers.slice(0, 8);
  const all = counted.reduce((sum, ticks) => sum + ticks, 0);
  const idle = (numbers[3] ?? 0) + (numbers[4] ?? 0);
  return { busy: all - idle, all };
}

/** How busy they were between two readings, in percent. */
export function busyPercent(before: ProcessorTicks, after: ProcessorTicks): number {
  const all = after.all - before.all;
  return all <= 0 ? 0 : clampPercent(((after.busy - before.busy) / all) * 100);
}

const clampPercent = (percent: number): number => Math.min(100, Math.max(0, Math.round(percent * 10) / 10));

/** In bytes. */
export interface Memory {
  readonly usedBytes: number;
  readonly totalBytes: number;
}

/** From /proc/meminfo: what programs could not have is used. */
export function readMemory(meminfo: string): Memory {
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}: +([0-9]+) kB$`, "mu").exec(meminfo)?.[1] ?? 0) * 1024;
  const totalBytes = bytes("MemTotal");
  return { totalBytes, usedBytes: Math.max(0, totalBytes - bytes("MemAvailable")) };
}

/** From /proc/loadavg: the mean of the last minute. */
export function readLoad(loadavg: string): number {
  const load = Number(loadavg.split(" ", 1)[0]);
  return Number.isFinite(load) ? load : 0;
}

/** From /proc/net/dev: bytes sent by every interface but the loop-back since the machine started. */
export function readSentBytes(dev: string): number {
  let sent = 0;
  for (const line of dev.split("\n")) {
    const [, name, counters] = /^ *([^: ]+): *([0-9 ]+)$/u.exec(line) ?? [];
    if (name === undefined || name === "lo" || counters === undefined) continue;
    sent += Number(counters.trim().split(/ +/u)[8] ?? 0);
  }
  return sent;
}
