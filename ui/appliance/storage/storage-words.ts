/** What the page says of the data disk. Pure. */
import type { Storage } from "../../../protocol/api/appliance/status.ts";
import { formatBytes, formatCount, formatDistance, formatTime } from "../../kit/format.ts";
import type { LedgerFigure } from "../../kit/Ledger.svelte";

type Kind = Storage["uses"][number]["kind"];

/** What takes the room. */
export const useTitles: Readonly<Record<Kind, string>> = {
  database: "Database",
  recordings: "Recordings",
  transfers: "Files on their way",
  backups: "Backups kept here",
  updates: "Update packages",
  logs: "Logs",
  other: "Everything else",
};

/** Where it can be made less. */
export const useNotes: Readonly<Record<Kind, { text: string; href: string; link: string }>> = {
  database: {
    text: "Accounts, Jump Items, the audit log.",
    href: "/login/security",
    link: "How long records are kept",
  },
  recordings: { text: "Of support sessions.", href: "/login/security", link: "How long they are kept" },
  transfers: { text: "They go when the transfer ends.", href: "", link: "" },
  backups: { text: "Send them elsewhere, or keep fewer.", href: "/appliance/backups", link: "Backups" },
  updates: { text: "They go when the update is over.", href: "/appliance/updates", link: "Updates" },
  logs: { text: "The oldest give way to new ones.", href: "/appliance/support", link: "Logs" },
  other: { text: "The system's own.", href: "", link: "" },
};

/** "12%" of the disk; under one as "<1%". */
export function shareText(bytes: number, totalBytes: number): string {
  const percent = totalBytes === 0 ? 0 : (bytes / totalBytes) * 100;
  return percent > 0 && percent < 1 ? "<1%" : `${formatCount(Math.round(percent))}%`;
}

/** Whether so little is free that somebody should act. */
export const isLow = ({ freeBytes, alertBelowBytes }: Storage): boolean => freeBytes < alertBelowBytes;

/** What stands above the list. */
export function storageFigures(storage: Storage, now: Date): LedgerFigure[] {
  const { totalBytes, freeBytes, alertBelowBytes, oldestAuditRowAt } = storage;
  return [
    { name: "Used", text: formatBytes(totalBytes - freeBytes), note: `of ${formatBytes(totalBytes)}` },
    {
      name: "Free",
      text: formatBytes(freeBytes),
      note: shareText(freeBytes, totalBytes),
      isWarning: isLow(storage),
    },
    {
      name: "An alert is sent below",
      text: formatBytes(alertBelowBytes),
      note: "then backups to this disk stop, too",
    },
    {
      name: "The audit log begins",
      text: oldestAuditRowAt === null ? "now" : formatTime(oldestAuditRowAt, now),
      note: oldestAuditRowAt === null ? "it is empty" : formatDistance(oldestAuditRowAt, now),
    },
  ];
}
