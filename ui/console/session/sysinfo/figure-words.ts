/** What a snapshot measured, as figures beside each other; pure. */
import type { SystemFigures } from "../../../../protocol/messages/agent.ts";
import { formatBitRate, formatBytes } from "../../../kit/format.ts";
import { fullestDisk } from "../../fullest-disk.ts";
import type { LedgerFigure } from "../../../kit/Ledger.svelte";

/** From then on a figure is worth a look. */
const HIGH_CPU_PERCENT = 85;
const FULL_MEMORY = 0.9;
const FULL_DISK = 0.85;

/** @param load as the system says it; "": not known */
export function ledgerFigures(figures: SystemFigures, load: string): LedgerFigure[] {
  const { cpuPercent, memoryUsedBytes, memoryTotalBytes, networkBitsPerSecond } = figures;
  const memory = memoryTotalBytes === 0 ? 0 : memoryUsedBytes / memoryTotalBytes;
  return [
    {
      name: "CPU",
      text: percent(cpuPercent / 100),
      note: load === "" ? "" : `Load ${load}`,
      isWarning: cpuPercent >= HIGH_CPU_PERCENT,
    },
    {
      name: "Memory",
      text: `${formatBytes(memoryUsedBytes)} / ${formatBytes(memoryTotalBytes)}`,
      note: `${percent(memory)} used`,
      isWarning: memory >= FULL_MEMORY,
    },
    ...diskFigure(figures),
    { name: "Network", text: formatBitRate(networkBitsPerSecond), note: "Received and sent" },
  ];
}

function diskFigure({ disks }: SystemFigures): LedgerFigure[] {
  const disk = fullestDisk(disks);
  if (disk === null) return [];
  return [
    {
      name: `Disk ${disk.name}`,
      text: percent(disk.share),
      note: `${formatBytes(disk.usedBytes)} of ${formatBytes(disk.totalBytes)}`,
      isWarning: disk.share >= FULL_DISK,
    },
  ];
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
