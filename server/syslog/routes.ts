import { Nothing } from "../../protocol/api/common.ts";
import { Syslog as SyslogShape, SyslogSettings } from "../../protocol/api/appliance/services.ts";
import { type Route, route } from "../route.ts";
import type { Syslog } from "./syslog.ts";

/** /api/appliance/syslog. */
export function syslogRoutes(syslog: Syslog): Route[] {
  const path = "/api/appliance/syslog";
  return [
    route("GET", path, "appliance", { response: SyslogShape }, () => syslog.shown()),
    route("PUT", path, "appliance", { body: SyslogSettings, response: SyslogShape }, ({ actor, body }) =>
      syslog.change(actor, body),
    ),
    route("POST", `${path}/test`, "appliance", { response: Nothing }, async ({ actor }) => {
      await syslog.test(actor);
      return {};
    }),
  ];
}
