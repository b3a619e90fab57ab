/** What the page says of the appliance's parts, its machine and its clock. Pure. */
import type { Static } from "@sinclair/typebox";
import type { ApplianceStatus, Health, PartStatus as PartShape } from "../../../protocol/api/appliance/status.ts";
import type { ClockState, Machine } from "../../../protocol/appliance/system-actions.ts";
import { formatBytes, formatCount, formatTenths } from "../../kit/format.ts";
import type { StonesState } from "../../kit/Stones.svelte";
import { plural } from "../../languages/plural.ts";

type PartStatus = Static<typeof PartShape>;

/** What a part is called. */
export const partTitles: Readonly<Record<PartStatus["name"], string>> = {
  gateway: "Gateway",
  "jump-clients": "Jump Clients",
  web: "Web and API",
  database: "Database",
  "file-transfers": "File transfers",
  providers: "Security providers",
  email: "E-mail",
  backups: "Backups",
  certificates: "Certificate",
  updates: "Updates",
  syslog: "Syslog",
  standby: "Standby",
};

/** What it carries now, in its own unit; "" where that says nothing. */
export function partLoadText({ name, load }: PartStatus): string {
  switch (name) {
    case "gateway":
      return plural(load, ["# session", "# sessions"]);
    case "jump-clients":
      return plural(load, ["# connected", "# connected"]);
    case "web":
      return plural(load, ["# request a minute", "# requests a minute"]);
    case "database":
      return plural(load, ["# commit a minute", "# commits a minute"]);
    case "file-transfers":
      return plural(load, ["# transfer", "# transfers"]);
    case "providers":
      return plural(load, ["# provider", "# providers"]);
    case "email":
      return plural(load, ["# message waiting", "# messages waiting"]);
    case "backups":
      return plural(load, ["# backup kept", "# backups kept"]);
    case "certificates":
      return plural(load, ["# day left", "# days left"]);
    case "updates":
      return load === 0 ? "" : "One is under way";
    case "syslog":
      return plural(load, ["# row waiting", "# rows waiting"]);
    case "standby":
      return "";
  }
}

/** What carries people or computers while its load is not 0. */
const CARRIERS: readonly string[] = ["gateway", "jump-clients", "file-transfers"];

/** The part's state as stones and a word. */
export function partState({ name, health, load }: PartStatus): { state: StonesState; label: string } {
  if (health === "failed") return { state: "lost", label: "Failed" };
  if (health === "attention") return { state: "degraded", label: "Needs attention" };
  return load > 0 && CARRIERS.includes(name)
    ? { state: "live", label: "Carrying" }
    : { state: "online", label: "Ready" };
}

/** The whole appliance's state as stones and a word. */
export const healthState: Readonly<Record<Health, { state: StonesState; label: string }>> = {
  ok: { state: "online", label: "Healthy" },
  attention: { state: "degraded", label: "Needs attention" },
  failed: { state: "lost", label: "Failed" },
};

const platformNames: Readonly<Record<string, string>> = {
  vmware: "VMware",
  kvm: "KVM",
  qemu: "QEMU",
  microsoft: "Hyper-V",
  oracle: "VirtualBox",
  xen: "Xen",
};
const firmwareWords: Readonly<Record<Machine["firmware"], string>> = {
  bios: "BIOS",
  uefi: "UEFI",
  "uefi-secure-boot": "UEFI with Secure Boot",
};

/** "VMware, UEFI" */
export function platformText({ virtualization, model, firmware }: Machine): string {
  const name = virtualization === "none" ? model : (platformNames[virtualization] ?? virtualization);
  return [name, firmwareWords[firmware]].filter((part) => part !== "").join(", ");
}

/** "in step, 2 ms from ntp1" */
export function clockText({ isSynchronized, source, offsetMs }: ClockState): string {
  if (!isSynchronized) return "not in step with any time server";
  if (source === null) return "in step";
  return offsetMs === null
    ? `in step with ${source}`
    : `in step, ${formatCount(Math.round(Math.abs(offsetMs)))} ms from ${source}`;
}

/** "of 4.0 TB, 71 days left" */
export function diskText({ totalBytes, daysLeft }: ApplianceStatus["disk"]): string {
  const total = formatBytes(totalBytes);
  if (daysLeft === null) return `of ${total}`;
  return `of ${total}, ${plural(daysLeft, ["# day left", "# days left"])}`;
}

/** "38 sessions, 23,604 computers" */
export function loadText({ sessions, jumpClientsOnline }: ApplianceStatus): string {
  return `${plural(sessions, ["# session", "# sessions"])}, ${plural(jumpClientsOnline, ["# computer", "# computers"])}`;
}

/** A disk ends soon when it has fewer days left. */
export const FEW_DAYS = 14;

/** "8 cores, load 2.4" */
export function processorText({ cores, load }: ApplianceStatus["processor"]): string {
  return `${plural(cores, ["# core", "# cores"])}, load ${formatTenths(load)}`;
}

/** "of 32 GB" */
export const memoryText = ({ totalBytes }: ApplianceStatus["memory"]): string => `of ${formatBytes(totalBytes)}`;
