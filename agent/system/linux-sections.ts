/** The System Info snapshot of a Linux computer, section by section. */
import { cpus, networkInterfaces, release } from "node:os";
import type { SystemFacts, SystemStatistics } from "../../protocol/messages/agent.ts";
import { readAccounts } from "./accounts.ts";
import type { Disk } from "./disk.ts";
import { readProcesses, type RunningProcess } from "./linux-processes.ts";
import { readPackages, readServices } from "./linux-software.ts";
import { readText } from "./read-text.ts";
import type { SysinfoSection } from "./system.ts";

const MAX_ROWS = 2000;
const MAX_CELL_CHARACTERS = 2000;
/** People's accounts begin here; below are services. */
const FIRST_PERSON_UID = 1000;
const NOBODY_UID = 65_534;

export async function linuxSections(
  facts: SystemFacts,
  statistics: SystemStatistics,
  disks: readonly Disk[],
  programPercents: ReadonlyMap<number, number>,
): Promise<SysinfoSection[]> {
  const services = await readServices().catch(() => []);
  const sections = [
    systemSection(facts),
    hardwareSection(),
    pairs("Memory", memoryRows(statistics)),
    pairs("Users", userRows(statistics)),
    diskSection(disks),
    networkSection(),
    processSection(programPercents),
    table(
      "Services",
      ["Service", "State", "Description"],
      services.map((one) => [one.name, one.state, one.description]),
    ),
    packageSection(),
  ];
  return sections.filter(({ rows }) => rows.length > 0).map(withinLimits);
}

function systemSection(facts: SystemFacts): SysinfoSection {
  return pairs("System", [
    ["Host name", facts.hostName],
    ["Operating system", facts.operatingSystem],
    ["Kernel", release()],
    ["Architecture", facts.architecture],
    ["Started", facts.bootedAt],
    ["Time zone", Intl.DateTimeFormat().resolvedOptions().timeZone],
    ["Agent", facts.agentVersion],
  ]);
}

function hardwareSection(): SysinfoSection {
  const dmi = (name: string) => readText(`/sys/class/dmi/id/${name}`).trim();
  const processors = cpus();
  return pairs("Processor", [
    ["Maker", dmi("sys_vendor")],
    ["Model", dmi("product_name")],
    ["Serial number", dmi("product_serial")],
    ["Firmware", [dmi("bios_vendor"), dmi("bios_version")].filter(Boolean).join(" ")],
    ["Processor", processors[0]?.model ?? ""],
    ["Processors", String(processors.length)],
    ["Load", readText("/proc/loadavg").split(" ").slice(0, 3).join(", ")],
  ]);
}

function memoryRows({ memoryTotalBytes, memoryUsedBytes }: SystemStatistics): string[][] {
  const meminfo = readText("/proc/meminfo");
  const bytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+)`, "m").exec(meminfo)?.[1] ?? 0) * 1024;
  return [
    ["Total", size(memoryTotalBytes)],
    ["Used", size(memoryUsedBytes)],
    ["Available", size(memoryTotalBytes - memoryUsedBytes)],
    ["Swap", size(bytes("SwapTotal"))],
    ["Swap used", size(bytes("SwapTotal") - bytes("SwapFree"))],
  ];
}

function userRows({ signedInUsers, isScreenLocked }: SystemStatistics): string[][] {
  const people = readAccounts().filter(({ uid }) => uid >= FIRST_PERSON_UID && uid !== NOBODY_UID);
  return [
    ["Signed in", signedInUsers.join(", ") || "nobody"],
    ["Screen", isScreenLocked === null ? "" : isScreenLocked ? "locked" : "not locked"],
    ["Accounts", people.map(({ name }) => name).join(", ")],
  ];
}

function diskSection(disks: readonly Disk[]): SysinfoSection {
  const rows = disks.map((disk) => {
    const percent = Math.round((disk.usedBytes / disk.totalBytes) * 100);
    return [disk.name, disk.device, disk.fileSystem, size(disk.totalBytes), size(disk.usedBytes), `${percent}%`];
  });
  return table("Disks", ["Mounted at", "Device", "File system", "Size", "Used", "Full"], rows);
}

function networkSection(): SysinfoSection {
  const rows = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address, netmask, mac, family }) => [name, family, address, netmask, mac]),
  );
  return table("Network", ["Interface", "Family", "Address", "Mask", "Hardware address"], rows);
}

/** The busiest first, and of equals the one with most memory. */
function processSection(percents: ReadonlyMap<number, number>): SysinfoSection {
  const names = new Map(readAccounts().map(({ uid, name }) => [uid, name]));
  const percentOf = ({ pid }: RunningProcess): number => percents.get(pid) ?? 0;
  const rows = readProcesses()
    .toSorted((a, b) => percentOf(b) - percentOf(a))
    .map((one) => [
      one.name,
      String(one.pid),
      names.get(one.uid) ?? String(one.uid),
      percentText(percentOf(one)),
      size(one.residentBytes),
      one.state,
    ]);
  return table("Processes", ["Name", "PID", "User", "CPU", "Memory", "State"], rows);
}

const percentText = (percent: number): string => `${percent >= 10 ? Math.round(percent) : percent}%`;

function packageSection(): SysinfoSection {
  const rows = (readPackages() ?? []).map(({ name, version }) => [name, version]);
  return table("Packages", ["Package", "Version"], rows);
}

/** Name and value; a value nobody could read leaves no empty line behind. */
function pairs(title: string, rows: readonly (readonly string[])[]): SysinfoSection {
  return { title, columns: ["", ""], rows: rows.filter(([, value]) => value !== "").map((row) => [...row]) };
}

function table(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): SysinfoSection {
  return { title, columns: [...columns], rows: rows.map((row) => [...row]) };
}

/** What the wire carries; a list that is longer says so in its title. */
function withinLimits({ title, columns, rows }: SysinfoSection): SysinfoSection {
  const full = rows.length <= MAX_ROWS ? title : `${title} (first ${MAX_ROWS} of ${rows.length})`;
  const cut = rows.slice(0, MAX_ROWS).map((row) => row.map((cell) => cell.slice(0, MAX_CELL_CHARACTERS)));
  return { title: full, columns, rows: cut };
}

/** Bytes as a person reads them, in binary units. */
export function size(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
