/** Says on what the figures were had: they mean little without it. */
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly bun: string;
  readonly loadAverage: string;
  readonly takenAt: string;
}

export async function thisMachine(): Promise<Machine> {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    bun: Bun.version,
    loadAverage: (await Bun.file("/proc/loadavg").text()).split(" ").slice(0, 3).join(" "),
    takenAt: new Date().toISOString(),
  };
}

/** How the processors' time went since the machine started, in ticks of a hundredth of a second. */
export interface ProcessorTime {
  /** Some program or the kernel worked. */
  readonly busy: number;
  /** One would have worked, and the host gave the processor to another machine. */
  readonly stolen: number;
}

/** proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal. */
export function processorTime(stat = readFileSync("/proc/stat", "utf8")): ProcessorTime {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = (stat.split("\n")[0] ?? "")
    .split(/\s+/u)
    .slice(1)
    .map(Number);
  return { busy: user + nice + system + irq + softirq, stolen };
}

/** How much of the time that was wanted meanwhile was stolen, 0 to 1: latencies grow with far more than that share. */
export function stolenShare(before: ProcessorTime, after: ProcessorTime): number {
  const stolen = after.stolen - before.stolen;
  const wanted = after.busy - before.busy + stolen;
  return wanted === 0 ? 0 : stolen / wanted;
}

/** Resident memory of a process that runs, in bytes, from /proc. */
export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kib === undefined) throw new Error(`process ${pid} says nothing of its memory`);
  return Number(kib) * 1024;
}
