/** What looks after the box, wired: its status, updates, the audit log's way to a receiver, mails, a monitoring system. */
import type { Alerts } from "./alerts/alerts.ts";
import { openAlerts } from "./alerts/open-alerts.ts";
import { type ApplianceParts, openApplianceStatus } from "./appliance-status/open-appliance-status.ts";
import type { Drained } from "./appliance-status/power.ts";
import { backupPart, backupReachables } from "./backups/backup-part.ts";
import { certificatePart, certificateReachables } from "./certificates/certificate-part.ts";
import type { Core } from "./core.ts";
import { openSnmp } from "./snmp/open-snmp.ts";
import type { Snmp } from "./snmp/snmp.ts";
import { openSyslog } from "./syslog/open-syslog.ts";
import type { Syslog } from "./syslog/syslog.ts";
import { syslogPart, syslogReachables } from "./syslog/syslog-part.ts";
import { type OpenedUpdates, openUpdates } from "./updates/open-updates.ts";
import { updatePart, updateReachables } from "./updates/update-part.ts";

export interface ApplianceServicesOptions {
  readonly drain: Drained;
  /** The key of whoever makes updates, PEM; default: where an appliance's image has it. */
  readonly updateKeyFile?: string;
}

/** Open until disposed. */
export interface ApplianceServices extends AsyncDisposable {
  readonly status: ApplianceParts;
  readonly updates: OpenedUpdates;
  readonly syslog: Syslog;
  readonly alerts: Alerts;
  readonly snmp: Snmp;
}

export async function openApplianceServices(
  core: Core,
  { drain, updateKeyFile }: ApplianceServicesOptions,
): Promise<ApplianceServices> {
  await using stack = new AsyncDisposableStack();
  const status: ApplianceParts = stack.use(
    openApplianceStatus(core, {
      drain,
      // Updates and syslog are opened below; nobody asks before.
      parts: [
        backupPart(core.backups, core.clock),
        certificatePart(core),
        () => updatePart(updates.updates)(),
        () => syslogPart(syslog)(),
      ],
      reachables: [
        () => backupReachables(core.backups),
        () => certificateReachables(core),
        () => updateReachables(updates.updates),
        () => syslogReachables(syslog),
      ],
    }),
  );
  const sessions = (): number => drain.running;
  const updates: OpenedUpdates = stack.use(
    await openUpdates(core, { status, sessions, ...(updateKeyFile === undefined ? {} : { updateKeyFile }) }),
  );
  const { syslog } = stack.use(await openSyslog(core));
  const { alerts } = stack.use(openAlerts(core));
  const snmp = stack.use(await openSnmp(core, { status: status.status, updates: updates.updates }));
  tellOfBackups(core);
  const opened = stack.move();
  return { status, updates, syslog, alerts, snmp, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function tellOfBackups({ backups, applianceEvents, log }: Core): void {
  backups.alertBy((cause, { place, problem }) => {
    const kind = cause === "lost" ? "backup.lost" : "backup.failed";
    const told = applianceEvents.tell({ kind, health: "failed", detail: `${place}: ${problem}` });
    told.catch((error: unknown) => log.error("what became of a backup could not be told", error));
  });
}
