/** SNMP, wired. */
import type { ApplianceStatus } from "../appliance-status/appliance-status.ts";
import { certificateDaysLeft } from "../certificates/certificate-part.ts";
import type { Core } from "../core.ts";
import type { Updates } from "../updates/updates.ts";
import { Snmp } from "./snmp.ts";

/** Whom it asks beside the core. */
export interface SnmpOptions {
  readonly status: Pick<ApplianceStatus, "read">;
  readonly updates: Pick<Updates, "read">;
}

/** Answers until disposed, if it is switched on. */
export async function openSnmp(core: Core, { status, updates }: SnmpOptions): Promise<Snmp> {
  const { clock, backups } = core;
  const sources = {
    clock,
    status: () => status.read(),
    certificateDaysLeft: () => certificateDaysLeft(core),
    lastBackupAt: async () => (await backups.state()).lastGoodAt,
    updates: () => updates.read(),
  };
  return await Snmp.open({ ...core, sources });
}
