import { eventually } from "../../../ui/test/harness/eventually.ts";
import type { VirtualMachine } from "../machine/virtual-machine.ts";
import { must, type Scenario } from "../scenario.ts";
import { applianceAdministrator } from "../site/set-up.ts";

const PATH = "/api/appliance/snmp";
const KEYS = { authenticationKey: "four herons on the weir", privacyKey: "five ravens in the reeds" };
const SETTINGS = { port: 161, username: "watch" };
/** Behind QEMU's translation of addresses this computer comes from here. */
const FROM_HERE = "10.0.2.0/24";
const FROM_ELSEWHERE = "192.0.2.0/24";
/** The firewall follows a change by way of root's own helper, emulated. */
const PATIENCE_MS = 120_000;
const SYSTEM_DESCRIPTION = ".1.3.6.1.2.1.1.1.0";
const EVERYTHING = ".1.3";

/** A monitoring system asks the machine itself, through its firewall. */
export const monitoring: Scenario = {
  name: "monitoring",
  proves: "SNMP is answered through the machine's own firewall to whom it is opened, and to nobody before and after.",
  limitMinutes: 40,
  async run(bench) {
    const machine = await bench.runningSite();
    const otto = await applianceAdministrator(machine.address);
    const change = (wish: { readonly isEnabled: boolean; readonly networks: readonly string[] }): Promise<unknown> =>
      otto.json("PUT", PATH, { ...SETTINGS, ...KEYS, ...wish });
    must(!(await isAnswered(machine)), "nobody is answered before SNMP is switched on");
    await change({ isEnabled: true, networks: [FROM_HERE] });
    await eventually("SNMP to be answered", () => isAnswered(machine), PATIENCE_MS);
    const walked = await ask(machine, "snmpwalk", EVERYTHING);
    const lines = walked.split("\n").filter((line) => line.includes(" = ")).length;
    // Names of interfaces and the size of its memory come from the machine, not from the server's own database.
    must(/ = STRING: "Causeway /u.test(walked), "it says that it is Causeway");
    must(/\.1\.3\.6\.1\.2\.1\.2\.2\.1\.2\.\d+ = STRING: "(?:en|eth)/u.test(walked), "its interfaces are told");
    await bench.figures.take(
      "SNMP: objects read through the machine's firewall",
      lines,
      "objects",
      "snmpwalk, version 3",
    );
    await change({ isEnabled: true, networks: [FROM_ELSEWHERE] });
    await eventually("other networks to be left out", async () => !(await isAnswered(machine)), PATIENCE_MS);
    await change({ isEnabled: true, networks: [FROM_HERE] });
    await eventually("SNMP to be answered again", () => isAnswered(machine), PATIENCE_MS);
    await change({ isEnabled: false, networks: [FROM_HERE] });
    await eventually("SNMP to be over", async () => !(await isAnswered(machine)), PATIENCE_MS);
  },
};

async function isAnswered(machine: VirtualMachine): Promise<boolean> {
  return (await ask(machine, "snmpget", SYSTEM_DESCRIPTION)).includes("Causeway");
}

/** What Net-SNMP's own command prints; "" when nobody answers. */
async function ask(machine: VirtualMachine, command: "snmpget" | "snmpwalk", name: string): Promise<string> {
  const proof = ["-a", "SHA-256", "-A", KEYS.authenticationKey, "-x", "AES", "-X", KEYS.privacyKey];
  const how = ["-v3", "-l", "authPriv", "-u", SETTINGS.username, ...proof, "-On", "-t", "5", "-r", "1"];
  const child = Bun.spawn([`/usr/bin/${command}`, ...how, `udp:127.0.0.1:${machine.monitoringPort}`, name], {
    ...{ env: { PATH: "/usr/bin", MIBS: "" }, stdin: "ignore", stdout: "pipe", stderr: "ignore" },
  });
  return await new Response(child.stdout).text();
}
