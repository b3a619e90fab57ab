/** Everything about updates, wired. */
import type { ApplianceParts } from "../appliance-status/open-appliance-status.ts";
import type { Core } from "../core.ts";
import { readUpdateKey } from "./bundle-check.ts";
import { BundleFolder } from "./bundle-folder.ts";
import { Intake } from "./intake.ts";
import { OwnAccord } from "./own-accord.ts";
import type { BackupOutcome, TakeBackup } from "./preparation.ts";
import { Restarts } from "./restarts.ts";
import { UpdateJournal } from "./update-journal.ts";
import { StoredUpdateSettings } from "./update-settings.ts";
import { Updates } from "./updates.ts";
import { UpdateWork } from "./update-work.ts";

/** The key of whoever makes updates, on an appliance's image. */
const UPDATE_KEY_FILE = "/usr/lib/causeway/update.pub";
const TICK_MS = 5000;

export interface UpdatesOptions {
  readonly status: ApplianceParts;
  /** How many support sessions run. */
  sessions(): number;
  /** Default: as backups are set up here. */
  readonly takeBackup?: TakeBackup;
  /** PEM; default: where an image has it. */
  readonly updateKeyFile?: string;
}

/** Updates as they are used; disposing it breaks off what runs, which the next start takes up again. */
export interface OpenedUpdates extends AsyncDisposable {
  readonly updates: Updates;
  readonly journal: UpdateJournal;
  readonly settings: StoredUpdateSettings;
  /** Looks after what goes on by itself; it is called every few seconds. */
  tick(): Promise<void>;
}

/** Takes up what was under way. */
export async function openUpdates(core: Core, options: UpdatesOptions): Promise<OpenedUpdates> {
  const { power, system } = options.status;
  const journal = new UpdateJournal(core);
  const settings = new StoredUpdateSettings(core);
  const folder = new BundleFolder(core.directory);
  const keyFile = options.updateKeyFile ?? UPDATE_KEY_FILE;
  const takeBackup = options.takeBackup ?? ((call) => backUp(core, call));
  const { directory, database, log, systemHelper, applianceSignIns, clock } = core;
  const shared = { directory, database, log, systemHelper, applianceSignIns, clock, journal, settings, folder };
  const work = new UpdateWork({ ...shared, system, takeBackup, readUpdateKey: () => readUpdateKey(keyFile) });
  const intake = new Intake({ ...shared, work, readUpdateKey: () => readUpdateKey(keyFile) });
  const restarts = new Restarts({ ...core, power, journal });
  const updates = new Updates({ ...shared, system, power, work, intake, restarts });
  const ownAccord = new OwnAccord({ ...shared, system, power, intake, restarts, sessions: options.sessions });
  await updates.open();
  const stopTicking = tickUntilStopped(() => ownAccord.tick(), core.log);
  return {
    ...{ updates, journal, settings, tick: () => ownAccord.tick() },
    [Symbol.asyncDispose]: async () => {
      await stopTicking();
      await work.stop();
    },
  };
}

/** One after the other, however long one takes. @returns what stops it, and waits for the one that runs */
function tickUntilStopped(tick: () => Promise<void>, log: Core["log"]): () => Promise<void> {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= tick()
      .catch((error: unknown) => log.error("updates could not be looked after", error))
      .finally(() => (running = null));
  }, TICK_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** Where no passphrase was ever chosen there is nothing to encrypt with: the update goes on and says so. */
async function backUp({ backups, backupSettings }: Core, call: Parameters<TakeBackup>[0]): Promise<BackupOutcome> {
  if (!backupSettings.shown(await backupSettings.read()).hasPassphrase)
    return { kind: "skipped", detail: "Backups are not set up." };
  const { place } = await backups.take("before-update", call);
  return { kind: "taken", detail: `At ${place}.` };
}
