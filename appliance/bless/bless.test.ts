import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { blockDevices } from "../slots/block-device.ts";
import { Slots } from "../slots/slots.ts";
import { benvWith, openTestMachine, type TestMachine } from "../test-system/machine.ts";
import { bless } from "./bless.ts";

let machine: TestMachine;
let slots: Slots;
beforeEach(() => {
  machine = openTestMachine("b");
  slots = new Slots(machine.system, blockDevices(machine.paths));
});
afterEach(() => machine[Symbol.dispose]());

/** What GRUB knows: slot b was started, with one try gone. */
function counters(isGood: boolean, hasWayBack: boolean): void {
  const a = { isGood: hasWayBack, triesLeft: 3 };
  machine.put("dev/disk/by-partlabel/benv", benvWith({ first: "b", a, b: { isGood, triesLeft: 2 } }));
}

/** The server never works, and the time it has is soon over. */
function unhealthy(): void {
  machine.says("setpriv", "The database does not open.\n");
  machine.fails("setpriv");
  setTimeout(() => (machine.time.uptimeMs += 600_000), 5);
}

test("NA40 a version whose server passes its test is good, with three tries", async () => {
  counters(false, true);
  expect(await bless(machine.system)).toBe("good");
  expect(slots.counters().b).toEqual({ isGood: true, triesLeft: 3 });
  expect(slots.counters().a).toEqual({ isGood: true, triesLeft: 3 });
});

test("NA40 a new version that does not work makes way for the one before", async () => {
  counters(false, true);
  unhealthy();
  expect(await bless(machine.system)).toBe("restart");
  expect(slots.counters().b).toEqual({ isGood: false, triesLeft: 2 });
  expect(readFileSync(machine.paths.healthProblem, "utf8")).toContain("The database does not open.");
});

test("NA40 a server that ends again and again is not waited for", async () => {
  counters(false, true);
  machine.says("setpriv", "no server serves from this data directory\n");
  machine.fails("setpriv");
  machine.says("systemctl", "11\n");
  expect(await bless(machine.system)).toBe("restart");
  expect(machine.time.uptimeMs).toBe(100_000);
  expect(machine.logged.join("\n")).toContain("The server ended again and again.");
});

test("a version that worked before stays up with a notice, and so does the only one: no endless restarts", async () => {
  counters(true, true);
  unhealthy();
  expect(await bless(machine.system)).toBe("left alone");
  counters(false, false);
  unhealthy();
  expect(await bless(machine.system)).toBe("left alone");
});

test("a damaged data partition is not the version's fault: its tries come back", async () => {
  counters(true, true);
  machine.put("run/causeway/data-problem", "Damaged.\n");
  expect(await bless(machine.system)).toBe("left alone");
  expect(slots.counters().b).toEqual({ isGood: true, triesLeft: 3 });
  expect(machine.calls()).toEqual([]);
  expect(existsSync(machine.paths.healthProblem)).toBe(false);
});

test("counters that were emptied are made anew around the version that runs", async () => {
  machine.put("dev/disk/by-partlabel/benv", new Uint8Array(1 << 20));
  expect(await bless(machine.system)).toBe("good");
  expect(slots.counters()).toEqual({
    first: "b",
    a: { isGood: false, triesLeft: 0 },
    b: { isGood: true, triesLeft: 3 },
  });
});
