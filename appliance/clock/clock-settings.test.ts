import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestMachine, type TestMachine } from "../test-system/machine.ts";
import { parseTracking } from "./chrony-tracking.ts";
import { ClockSettings } from "./clock-settings.ts";

let machine: TestMachine;
beforeEach(() => (machine = openTestMachine()));
afterEach(() => machine[Symbol.dispose]());

const sources = (): string => readFileSync(join(machine.paths.chronySources, "causeway.sources"), "utf8");

test("without a word Debian's pool is asked; then DHCP's servers; then one's own", async () => {
  const clock = new ClockSettings(machine.system);
  await clock.refresh();
  expect(sources()).toBe("pool 2.debian.pool.ntp.org iburst\n");
  machine.put("run/systemd/netif/state", "OPER_STATE=routable\nNTP=10.0.0.1 ntp.example.com $(reboot)\n");
  await clock.refresh();
  expect(sources()).toBe("server 10.0.0.1 iburst\nserver ntp.example.com iburst\n");
  await clock.set({ ntpServers: ["time.example.org", "2001:db8::7b"], timeZone: "Europe/Berlin" });
  expect(sources()).toBe("server time.example.org iburst\nserver 2001:db8::7b iburst\n");
  expect(new ClockSettings(machine.system).settings.timeZone).toBe("Europe/Berlin");
});

test("chrony is told only when something changed", async () => {
  const clock = new ClockSettings(machine.system);
  await clock.refresh();
  await clock.refresh();
  expect(machine.calls()).toEqual([["chronyc", "reload", "sources"]]);
});

test("zones nobody knows and servers that are no addresses are refused", async () => {
  const clock = new ClockSettings(machine.system);
  for (const settings of [
    { ntpServers: [], timeZone: "Europe/Atlantis" },
    { ntpServers: ["1.2.3"], timeZone: "Etc/UTC" },
    { ntpServers: ["::g"], timeZone: "Etc/UTC" },
  ]) {
    await expect(clock.set(settings)).rejects.toMatchObject({ code: "request.invalid" });
  }
  expect(machine.calls()).toEqual([]);
});

test("chrony's own words say whether the clock is led, by whom and how far it is off", () => {
  const line =
    "C0000207,192.0.2.7,2,1763712000.123456789,-0.000123456,0.000001,0.000020,-7.1,0.001,0.02,0.01,0.0005,64.2,Normal";
  expect(parseTracking(`${line}\n`)).toEqual({ isSynchronized: true, source: "192.0.2.7", offsetMs: -0.123 });
  const nobody = { isSynchronized: false, source: null, offsetMs: null };
  expect(parseTracking(line.replace("Normal", "Not synchronised"))).toEqual(nobody);
  for (const text of ["", "506 Cannot talk to daemon\n", ",,,,,,,,,,,,,", line.replace("-0.000123456", "soon")]) {
    expect(parseTracking(text).offsetMs === null || text.startsWith(",")).toBe(true);
  }
});

test("Debian's chronyd reads the file of servers", async () => {
  await new ClockSettings(machine.system).set({ ntpServers: ["192.0.2.7", "2001:db8::7b"], timeZone: "Etc/UTC" });
  const folder = mkdtempSync(join(tmpdir(), "causeway-chrony-"));
  try {
    mkdirSync(join(folder, "var"));
    writeFileSync(join(folder, "chrony.conf"), `include ${join(machine.paths.chronySources, "causeway.sources")}\n`);
    const read = (): { exitCode: number; text: string } => {
      const { exitCode, stdout, stderr } = Bun.spawnSync([
        "/usr/sbin/chronyd",
        "-p",
        "-f",
        join(folder, "chrony.conf"),
      ]);
      return { exitCode, text: `${stdout.toString()}${stderr.toString()}` };
    };
    expect(read()).toMatchObject({ exitCode: 0, text: expect.stringContaining("server 192.0.2.7 iburst") });
    writeFileSync(join(folder, "chrony.conf"), "server\n");
    expect(read().exitCode).not.toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
