import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openTestMachine, type TestMachine } from "../test-system/machine.ts";

const PROGRAM = join(import.meta.dir, "../test-system/console-program.ts");

let machine: TestMachine;
let child: Bun.Subprocess;
let text = "";

/** Starts the console on a real terminal. */
function start(device: string): void {
  text = "";
  child = Bun.spawn([process.execPath, PROGRAM, machine.root, device], {
    env: { TERM: "linux" },
    terminal: { rows: 24, cols: 80, data: (_, bytes) => void (text += Buffer.from(bytes).toString()) },
  });
}

beforeEach(() => {
  machine = openTestMachine();
  machine.says(
    "ip",
    JSON.stringify([{ ifname: "ens192", addr_info: [{ local: "10.0.2.15", prefixlen: 24, scope: "global" }] }]),
  );
});
afterEach(async () => {
  child.kill("SIGKILL");
  await child.exited;
  child.terminal?.close();
  machine[Symbol.dispose]();
});

/** Waits until the console has written this since the last call; types nothing. */
async function sees(words: string): Promise<void> {
  for (let left = 400; left > 0; left -= 1) {
    const at = text.indexOf(words);
    if (at !== -1) {
      text = text.slice(at + words.length);
      return;
    }
    await Bun.sleep(25);
  }
  throw new Error(`The console did not write "${words}". It wrote:\n${text}`);
}

function types(keys: string): void {
  child.terminal!.write(keys);
}

/** Types a line where it is asked for. */
async function answers(question: string, line: string): Promise<void> {
  await sees(question);
  types(`${line}\r`);
}

const FRONT = "Choose a number: ";

test("the front page tells who, where and how, in 80 columns and 24 lines, without a single control character on a serial line", async () => {
  machine.put("run/causeway/health-problem", "The server's own test failed: the database does not open.\n");
  start("/dev/ttyS0");
  await untilText(FRONT);
  for (const words of [
    "version 1.2.0, slot A",
    "causeway",
    "10.0.2.15/24 (ens192)",
    "https://10.0.2.15/appliance",
    "the database does not open",
  ]) {
    expect(text).toContain(words);
  }
  const lines = text.split("\r\n");
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(text).toMatch(/^[\x20-\x7e\r\n]*$/u);
});

test("on the machine's own screen it draws lines and clears the page", async () => {
  start("/dev/tty1");
  await untilText(FRONT);
  expect(text).toContain("\x1b[2J");
  expect(text).toContain("────");
});

test("an address is set, seen and kept", async () => {
  start("/dev/ttyS0");
  await answers(FRONT, "1");
  await answers("Which interface (ens192, ens224): ", "ens192");
  await answers("Addressing of ens192 (dhcp, static, off): ", "static");
  await answers("VLAN (1 to 4094, or none): ", "none");
  await answers("Addresses with prefix", "10.40.0.12/24");
  await answers("Gateway (or none): ", "10.40.0.1");
  await sees("go back by themselves in two minutes");
  await answers("Keep them (yes, no): ", "yes");
  await sees("The settings are kept.");
  const kept = JSON.parse(readFileSync(join(machine.paths.settings, "network.json"), "utf8")) as {
    interfaces: unknown[];
  };
  expect(kept.interfaces[0]).toEqual({
    name: "ens192",
    addressing: "static",
    addresses: ["10.40.0.12/24"],
    gateways: ["10.40.0.1"],
    vlan: null,
  });
});

test("what is not kept goes back, also by an empty line", async () => {
  start("/dev/ttyS0");
  await answers(FRONT, "2");
  await answers("(empty: no change): ", "support.example.com");
  await answers("Keep them (yes, no): ", "");
  await sees("The former settings hold again.");
  expect(readFileSync(join(machine.paths.proc, "sys/kernel/hostname"), "utf8")).toBe("causeway");
  types("\r");
  await sees(FRONT);
});

