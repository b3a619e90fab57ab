import { Alerts as AlertsShape, AlertSettings } from "../../protocol/api/appliance/services.ts";
import { type Route, route } from "../route.ts";
import type { Alerts } from "./alerts.ts";

/** /api/appliance/alerts. */
export function alertRoutes(alerts: Alerts): Route[] {
  const path = "/api/appliance/alerts";
  return [
    route("GET", path, "appliance", { response: AlertsShape }, () => alerts.shown()),
    route("PUT", path, "appliance", { body: AlertSettings, response: AlertsShape }, ({ actor, body }) =>
      alerts.change(actor, body),
    ),
  ];
}
