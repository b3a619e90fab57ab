/** Everything about how the appliance is, wired. */
import type { Core } from "../core.ts";
import type { SystemHelper } from "../system/system-helper.ts";
import type { Database } from "../database/database.ts";
import { ApplianceStatus } from "./appliance-status.ts";
import { ConnectionTest, type Reachable } from "./connection-test.ts";
import { MachineLoad } from "./machine-load.ts";
import type { PartSource } from "./parts.ts";
import { type Drained, Power } from "./power.ts";
import { PowerWishes } from "./power-wishes.ts";
import { ownReachables } from "./reachables.ts";
import { SoftwareRestarts } from "./software-restarts.ts";
import { SupportBundle } from "./support-bundle.ts";
import { KnownSystem } from "./system-facts.ts";
import { SystemSettings } from "./system-settings.ts";

export interface ApplianceStatusOptions {
  readonly drain: Drained;
  /** The parts of other rooms, as the status shows them. */
  readonly parts?: readonly PartSource[];
  /** What other rooms are set up to reach, for the connection test. */
  readonly reachables?: readonly (() => Promise<readonly Reachable[]>)[];
}

/** What the routes use; disposing it stops the timers. */
export interface ApplianceParts extends Disposable {
  readonly directory: string;
  readonly database: Database;
  readonly systemHelper: SystemHelper;
  readonly status: ApplianceStatus;
  readonly system: KnownSystem;
  readonly systemSettings: SystemSettings;
  readonly power: Power;
  readonly powerWishes: PowerWishes;
  readonly softwareRestarts: SoftwareRestarts;
  readonly connectionTest: ConnectionTest;
  readonly supportBundle: SupportBundle;
}

/** Begins to measure. */
export function openApplianceStatus(core: Core, options: ApplianceStatusOptions): ApplianceParts {
  const { directory, database, clock, log, systemHelper } = core;
  using stack = new DisposableStack();
  const counters = () => ({ requests: core.requests.total, commits: database.commits() });
  const load = new MachineLoad({ clock, directory, counters });
  const system = new KnownSystem(systemHelper, clock, log);
  const power = stack.use(new Power({ clock, log, drain: options.drain }));
  const sessions = (): number => options.drain.running;
  const parts = options.parts ?? [];
  const status = stack.use(new ApplianceStatus({ ...core, load, system, power, sessions, parts }));
  const systemSettings = stack.use(new SystemSettings({ ...core, system }));
  const powerWishes = new PowerWishes({ ...core, power });
  const softwareRestarts = new SoftwareRestarts({ ...core, power });
  const connectionTest = new ConnectionTest(clock, [() => ownReachables(core), ...(options.reachables ?? [])]);
  const supportBundle = new SupportBundle({ ...core, status });
  const opened = stack.move();
  return {
    ...{ directory, database, systemHelper, status, system, systemSettings, power, powerWishes },
    ...{ softwareRestarts },
    ...{ connectionTest, supportBundle, [Symbol.dispose]: () => opened[Symbol.dispose]() },
  };
}
