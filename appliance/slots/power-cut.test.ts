import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Slot } from "../../protocol/appliance/system-actions.ts";
import { benvWith, openTestMachine, type TestMachine } from "../test-system/machine.ts";
import type { BlockDevice, PartitionLabel } from "./block-device.ts";
import {
  afterStart,
  BOOT_COUNTERS_BYTES,
  BOOT_COUNTERS_OFFSET,
  nextStart,
  parseBootCounters,
} from "./boot-counters.ts";
import { Slots } from "./slots.ts";
import { makeBundle, testKeys } from "./test-bundle.ts";
import { UpdateStaging } from "./update-staging.ts";

const keys = testKeys();
const former = { boot: new Uint8Array(40_000).fill(1), root: new Uint8Array(300_000).fill(2) };
const older = { boot: new Uint8Array(40_000).fill(3), root: new Uint8Array(300_000).fill(4) };
const newer = { boot: new Uint8Array(randomBytes(40_000)), root: new Uint8Array(randomBytes(300_000)) };
const bundle = makeBundle(keys.privateKey, newer);

class PowerCut extends Error {}

/** What of the writes since the last sync is on the disk when the power goes. */
type Left = "nothing" | "everything" | "some sectors";

/** A disk that loses its power at the nth write or sync, and then keeps what a real one might. */
class CutDisk {
  #operations = 0;
  readonly #kept = new Map<PartitionLabel, Uint8Array>();
  readonly #cached = new Map<PartitionLabel, Uint8Array>();

  constructor(private readonly cutAt: number) {
    const counters = { first: "a", a: { isGood: true, triesLeft: 3 }, b: { isGood: true, triesLeft: 3 } } as const;
    this.put("benv", benvWith(counters));
    for (const name of ["boot", "root"] as const) {
      this.put(`${name}-a`, former[name]);
      this.put(`${name}-b`, older[name]);
    }
  }

  get operations(): number {
    return this.#operations;
  }

  readonly open = (label: PartitionLabel): BlockDevice => ({
    sizeBytes: this.#cached.get(label)!.length,
    read: (into, at) => {
      into.set(this.#cached.get(label)!.subarray(at, at + into.length));
      return into.length;
    },
    write: (bytes, at) => {
      this.#cached.get(label)!.set(bytes, at);
      this.count();
    },
    sync: () => {
      this.count();
      this.#kept.set(label, this.#cached.get(label)!.slice());
    },
    forgetCache: () => {},
    [Symbol.dispose]: () => {},
  });

  /** What a start after the cut finds. */
  after(label: PartitionLabel, left: Left): Uint8Array {
    const kept = this.#kept.get(label)!.slice();
    const cached = this.#cached.get(label)!;
    if (left === "everything") return cached;
    for (let at = 0; left === "some sectors" && at < kept.length; at += 512) {
      if (randomBytes(1)[0]! < 128) kept.set(cached.subarray(at, at + 512), at);
    }
    return kept;
  }

  private put(label: PartitionLabel, bytes: Uint8Array): void {
    this.#kept.set(label, bytes.slice());
    this.#cached.set(label, bytes.slice());
  }

  private count(): void {
    this.#operations += 1;
    if (this.#operations === this.cutAt) throw new PowerCut();
  }
}

function openMachine(): TestMachine {
  const machine = openTestMachine();
  machine.put("usr/lib/causeway/update.pub", keys.publicKey.export({ type: "spki", format: "pem" }));
  machine.put("data/appliance/slots/b.json", JSON.stringify({ version: "1.1.0", manifest: null }));
  mkdirSync(machine.paths.updates, { recursive: true });
  writeFileSync(join(machine.paths.updates, "one.bundle"), bundle);
  return machine;
}

/** Stages the update and chooses it, until the power goes. @returns whether it went */
async function updateUntilCut(machine: TestMachine, disk: CutDisk): Promise<boolean> {
  const slots = new Slots(machine.system, disk.open);
  const staging = new UpdateStaging(machine.system, slots, disk.open);
  try {
    await staging.stage("one.bundle", { signal: new AbortController().signal, report: () => {} });
    slots.choose("b");
    return false;
  } catch (error) {
    if (error instanceof PowerCut) return true;
    throw error;
  }
}

/** Which whole version a slot holds. */
function versionIn(disk: CutDisk, slot: Slot, left: Left): string {
  const boot = Buffer.from(disk.after(`boot-${slot}`, left));
  const root = Buffer.from(disk.after(`root-${slot}`, left));
  const versions = { former, older, newer };
  const found = Object.entries(versions).find(([, one]) => boot.equals(one.boot) && root.equals(one.root));
  return found?.[0] ?? "nothing whole";
}

/** The versions that GRUB starts one after the other when none of them ever says that it works. */
function starts(disk: CutDisk, left: Left): string[] {
  let counters = parseBootCounters(
    disk.after("benv", left).subarray(BOOT_COUNTERS_OFFSET, BOOT_COUNTERS_OFFSET + BOOT_COUNTERS_BYTES),
  )!;
  return Array.from({ length: 8 }, () => {
    const version = versionIn(disk, nextStart(counters), left);
    counters = afterStart(counters);
    return version;
  });
}

test("NA40 the power goes at any write of an update: GRUB always finds a whole version", async () => {
  const seen = new Set<string>();
  for (let cutAt = 1; ; cutAt += 1) {
    using machine = openMachine();
    const disk = new CutDisk(cutAt);
    const wasCut = await updateUntilCut(machine, disk);
    for (const left of ["nothing", "everything", "some sectors"] as const) {
      const versions = starts(disk, left);
      expect(versions).not.toContain("nothing whole");
      expect(versions).toContain("former");
      seen.add(versions[0]!);
    }
    // What is called whole after the cut is whole.
    const slots = new Slots(machine.system, disk.open);
    if (slots.state("b").version === "1.3.0") expect(versionIn(disk, "b", "nothing")).toBe("newer");
    if (!wasCut) break;
  }
  expect([...seen].sort()).toEqual(["former", "newer"]);
}, 60_000);