test("NA3 hostile input at every question is told what is wrong, and reaches no program", async () => {
  const hostile = [
    "1.2.3;reboot",
    "$(id)",
    "`id`",
    "-f",
    "../../etc/passwd",
    "a b c",
    "\x1b[A\x1b[Bx y",
    "%n%s",
    "A".repeat(400),
  ];
  start("/dev/ttyS0");
  for (const line of ["reboot", "0", "11", "1e9", "-1", ...hostile]) await answers(FRONT, line);
  await answers(FRONT, "1");
  for (const line of hostile) await answers("Which interface (ens192, ens224): ", line);
  await answers("Which interface (ens192, ens224): ", "ens192");
  await answers("Addressing of ens192", "static");
  for (const line of hostile) await answers("VLAN (1 to 4094", line);
  await answers("VLAN (1 to 4094", "none");
  for (const line of hostile) await answers("Addresses with prefix", line);
  await answers("Addresses with prefix", "10.40.0.12/24");
  for (const line of hostile) await answers("Gateway (or none): ", line);
  types("\x03");
  for (const [number, question] of [
    ["2", "New name"],
    ["3", "Servers' addresses"],
    ["4", "Names or addresses"],
  ] as const) {
    await answers(FRONT, number);
    for (const line of ["1.2.3;reboot", "$(id)", "`id`", "../../etc/passwd", "%n%s"]) await answers(question, line);
    await sees(question);
    types("\r");
  }
  await sees(FRONT);
  const changes = machine.calls().filter(([program]) => !["ip", "chronyc", "detectVirtualization"].includes(program!));
  expect(changes).toEqual([]);
}, 30_000);

test("Ctrl-C, Ctrl-Z, Ctrl-\\ and Ctrl-D end nothing", async () => {
  start("/dev/ttyS0");
  await sees(FRONT);
  types("\x1a\x1c\x04\x03");
  await sees(FRONT);
  types("2\r");
  await sees("(empty: no change): ");
  types("abc\x1a\x1c\x04\x03");
  await sees(FRONT);
  expect(child.exitCode).toBeNull();
  expect(readFileSync(`/proc/${child.pid}/stat`, "utf8")).not.toContain(") T ");
  expect(machine.calls().filter(([program]) => program === "networkctl")).toEqual([]);
});

test("a factory reset needs the words, whole, and ten seconds in which any key stops it", async () => {
  start("/dev/ttyS0");
  await answers(FRONT, "10");
  await answers("(empty: go back): ", "erase");
  await answers("(empty: go back): ", "erase everything");
  await sees("Erasing in  9 seconds");
  types(" ");
  await sees("Nothing was erased.");
  await sees(FRONT);
  expect(existsSync(join(machine.paths.settings, "factory-reset"))).toBe(false);
  types("10\r");
  await answers("(empty: go back): ", "erase everything");
  await sees("Restarting ...");
  expect(existsSync(join(machine.paths.settings, "factory-reset"))).toBe(true);
  expect(machine.calls()).toContainEqual(["systemctl", "--no-block", "reboot"]);
}, 30_000);

test("the set-up code is asked of the server as the server's user, and its answer is shown without control characters", async () => {
  machine.says("setpriv", "ABCD-\x1b[31mEFGH\n");
  start("/dev/ttyS0");
  await answers(FRONT, "5");
  await sees("ABCD-[31mEFGH");
  expect(machine.calls().find(([program]) => program === "setpriv")).toEqual([
    "setpriv",
    "--reuid=causeway",
    "--regid=causeway",
    "--clear-groups",
    "--no-new-privs",
    "--bounding-set=-all",
    "--",
    join(machine.paths.release, "causeway"),
    "presence-code",
    "--data",
    machine.paths.serverData,
  ]);
});

test("a damaged data partition is said on the front page, and repaired under Recovery", async () => {
  machine.put("run/causeway/data-problem", "The data partition is damaged and cannot be read.\n");
  machine.put("proc/self/mountinfo", "");
  start("/dev/ttyS0");
  await sees("cannot be read");
  await answers(FRONT, "7");
  await answers("(empty: go back): ", "repair");
  await sees("The data partition was repaired.");
  types("\r");
  await sees("Restarting");
  expect(machine.calls()).toContainEqual(["fsck", "-f", "-y", join(machine.paths.disks, "data")]);
});

test("where the data partition cannot even be read, a factory reset makes a new one", async () => {
  machine.put("run/causeway/data-problem", "The data partition is damaged and cannot be read.\n");
  machine.put("proc/self/mountinfo", "");
  machine.fails("mount");
  start("/dev/ttyS0");
  await answers(FRONT, "7");
  await answers("(empty: go back): ", "repair");
  await sees("Factory reset makes a new, empty one");
  child.kill("SIGKILL");
  await child.exited;
  start("/dev/ttyS0");
  await answers(FRONT, "10");
  await answers("(empty: go back): ", "erase everything");
  await sees("Restarting ...");
  const format = ["mke2fs", "-q", "-F", "-t", "ext4", "-L", "data", "-m", "1", join(machine.paths.disks, "data")];
  expect(machine.calls()).toContainEqual(format);
}, 30_000);

async function untilText(words: string): Promise<void> {
  for (let left = 400; left > 0 && !text.includes(words); left -= 1) await Bun.sleep(25);
}
