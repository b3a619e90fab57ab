import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import type { Slot, SlotState } from "../../protocol/appliance/system-actions.ts";
import { Release, UpdateManifest } from "../../protocol/appliance/update-manifest.ts";
import { AppError } from "../../protocol/errors.ts";
import { readSettings, readTextFile, removeDurably, writeSettings } from "../system/durable-file.ts";
import { kernelWords, type System } from "../system/system.ts";
import type { OpenBlockDevice } from "./block-device.ts";
import {
  BOOT_COUNTERS_BYTES,
  BOOT_COUNTERS_OFFSET,
  type BootCounters,
  formatBootCounters,
  MAX_TRIES,
  nextStart,
  otherSlot,
  parseBootCounters,
} from "./boot-counters.ts";

/** What is written beside a slot once it is whole; its being there says that it is. */
const SlotRecord = Type.Object({
  version: Release,
  /** null: it came with the disk. */
  manifest: Type.Union([UpdateManifest, Type.Null()]),
});

/**
 * The two slots: what lies in each, and which the next start takes.
 *
 * INVARIANT: after a power cut at any write, the slot that GRUB takes holds a whole version, or the other takes over after
 * three tries.
 */
export class Slots {
  constructor(
    private readonly system: System,
    private readonly openDevice: OpenBlockDevice,
  ) {}

  /** The slot this system was started from. @throws {AppError} system.unavailable where it was not started from one */
  get running(): Slot {
    const slot = kernelWords(this.system.paths).get("causeway.slot");
    if (slot === "a" || slot === "b") return slot;
    throw new AppError(
      "system.unavailable",
      "This computer was not started from a slot of the appliance, so it has no versions to choose from.",
    );
  }

  /** The running version, without what a build adds after a plus. */
  get runningVersion(): string {
    return releaseVersion(this.system);
  }

  /** What the counters say. A block that GRUB cannot read counts as a fresh one that starts the running slot. */
  counters(): BootCounters {
    using device = this.openDevice("benv");
    const block = new Uint8Array(BOOT_COUNTERS_BYTES);
    device.read(block, BOOT_COUNTERS_OFFSET);
    return parseBootCounters(block) ?? freshCounters(this.running);
  }

  /** Replaces the counters in place; they are on the disk when it returns. */
  writeCounters(counters: BootCounters): void {
    using device = this.openDevice("benv");
    device.write(formatBootCounters(counters), BOOT_COUNTERS_OFFSET);
    device.sync();
  }

  /** Both slots as they are. */
  states(): SlotState[] {
    const counters = this.counters();
    const running = this.running;
    return (["a", "b"] as const).map((slot) => {
      const record = this.record(slot);
      return {
        slot,
        version: slot === running ? this.runningVersion : (record?.version ?? null),
        isRunning: slot === running,
        isGood: counters[slot].isGood,
        triesLeft: counters[slot].triesLeft,
        isNext: slot === nextStart(counters),
        manifest: record?.manifest ?? null,
      };
    });
  }

  /** One slot as it is. */
  state(slot: Slot): SlotState {
    return this.states().find((state) => state.slot === slot)!;
  }

  /** The next start takes this slot; it gets three tries. @throws {AppError} request.conflict for one that holds nothing whole */
  choose(slot: Slot): SlotState[] {
    const counters = this.counters();
    if (!this.isWhole(slot, counters)) {
      throw new AppError(
        "request.conflict",
        `Slot ${slot.toUpperCase()} holds no whole version, so it cannot be started. Upload an update first.`,
      );
    }
    this.writeCounters({ ...counters, first: slot, [slot]: { ...counters[slot], triesLeft: MAX_TRIES } });
    return this.states();
  }

  private isWhole(slot: Slot, counters: BootCounters): boolean {
    return slot === this.running || counters[slot].isGood || this.record(slot) !== null;
  }

  /**
   * Before a slot is written: GRUB starts the running one and never this one. Its record goes first, so that nothing calls
   * it whole.
   */
  close(slot: Slot): void {
    const counters = this.counters();
    removeDurably(this.recordPath(slot));
    this.writeCounters({ ...counters, first: otherSlot(slot), [slot]: { isGood: false, triesLeft: 0 } });
  }

  /** After a slot was written whole: it may be chosen. The running one stays first. */
  open(slot: Slot, manifest: UpdateManifest): void {
    writeSettings(this.recordPath(slot), { version: manifest.version, manifest });
    const counters = this.counters();
    this.writeCounters({ ...counters, [slot]: { isGood: false, triesLeft: MAX_TRIES } });
  }

  /** At each start: the running slot's record says what runs, so that the other version can name it later. */
  noteRunning(): void {
    const version = this.runningVersion;
    if (this.record(this.running)?.version === version) return;
    writeSettings(this.recordPath(this.running), { version, manifest: null });
  }

  /** The running slot works: it is good, with three tries. */
  bless(): void {
    const counters = this.counters();
    this.writeCounters({ ...counters, [this.running]: { isGood: true, triesLeft: MAX_TRIES } });
  }

  /** Gives the running slot its tries back without a word about whether it works. */
  refill(): void {
    const counters = this.counters();
    const { isGood } = counters[this.running];
    this.writeCounters({ ...counters, [this.running]: { isGood, triesLeft: MAX_TRIES } });
  }

  private record(slot: Slot) {
    return readSettings(this.recordPath(slot), SlotRecord);
  }

  private recordPath(slot: Slot): string {
    return join(this.system.paths.settings, "slots", `${slot}.json`);
  }
}

/** The version in the running root, without what a build adds after a plus; "0.0.0" where there is none. */
export function releaseVersion({ paths }: System): string {
  const text = readTextFile(join(paths.release, "version"))?.trim() ?? "";
  return text === "" ? "0.0.0" : text.split("+", 1)[0]!;
}

function freshCounters(running: Slot): BootCounters {
  const unknown = { isGood: false, triesLeft: 0 };
  return { a: unknown, b: unknown, first: running, [running]: { isGood: false, triesLeft: MAX_TRIES } };
}
