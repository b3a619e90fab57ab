import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Commands, type ProgramName, programs } from "../system/commands.ts";
import { BOOT_COUNTERS_OFFSET, type BootCounters, formatBootCounters } from "../slots/boot-counters.ts";
import { type Paths, pathsUnder } from "../system/paths.ts";
import type { System } from "../system/system.ts";

/** Notes its own name and words, a line a call, and says what lies in a file of its name. */
const STAND_IN = `#!/bin/sh
name=\${0##*/}
folder=\${0%/*}
separator=$(printf '\\037')
line=$name
for word in "$@"; do line=$line$separator$word; done
# One write: several may be called at once.
printf '%s\\n' "$line" >>"$folder/calls"
[ "$name" = nft ] && cat >"$folder/nft.input"
[ -e "$folder/$name.says" ] && cat "$folder/$name.says"
[ -e "$folder/$name.fails" ] && exit 1
exit 0
`;

/** A machine's files in a folder of their own, with stand-ins for the system's programs that note how they are called. */
export interface TestMachine extends Disposable {
  readonly root: string;
  readonly paths: Paths;
  readonly system: System;
  /** What the clock says; tests move it. */
  readonly time: { nowMs: number; uptimeMs: number };
  /** Lines that were logged. */
  readonly logged: string[];
  /** Writes a file of the machine. */
  put(path: string, text: string | Uint8Array): void;
  /** A program says this from now on. */
  says(program: ProgramName, text: string): void;
  /** A program fails from now on. */
  fails(program: ProgramName): void;
  /** The calls so far: the program and its words. */
  calls(): string[][];
  /** What nft was given last. */
  nftInput(): string;
}

/** @param slot from which it was started */
export function openTestMachine(slot = "a"): TestMachine {
  const root = mkdtempSync(join(tmpdir(), "causeway-machine-"));
  const bin = join(root, "bin");
  const paths = pathsUnder(root);
  const put = (path: string, text: string | Uint8Array): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  mkdirSync(bin);
  for (const name of Object.keys(programs)) {
    writeFileSync(join(bin, name), STAND_IN);
    chmodSync(join(bin, name), 0o755);
  }
  putMachine(root, slot, put);
  mkdirSync(paths.run, { recursive: true });
  const made = new Date("2026-11-20T00:00:00Z");
  utimesSync(join(paths.release, "version"), made, made);
  const time = { nowMs: Date.parse("2026-11-21T08:00:00Z"), uptimeMs: 100_000 };
  const logged: string[] = [];
  const table = Object.fromEntries(Object.keys(programs).map((name) => [name, join(bin, name)]));
  const system: System = {
    paths,
    commands: new Commands(table as Record<ProgramName, string>),
    clock: { now: () => new Date(time.nowMs), uptimeMs: () => time.uptimeMs },
    log: (line) => void logged.push(line),
  };
  return {
    root,
    paths,
    system,
    time,
    logged,
    put,
    says: (program, text) => put(`bin/${program}.says`, text),
    fails: (program) => put(`bin/${program}.fails`, ""),
    calls: () => readCalls(join(bin, "calls")),
    nftInput: () => readFileSync(join(bin, "nft.input"), "utf8"),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Two network cards, a version, a data partition that is mounted, and what the kernel says. */
function putMachine(root: string, slot: string, put: TestMachine["put"]): void {
  put("proc/cmdline", `root=/dev/mapper/root ro causeway.slot=${slot} causeway.version=1.2.0 quiet\n`);
  put("proc/self/mountinfo", `40 1 8:8 / ${root}/data rw,noatime shared:1 - ext4 /dev/sda8 rw\n`);
  put("proc/sys/kernel/hostname", "");
  put("proc/sys/vm/drop_caches", "");
  put("usr/lib/causeway/version", "1.2.0\n");
  put(
    "dev/disk/by-partlabel/benv",
    benvWith({ first: "a", a: { isGood: true, triesLeft: 3 }, b: { isGood: false, triesLeft: 0 } }),
  );
  for (const [name, mac] of [
    ["ens192", "00:50:56:00:00:01"],
    ["ens224", "00:50:56:00:00:02"],
  ]) {
    put(`sys/class/net/${name}/device/vendor`, "0x15ad\n");
    put(`sys/class/net/${name}/type`, "1\n");
    put(`sys/class/net/${name}/address`, `${mac}\n`);
    put(`sys/class/net/${name}/carrier`, "1\n");
    put(`sys/class/net/${name}/speed`, "10000\n");
    put(`sys/class/net/${name}/statistics/rx_bytes`, "1234\n");
    put(`sys/class/net/${name}/statistics/tx_bytes`, "567\n");
  }
  put("sys/class/net/lo/type", "772\n");
  put("bin/ip.says", "[]");
  put("bin/detectVirtualization.says", "kvm\n");
}

/** The partition of the boot counters. */
export function benvWith(counters: BootCounters): Uint8Array {
  const partition = new Uint8Array(1 << 20);
  partition.set(formatBootCounters(counters), BOOT_COUNTERS_OFFSET);
  return partition;
}

function readCalls(file: string): string[][] {
  try {
    return readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\x1f"));
  } catch {
    // Nothing was called yet.
    return [];
  }
}
