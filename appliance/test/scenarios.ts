import type { Scenario } from "./scenario.ts";
import { bootScenarios } from "./scenarios/boot.ts";
import { supportJob } from "./scenarios/support-job.ts";
import { consoleMenu } from "./scenarios/console-menu.ts";
import { damagedData } from "./scenarios/damaged-data.ts";
import { cutsInFirstStart, cutsInWrites } from "./scenarios/power-cuts.ts";
import { setUpScenario } from "./scenarios/set-up.ts";
import { standby } from "./scenarios/standby.ts";
import { diskFull } from "./scenarios/disk-full.ts";
import { firstBootData } from "./scenarios/first-boot-data.ts";
import { monitoring } from "./scenarios/monitoring.ts";
import { refusedUpdates } from "./scenarios/refused-updates.ts";
import { corruptedRoot, unhealthyUpdate } from "./scenarios/rollback.ts";
import { restore } from "./scenarios/restore.ts";
import { softwareRestart } from "./scenarios/software-restart.ts";
import { update } from "./scenarios/update.ts";
import { cutsInUpdate } from "./scenarios/update-power-cuts.ts";
import { wrongAddress } from "./scenarios/wrong-address.ts";
import { wrongClock } from "./scenarios/wrong-clock.ts";

/** All of them, in the order they run. */
export const scenarios: readonly Scenario[] = [
  ...bootScenarios,
  setUpScenario,
  supportJob,
  consoleMenu,
  update,
  unhealthyUpdate,
  corruptedRoot,
  refusedUpdates,
  cutsInWrites,
  cutsInUpdate,
  cutsInFirstStart,
  wrongAddress,
  wrongClock,
  damagedData,
  diskFull,
  monitoring,
  softwareRestart,
  firstBootData,
  restore,
  standby,
];
