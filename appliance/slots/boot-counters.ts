import type { Slot } from "../../protocol/appliance/system-actions.ts";

/**
 * GRUB's environment block with the boot counters: 1,024 bytes at a fixed place of the partition "benv". GRUB reads it at
 * each start, picks a slot by `nextStart`'s rules and takes one try from it. Its text is far shorter than a sector and the
 * rest never changes, so a write of it is the old one or the new one, whenever the power goes.
 */
export const BOOT_COUNTERS_BYTES = 1024;

/** Where the block lies in its partition, in bytes: GRUB knows it as a file of a tiny FAT around it, which never changes. */
export const BOOT_COUNTERS_OFFSET = 32_768;

const HEADER = "# GRUB Environment Block\n";
/** How often a slot is tried that has not been seen to work. */
export const MAX_TRIES = 3;

/** What GRUB knows of one slot. */
export interface SlotCounters {
  /** It was seen to work after some start. */
  readonly isGood: boolean;
  /** Starts that GRUB still gives it; set to three again each time it is seen to work. */
  readonly triesLeft: number;
}

/** What GRUB knows. */
export interface BootCounters {
  /** The slot that is asked first. */
  readonly first: Slot;
  readonly a: SlotCounters;
  readonly b: SlotCounters;
}

/** The other of the two. */
export function otherSlot(slot: Slot): Slot {
  return slot === "a" ? "b" : "a";
}

/** Reads the block as GRUB would. @returns null where GRUB could not read it either */
export function parseBootCounters(block: Uint8Array): BootCounters | null {
  const text = new TextDecoder("latin1").decode(block);
  if (block.length !== BOOT_COUNTERS_BYTES || !text.startsWith(HEADER)) return null;
  const values = new Map<string, string>();
  for (const line of text.slice(HEADER.length).split("\n")) {
    const equals = line.indexOf("=");
    if (equals > 0 && !line.startsWith("#")) values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  const counters = (slot: Slot): SlotCounters => ({
    isGood: values.get(`${slot}_ok`) === "1",
    triesLeft: readTries(values.get(`${slot}_try`)),
  });
  return { first: values.get("order") === "ba" ? "b" : "a", a: counters("a"), b: counters("b") };
}

/** GRUB's menu compares with 3, 2 and 1; anything else is none. */
function readTries(value: string | undefined): number {
  return value === "1" || value === "2" || value === "3" ? Number(value) : 0;
}

/** The block for these counters. */
export function formatBootCounters({ first, a, b }: BootCounters): Uint8Array {
  const lines = [
    `order=${first}${otherSlot(first)}`,
    `a_ok=${Number(a.isGood)}`,
    `a_try=${a.triesLeft}`,
    `b_ok=${Number(b.isGood)}`,
    `b_try=${b.triesLeft}`,
  ];
  return new TextEncoder().encode(`${HEADER}${lines.join("\n")}\n`.padEnd(BOOT_COUNTERS_BYTES, "#"));
}

/**
 * The slot GRUB takes at the next start (appliance/image/grub.cfg says the same in its own language): the first while it has
 * tries; then the other, if it is good and has tries; and when all are spent, a good one rather than none.
 */
export function nextStart(counters: BootCounters): Slot {
  const { first } = counters;
  const second = otherSlot(first);
  if (counters[first].triesLeft > 0) return first;
  if (counters[second].isGood && counters[second].triesLeft > 0) return second;
  return counters[second].isGood && !counters[first].isGood ? second : first;
}

/** The counters after GRUB has started a slot by itself. */
export function afterStart(counters: BootCounters): BootCounters {
  const slot = nextStart(counters);
  const { isGood, triesLeft } = counters[slot];
  // Past the last try GRUB fills the counter up instead of stopping.
  return { ...counters, [slot]: { isGood, triesLeft: triesLeft > 0 ? triesLeft - 1 : MAX_TRIES } };
}
