/** A snapshot's headings and names in the page's language; the agent sends them in English. What it says stays. */
import { isPairs, type Section, type Snapshot } from "./snapshot-text.ts";

/** What the agent of today names; anything else shows as it came. */
const headingWords: Readonly<Record<string, string>> = {
  Accounts: "Accounts",
  Address: "Address",
  Agent: "Agent",
  Architecture: "Architecture",
  Available: "Available",
  CPU: "CPU",
  Description: "Description",
  Device: "Device",
  Disks: "Disks",
  Family: "Family",
  "File system": "File system",
  Firmware: "Firmware",
  Full: "Full",
  "Hardware address": "Hardware address",
  "Host name": "Host name",
  Interface: "Interface",
  Kernel: "Kernel",
  Load: "Load",
  Maker: "Maker",
  Mask: "Mask",
  Memory: "Memory",
  Model: "Model",
  "Mounted at": "Mounted at",
  Name: "Name",
  Network: "Network",
  "Operating system": "Operating system",
  Package: "Package",
  Packages: "Packages",
  Processes: "Processes",
  Processor: "Processor",
  Processors: "Processors",
  Screen: "Screen",
  "Serial number": "Serial number",
  Service: "Service",
  Services: "Services",
  "Signed in": "Signed in",
  Size: "Size",
  Started: "Started",
  State: "State",
  Swap: "Swap",
  "Swap used": "Swap used",
  System: "System",
  "Time zone": "Time zone",
  Total: "Total",
  Used: "Used",
  User: "User",
  Users: "Users",
  Version: "Version",
};

/** A heading or a name of the agent's in the page's language. */
export const inWords = (heading: string): string =>
  Object.hasOwn(headingWords, heading) ? (headingWords[heading] ?? heading) : heading;

/** Titles, columns, and the names of pairs. */
export function snapshotInWords(snapshot: Snapshot): Snapshot {
  return { ...snapshot, sections: snapshot.sections.map(sectionInWords) };
}

/** One section of it. */
export function sectionInWords(section: Section): Section {
  const { title, columns, rows } = section;
  const named = isPairs(section) ? rows.map(([name = "", ...rest]) => [inWords(name), ...rest]) : rows;
  return { ...section, title: inWords(title), columns: columns.map(inWords), rows: named };
}
