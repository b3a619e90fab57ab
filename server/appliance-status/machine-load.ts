/**
 * How busy the machine is: processors, memory, disk, network, read from /proc and statfs each five seconds (about 0.2 ms)
 * and kept for an hour. Where there is no /proc everything reads 0.
 */
import { readFileSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { LastHour } from "./last-hour.ts";
import {
  busyPercent,
  type Memory,
  type ProcessorTicks,
  readLoad,
  readMemory,
  readProcessorTicks,
  readSentBytes,
} from "./proc-readings.ts";

/** What has happened since the server started. */
export interface Counters {
  readonly requests: number;
  readonly commits: number;
}
/** In bytes. */
export interface DiskSpace {
  readonly usedBytes: number;
  readonly totalBytes: number;
  /** For the server's user; some is kept for root. */
  readonly freeBytes: number;
}
interface Reading {
  readonly atMs: number;
  readonly ticks: ProcessorTicks;
  readonly sentBytes: number;
  readonly counters: Counters;
}
/** A minute of readings, so that "in the last minute" is one subtraction. */
const KEPT_READINGS = 13;

export interface MachineLoadNeeds {
  readonly clock: Clock;
  /** The data directory: its disk is the one that is shown. */
  readonly directory: string;
  counters(): Counters;
  /** "/proc"; tests have their own. */
  readonly proc?: string;
}

export class MachineLoad {
  readonly #needs: MachineLoadNeeds;
  readonly #readings: Reading[] = [];
  readonly #hours = {
    processor: new LastHour(),
    memory: new LastHour(),
    disk: new LastHour(),
    network: new LastHour(),
  };
  #now = { percent: 0, load: 0, sentBitsPerSecond: 0 };
  #memory: Memory = { usedBytes: 0, totalBytes: 0 };
  #disk: DiskSpace = { usedBytes: 0, totalBytes: 0, freeBytes: 0 };

  constructor(needs: MachineLoadNeeds) {
    this.#needs = needs;
    this.sample();
  }

  /** Reads everything once. */
  sample(): void {
    const before = this.#readings.at(-1);
    const reading = this.#read();
    this.#readings.push(reading);
    if (this.#readings.length > KEPT_READINGS) this.#readings.shift();
    this.#memory = readMemory(this.#text("meminfo"));
    this.#disk = this.#readDisk() ?? this.#disk;
    if (before !== undefined) this.#now = { ...change(before, reading), load: readLoad(this.#text("loadavg")) };
    this.#keep(reading.atMs);
  }

  get processor() {
    const { percent, load } = this.#now;
    return { percent, load, cores: availableParallelism(), lastHour: this.#hours.processor.values() };
  }

  get memory() {
    return { ...this.#memory, lastHour: this.#hours.memory.values() };
  }

  get disk() {
    return { ...this.#disk, lastHour: this.#hours.disk.values() };
  }

  get network() {
    return { sentBitsPerSecond: this.#now.sentBitsPerSecond, lastHour: this.#hours.network.values() };
  }

  /** What happened in the last minute, or since the start. */
  get lastMinute(): Counters {
    const now = this.#needs.counters();
    const { requests, commits } = this.#readings[0]!.counters;
    return { requests: now.requests - requests, commits: now.commits - commits };
  }

  #read(): Reading {
    return {
      atMs: this.#needs.clock.monotonicMs(),
      ticks: readProcessorTicks(this.#text("stat")),
      sentBytes: readSentBytes(this.#text("net/dev")),
      counters: this.#needs.counters(),
    };
  }

  #keep(nowMs: number): void {
    const share = ({ usedBytes, totalBytes }: Memory): number =>
      totalBytes === 0 ? 0 : (usedBytes / totalBytes) * 100;
    this.#hours.processor.add(this.#now.percent, nowMs);
    this.#hours.memory.add(share(this.#memory), nowMs);
    this.#hours.disk.add(share(this.#disk), nowMs);
    this.#hours.network.add(this.#now.sentBitsPerSecond, nowMs);
  }

  /** null: its disk does not answer now, and what was last known stands. */
  #readDisk(): DiskSpace | null {
    try {
      return readDisk(this.#needs.directory);
    } catch {
      // A disk that is gone shows in the database's own failures; the sampler goes on.
      return null;
    }
  }

  #text(name: string): string {
    try {
      return readFileSync(join(this.#needs.proc ?? "/proc", name), "utf8");
    } catch {
      // Not Linux, or not allowed: there is nothing to show.
      return "";
    }
  }
}

function change(before: Reading, after: Reading): { percent: number; sentBitsPerSecond: number } {
  const seconds = (after.atMs - before.atMs) / 1000;
  const sentBytes = Math.max(0, after.sentBytes - before.sentBytes);
  return {
    percent: busyPercent(before.ticks, after.ticks),
    sentBitsPerSecond: seconds <= 0 ? 0 : Math.round((sentBytes * 8) / seconds),
  };
}

/** The disk under a directory. */
export function readDisk(directory: string): DiskSpace {
  const { blocks, bfree, bavail, bsize } = statfsSync(directory);
  return { totalBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize, freeBytes: bavail * bsize };
}
