import { ChangeSnmp, Snmp as SnmpShape } from "../../protocol/api/appliance/services.ts";
import { type Route, route } from "../route.ts";
import type { Snmp } from "./snmp.ts";

/** /api/appliance/snmp. */
export function snmpRoutes(snmp: Snmp): Route[] {
  const path = "/api/appliance/snmp";
  return [
    route("GET", path, "appliance", { response: SnmpShape }, () => snmp.shown()),
    route("PUT", path, "appliance", { body: ChangeSnmp, response: SnmpShape }, ({ actor, body }) =>
      snmp.change(actor, body),
    ),
  ];
}
