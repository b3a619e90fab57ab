/** What the page says of backups, their targets and restores. Pure. */
import type {
  Backup,
  Backups,
  BackupSettings,
  BackupTarget,
  Restore,
} from "../../../protocol/api/appliance/backups.ts";
import { formatBytes, formatDistance, formatDuration, formatStamp } from "../../kit/format.ts";
import type { StonesState } from "../../kit/Stones.svelte";
import type { LedgerFigure } from "../../kit/Ledger.svelte";
import { serverText } from "../../languages/server-words.ts";
import { plural } from "../../languages/plural.ts";

/** "sftp://nas-b:22/causeway", "The appliance's own disk" */
export function targetText(target: BackupTarget): string {
  if (target.kind === "disk") return "This appliance's own disk";
  if (target.kind === "sftp") return `sftp://${target.host}:${target.port}/${target.folder.replace(/^\//u, "")}`;
  return `s3://${target.bucket}/${target.prefix}`;
}

const reasons: Readonly<Record<string, string>> = {
  schedule: "by schedule",
  "by-hand": "by hand",
  "before-update": "before an update",
  api: "by a program",
};

/** Why it was taken. */
export const reasonText = ({ reason }: Backup): string => reasons[reason] ?? reason;

/** How its test restore went: the tone is a class, the text says it. */
export function testText({ test, state, problem }: Backup): { tone: "ok" | "bad" | "t3"; text: string } {
  if (state === "failed") return { tone: "bad", text: serverText(problem) };
  if (test === null) return { tone: "t3", text: "Not tested" };
  if (test.isPassed) return { tone: "ok", text: `Passed, ${formatDuration(Math.max(1000, test.tookMs))}` };
  return { tone: "bad", text: `Failed: ${serverText(test.problem)}` };
}

/** Whether it stays where a broken disk of the appliance does not reach it. */
export const isElsewhere = ({ target }: BackupSettings): boolean => target.kind !== "disk";

/** "every day at 02:00" */
export const scheduleText = ({ isEnabled, at }: BackupSettings): string =>
  isEnabled ? `every day at ${at}` : "never by itself";

/** "every 7 backups" */
export function testsText({ testsEvery }: BackupSettings): string {
  if (testsEvery === 0) return "never by itself";
  if (testsEvery === 1) return "after every backup";
  return plural(testsEvery, ["after # backup", "after every # backups"]);
}

/** What stands above the list. */
export function backupFigures(
  { settings, backups, lastGoodAt, restoreTookMs, keptBytes }: Backups,
  now: Date,
): LedgerFigure[] {
  const last = backups.find(({ takenAt, state }) => state === "good" && takenAt === lastGoodAt);
  const tested = last?.test?.isPassed === true ? ", test restore passed" : "";
  return [
    {
      name: "Last good backup",
      text: lastGoodAt === null ? "none" : formatDistance(lastGoodAt, now),
      note: lastGoodAt === null ? "nothing can be brought back yet" : `${formatStamp(lastGoodAt, now)}${tested}`,
      isWarning: lastGoodAt === null,
    },
    {
      name: "You could lose at most",
      text: settings.isEnabled ? "1 day" : "everything",
      note: settings.isEnabled ? `backed up ${scheduleText(settings)}` : "no backup is taken by itself",
      isWarning: !settings.isEnabled,
    },
    {
      name: "Back in service in about",
      text: restoreTookMs === null ? "not known" : formatDuration(Math.max(1000, restoreTookMs)),
      note: restoreTookMs === null ? "no restore was tested yet" : "measured in the last test restore",
    },
    {
      name: "Kept",
      text: plural(settings.keepDays, ["# day", "# days"]),
      note: `${plural(backups.length, ["# backup", "# backups"])}, ${formatBytes(keptBytes)}`,
    },
  ];
}

const restoreStates: Readonly<Record<string, { state: StonesState; label: string }>> = {
  receiving: { state: "connecting", label: "Coming in" },
  opening: { state: "connecting", label: "Being opened and checked" },
  ready: { state: "waiting", label: "Ready to restore" },
  failed: { state: "lost", label: "Not restored" },
  restarting: { state: "connecting", label: "Restarting" },
};

/** Where a restore stands. */
export const restoreState = ({ state }: Restore): { state: StonesState; label: string } =>
  restoreStates[state] ?? { state: "connecting", label: state };
