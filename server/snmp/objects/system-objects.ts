/** The system group of SNMPv2-MIB (RFC 3418). Pure. */
import { objectId } from "../object-id.ts";
import { integer, text, ticks, type VarBind } from "../snmp-value.ts";
import { APPLIANCE } from "./causeway-objects.ts";

const SYSTEM = objectId("1.3.6.1.2.1.1");
/** Layers it serves at: applications, and end to end. */
const SERVICES = 72;

/** What is read of the system. */
export interface SystemReadings {
  readonly version: string;
  readonly hostname: string;
  /** Since somebody is answered. */
  readonly servingSeconds: number;
}

export function systemObjects({ version, hostname, servingSeconds }: SystemReadings): VarBind[] {
  const values = [
    text(`Causeway ${version}`),
    { kind: "object-id", value: APPLIANCE } as const,
    ticks(servingSeconds),
    text(""),
    text(hostname),
    text(""),
    integer(SERVICES),
  ];
  return values.map((value, index) => ({ name: [...SYSTEM, index + 1, 0], value }));
}
