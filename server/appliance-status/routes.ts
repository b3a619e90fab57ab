/** /api/appliance: how the box is, its network and time, restarting it, its logs. */
import { Nothing } from "../../protocol/api/common.ts";
import {
  ApplianceStatus as StatusShape,
  ConnectionTests,
  LogQuery,
  Logs,
  PowerPlan,
  PowerWish,
  Storage,
} from "../../protocol/api/appliance/status.ts";
import { NetworkSettings, NetworkState, TimeSettings } from "../../protocol/appliance/network-settings.ts";
import { ClockState } from "../../protocol/appliance/system-actions.ts";
import { type Route, route } from "../route.ts";
import type { ApplianceParts } from "./open-appliance-status.ts";
import { readStorage } from "./storage.ts";

/** Every route of the appliance's state. */
export function applianceStatusRoutes(parts: ApplianceParts): Route[] {
  return [...stateRoutes(parts), ...systemRoutes(parts), ...powerRoutes(parts), ...supportRoutes(parts)];
}

function stateRoutes({ status, directory, database }: ApplianceParts): Route[] {
  return [
    route("GET", "/api/appliance/status", "appliance", { response: StatusShape }, () => status.read()),
    route("GET", "/api/appliance/storage", "appliance", { response: Storage }, () => readStorage(directory, database)),
  ];
}

function systemRoutes({ systemSettings: settings, connectionTest }: ApplianceParts): Route[] {
  const state = { response: NetworkState };
  return [
    route("GET", "/api/appliance/network", "appliance", state, () => settings.network()),
    route("POST", "/api/appliance/network/try", "appliance", { ...state, body: NetworkSettings }, ({ actor, body }) =>
      settings.tryNetwork(actor, body),
    ),
    route("POST", "/api/appliance/network/keep", "appliance", state, ({ actor }) => settings.keepNetwork(actor)),
    route("POST", "/api/appliance/network/revert", "appliance", state, ({ actor }) => settings.revertNetwork(actor)),
    route("POST", "/api/appliance/network/test", "appliance", { response: ConnectionTests }, () =>
      connectionTest.run(),
    ),
    route("GET", "/api/appliance/time", "appliance", { response: ClockState }, () => settings.time()),
    route("PUT", "/api/appliance/time", "appliance", { body: TimeSettings, response: ClockState }, ({ actor, body }) =>
      settings.setTime(actor, body),
    ),
  ];
}

function powerRoutes({ powerWishes, softwareRestarts }: ApplianceParts): Route[] {
  const shapes = { body: PowerWish, response: PowerPlan };
  return [
    route("POST", "/api/appliance/power/restart", "appliance", shapes, ({ actor, body }) =>
      powerWishes.announce(actor, "restart", body.drainMinutes),
    ),
    route("POST", "/api/appliance/power/off", "appliance", shapes, ({ actor, body }) =>
      powerWishes.announce(actor, "off", body.drainMinutes),
    ),
    route("POST", "/api/appliance/power/software", "appliance", shapes, ({ actor, body }) =>
      softwareRestarts.announce(actor, body.drainMinutes),
    ),
    route("POST", "/api/appliance/power/cancel", "appliance", { response: Nothing }, async ({ actor }) => {
      await powerWishes.cancel(actor);
      return {};
    }),
  ];
}

function supportRoutes({ systemHelper, supportBundle }: ApplianceParts): Route[] {
  return [
    route("GET", "/api/appliance/logs", "appliance", { query: LogQuery, response: Logs }, ({ query }) =>
      systemHelper.ask("journal.read", { unit: query.unit, lines: query.lines ?? 500 }),
    ),
    route("GET", "/api/appliance/support-bundle", "appliance", {}, ({ actor }) => supportBundle.download(actor)),
  ];
}
