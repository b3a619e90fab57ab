/** What updates do by themselves: they are looked for, and installed in their window while nobody is in a session (NA40). */
import { semver } from "bun";
import type { KnownSystem } from "../appliance-status/system-facts.ts";
import type { Power } from "../appliance-status/power.ts";
import type { Clock } from "../clock.ts";
import type { SystemHelper } from "../system/system-helper.ts";
import type { Intake } from "./intake.ts";
import type { Restarts } from "./restarts.ts";
import type { UpdateRecord } from "./update.ts";
import type { UpdateJournal } from "./update-journal.ts";
import type { StoredUpdateSettings } from "./update-settings.ts";
import { isWindowOpen } from "./update-window.ts";

/** The address is asked so often. */
const CHECK_EVERY_MS = 6 * 3_600_000;

export interface OwnAccordNeeds {
  readonly clock: Clock;
  readonly systemHelper: SystemHelper;
  readonly settings: StoredUpdateSettings;
  readonly journal: UpdateJournal;
  readonly intake: Intake;
  readonly restarts: Restarts;
  readonly power: Power;
  readonly system: KnownSystem;
  /** How many support sessions run. */
  sessions(): number;
}

export class OwnAccord {
  /** Whether what was restarted into is known to work, or to have gone back. */
  #isJudged = false;

  constructor(private readonly needs: OwnAccordNeeds) {}

  /** Judges what was started, restarts when it is time, looks for updates. Call it every few seconds. */
  async tick(): Promise<void> {
    const { systemHelper, journal, restarts } = this.needs;
    if (!systemHelper.isThere) return;
    if (!this.#isJudged) this.#isJudged = !(await restarts.judge());
    // What is restarted from now on is judged by the next start.
    if (journal.current?.state === "ready") await this.#restartInTime(journal.current);
    await this.#checkInTime();
  }

  async #restartInTime(record: UpdateRecord): Promise<void> {
    const { clock, power, restarts } = this.needs;
    if (power.plan !== null) return;
    const { restartsAt, drainMinutes } = record;
    if (restartsAt === null) {
      if (await this.#mayInstallNow(record)) restarts.begin(0);
    } else if (clock.now() >= new Date(restartsAt)) restarts.begin(drainMinutes);
  }

  /** What came by itself, as far as the settings let it. What was uploaded waits for whoever uploaded it. */
  async #mayInstallNow({ manifest, source, fromVersion }: UpdateRecord): Promise<boolean> {
    const { settings, system, clock, sessions } = this.needs;
    const { installsBySelf, window } = await settings.read();
    if (installsBySelf === "never" || source === "upload" || sessions() > 0) return false;
    // Also of a release that was passed over.
    const isForSecurity = manifest?.securityReleases.some((release) => semver.order(release, fromVersion) > 0) === true;
    if (installsBySelf === "security" && !isForSecurity) return false;
    const timeZone = (await system.read()).clock?.settings.timeZone ?? "UTC";
    return isWindowOpen(window, timeZone, clock.now());
  }

  async #checkInTime(): Promise<void> {
    const { settings, clock, intake } = this.needs;
    const { address, downloadsBySelf } = await settings.read();
    if (address === "" || !downloadsBySelf) return;
    const last = await settings.lastCheck();
    const age = last === null ? Infinity : clock.now().getTime() - Date.parse(last.at);
    // A clock that was set back would otherwise wait for years.
    if (age >= CHECK_EVERY_MS || age < 0) await intake.check(null);
  }
}
