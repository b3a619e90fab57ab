/** Takes the backup of each day. One that was missed, because the appliance was off, is told and made up for. */
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Log } from "../log.ts";
import type { SystemHelper } from "../system/system-helper.ts";
import type { BackupSettings } from "./backup-settings.ts";
import type { Backups } from "./backups.ts";
import { lastDue } from "./schedule.ts";
import { listBackups } from "./store.ts";
import { placeText } from "./targets.ts";

/** Later than this it counts as lost. */
const LATE_MS = 3_600_000;
/** One that failed is tried again that often until the next is due. */
const RETRY_MS = 3_600_000;
const LOOKED_AT = 500;
/** The time zone is asked for again so often. */
const ZONE_MS = 600_000;

export interface TimetableNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly systemHelper: SystemHelper;
  readonly backupSettings: BackupSettings;
  readonly backups: Backups;
}

export class Timetable {
  readonly #needs: TimetableNeeds;
  #zone = { name: "", untilMs: Number.NEGATIVE_INFINITY };
  /** The one whose loss was told. */
  #toldLost = "";
  constructor(needs: TimetableNeeds) {
    this.#needs = needs;
  }

  /** To be called twice a minute. */
  async tick(): Promise<void> {
    const { database, clock, backupSettings, backups, log } = this.#needs;
    const plan = await backupSettings.read();
    if (!plan.isEnabled || plan.enabledSince === null) return;
    const now = clock.now();
    const due = lastDue(now, plan.at, await this.#timeZone()).toISOString();
    if (due < plan.enabledSince) return;
    const rows = await listBackups(database.queries, LOOKED_AT);
    const since = rows.filter(({ reason, taken_at }) => reason === "schedule" && taken_at >= due);
    if (since.some(({ state }) => state !== "failed")) return;
    const last = since[0];
    if (last !== undefined && now.getTime() - Date.parse(last.taken_at) < RETRY_MS) return;
    const isLate = last === undefined && now.getTime() - Date.parse(due) > LATE_MS;
    if (isLate && this.#toldLost !== due) {
      this.#toldLost = due;
      backups.lost(placeText(plan.target), `The backup of ${due} was not taken; it is taken now.`);
    }
    if (backups.isBusy) return;
    const { finished } = await backups.begin("schedule");
    await finished.catch((error: unknown) => log.warn("the scheduled backup failed", { problem: String(error) }));
  }

  /** The appliance's; without an image, the system's. */
  async #timeZone(): Promise<string> {
    const { clock, systemHelper } = this.#needs;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#zone.untilMs) return this.#zone.name;
    const found = await systemHelper.askIfThere("clock.read", {}).catch(() => null);
    const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.#zone = { name: found?.settings.timeZone ?? own, untilMs: nowMs + ZONE_MS };
    return this.#zone.name;
  }
}
