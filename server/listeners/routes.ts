import { Listeners, ListenersState } from "../../protocol/api/appliance/access.ts";
import { type Route, route } from "../route.ts";
import type { ListenerSettings } from "./listener-settings.ts";

/** @param settings asked with each request: they are there once the server listens */
export function listenerRoutes(settings: () => ListenerSettings): Route[] {
  const path = "/api/appliance/listeners";
  return [
    route("GET", path, "appliance", { response: ListenersState }, ({ actor }) => settings().state(actor.address)),
    route("PUT", path, "appliance", { body: Listeners, response: ListenersState }, async ({ actor, body }) => {
      await settings().change(actor, body);
      return settings().state(actor.address);
    }),
    route("POST", `${path}/keep`, "appliance", { response: ListenersState }, async ({ actor }) => {
      await settings().keep(actor);
      return settings().state(actor.address);
    }),
    route("POST", `${path}/revert`, "appliance", { response: ListenersState }, async ({ actor }) => {
      await settings().revert(actor);
      return settings().state(actor.address);
    }),
  ];
}
