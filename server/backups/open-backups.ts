/** The parts of backups, wired. */
import { BackupSettings } from "./backup-settings.ts";
import { Backups, type BackupsNeeds } from "./backups.ts";
import { JobSlot } from "./job-slot.ts";
import { Restores, type RestoresNeeds } from "./restores.ts";
import { Timetable, type TimetableNeeds } from "./timetable.ts";

type Own = "backupSettings" | "backups" | "slot";
export type BackupPartsNeeds = Omit<BackupsNeeds, Own> & Omit<RestoresNeeds, Own> & Omit<TimetableNeeds, Own>;

export interface BackupParts {
  readonly backupSettings: BackupSettings;
  readonly backups: Backups;
  readonly restores: Restores;
  readonly timetable: Timetable;
}

export function openBackups(needs: BackupPartsNeeds): BackupParts {
  const backupSettings = new BackupSettings(needs);
  const backups = new Backups({ ...needs, backupSettings, slot: new JobSlot(needs.directory) });
  const restores = new Restores({ ...needs, backups });
  return { backupSettings, backups, restores, timetable: new Timetable({ ...needs, backupSettings, backups }) };
}
