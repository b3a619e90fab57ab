/**
 * CAUSEWAY-MIB: how the appliance is, in seven objects; docs/admin/CAUSEWAY-MIB.txt says the same for monitoring systems.
 * It stands below 32473, the enterprise number that RFC 5612 keeps free of every maker: no other product's objects can be
 * met there. A number of our own takes its place here and in the MIB, nowhere else.
 */
import type { Health } from "../../../protocol/api/appliance/status.ts";
import { objectId } from "../object-id.ts";
import { gauge, integer, text, type VarBind } from "../snmp-value.ts";

/** The number below which our objects stand, and in our engine's id. */
export const ENTERPRISE = 32_473;
const ROOT = `1.3.6.1.4.1.${ENTERPRISE}`;
/** What kind of thing this is. */
export const APPLIANCE = objectId(`${ROOT}.1.1`);
const OBJECTS = objectId(`${ROOT}.1.2`);

const healths: Readonly<Record<Health, number>> = { ok: 1, attention: 2, failed: 3 };
const updates = { none: 1, receiving: 2, preparing: 3, ready: 4, restarting: 5, failed: 6 } as const;

/** How the last or the present update is. */
export type UpdateReading = keyof typeof updates;
/** What is read of the product. */
export interface ProductReadings {
  readonly version: string;
  readonly health: Health;
  readonly sessions: number;
  readonly jumpClientsOnline: number;
  /** Below 0: it has run out. */
  readonly certificateDaysLeft: number;
  /** null: there is no good one. */
  readonly lastBackupAgeSeconds: number | null;
  readonly update: UpdateReading;
}

export function causewayObjects(readings: ProductReadings): VarBind[] {
  const values = [
    text(readings.version),
    integer(healths[readings.health]),
    gauge(readings.sessions),
    gauge(readings.jumpClientsOnline),
    integer(readings.certificateDaysLeft),
    integer(readings.lastBackupAgeSeconds === null ? -1 : Math.floor(readings.lastBackupAgeSeconds)),
    integer(updates[readings.update]),
  ];
  return values.map((value, index) => ({ name: [...OBJECTS, index + 1, 0], value }));
}
