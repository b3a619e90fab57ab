/** What is done with a bundle that is whole: checked, the database saved and tried, written into the other slot. */
import type { KeyObject } from "node:crypto";
import { AppError } from "../../protocol/errors.ts";
import { readDisk } from "../appliance-status/machine-load.ts";
import type { Log } from "../log.ts";
import type { SystemHelper } from "../system/system-helper.ts";
import type { BundleFolder } from "./bundle-folder.ts";
import { checkBundle, requireFollows } from "./bundle-check.ts";
import { databaseProblems } from "./database-rehearsal.ts";
import type { preparing, UpdateRecord } from "./update.ts";

/** While an update is written the helper may read the slot back for so long without a word. */
const STAGING_QUIET_MS = 180_000;

/** Saves the database before an update, as the backups' room does it. */
export type TakeBackup = (options: {
  readonly signal: AbortSignal;
  /** 0 to 1. */
  onProgress(part: number): void;
}) => Promise<BackupOutcome>;
/** Where it lies in words; or why there is none, which keeps nobody from an update. */
export type BackupOutcome =
  { readonly kind: "taken"; readonly detail: string } | { readonly kind: "skipped"; readonly detail: string };

export interface PreparationNeeds {
  readonly directory: string;
  readonly log: Log;
  readonly systemHelper: SystemHelper;
  readonly folder: BundleFolder;
  readUpdateKey(): Promise<KeyObject>;
  readonly takeBackup: TakeBackup;
}

/** How one step ended. */
export interface StepResult {
  readonly state: "done" | "skipped";
  readonly detail: string;
  /** What else of the record has changed. */
  readonly changes?: Partial<Pick<UpdateRecord, "manifest" | "version" | "slot">>;
}
/** How a step goes on. */
export interface StepCall {
  readonly signal: AbortSignal;
  onProgress(part: number): void;
}
type Step = (needs: PreparationNeeds, record: UpdateRecord, call: StepCall) => Promise<StepResult>;

/** By name; each may be done again after a restart. @throws {AppError} why it does not go on */
export const preparationSteps: Readonly<Record<(typeof preparing)[number], Step>> = {
  async verified({ folder, systemHelper, readUpdateKey }, record) {
    const manifest = await checkBundle(folder.pathOf(record.fileName), await readUpdateKey());
    const { version: running } = await systemHelper.ask("machine.read", {});
    requireFollows(manifest, running);
    const detail = `Signed by the maker, released ${manifest.releasedAt.slice(0, 10)}.`;
    return { state: "done", detail, changes: { manifest, version: manifest.version } };
  },

  async "backed-up"({ takeBackup }, _, call) {
    const { kind, detail } = await takeBackup(call);
    return { state: kind === "taken" ? "done" : "skipped", detail };
  },

  async rehearsed({ directory, log }, _, { signal, onProgress }) {
    const { sizeBytes, problems } = await databaseProblems(directory, { signal, onProgress, log });
    if (problems.length > 0) {
      const words = `The database is damaged: ${problems.slice(0, 3).join("; ")}.`;
      throw new AppError("request.conflict", `${words} Restore the newest backup before you update.`);
    }
    const { freeBytes } = readDisk(directory);
    if (freeBytes < sizeBytes) {
      const [needed, free] = [sizeBytes, freeBytes].map((bytes) => `${Math.ceil(bytes / 1e6)} MB`);
      throw new AppError("storage.full", `Bringing the database up may need ${needed}; ${free} are free. Make room.`);
    }
    return { state: "done", detail: "The database is sound, and there is room to bring it up." };
  },

  async staged({ systemHelper }, { fileName }, { signal, onProgress }) {
    const { slot } = await systemHelper.ask(
      "update.stage",
      { file: fileName },
      { signal, quietMs: STAGING_QUIET_MS, onProgress: (done, total) => onProgress(total === 0 ? 0 : done / total) },
    );
    return { state: "done", detail: `In slot ${slot.toUpperCase()}, read back.`, changes: { slot } };
  },
};
