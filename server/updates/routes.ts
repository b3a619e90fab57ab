/** /api/appliance/updates. */
import { Type } from "@sinclair/typebox";
import { MAX_BUNDLE_BYTES } from "../../protocol/appliance/update-manifest.ts";
import {
  BeginUpload,
  ReceivedContent,
  RestartWish,
  Update,
  Updates as UpdatesShape,
  UpdateSettings,
} from "../../protocol/api/appliance/updates.ts";
import { PowerWish } from "../../protocol/api/appliance/status.ts";
import { AppError } from "../../protocol/errors.ts";
import { type Route, route } from "../route.ts";
import type { Updates } from "./updates.ts";

const At = Type.Object({ offset: Type.Integer({ minimum: 0, maximum: MAX_BUNDLE_BYTES }) });
const all = { response: UpdatesShape };
const one = { response: Update };

/** Every route of updates. */
export function updateRoutes(updates: Updates): Route[] {
  return [
    route("GET", "/api/appliance/updates", "appliance", all, () => updates.read()),
    route("PUT", "/api/appliance/updates/settings", "appliance", { ...all, body: UpdateSettings }, async (asked) => {
      await updates.changeSettings(asked.actor, asked.body);
      return await updates.read();
    }),
    route("POST", "/api/appliance/updates", "appliance", { ...one, body: BeginUpload }, ({ actor, body }) =>
      updates.beginUpload(actor, body.name, body.sizeBytes),
    ),
    route(
      "PUT",
      "/api/appliance/updates/:id/content",
      "appliance",
      { query: At, response: ReceivedContent },
      async ({ params, query, request }) => {
        if (request.body === null) throw new AppError("request.invalid", "The part is empty.");
        return { receivedBytes: await updates.receive(params["id"]!, query.offset, request.body) };
      },
    ),
    route("POST", "/api/appliance/updates/check", "appliance", all, async ({ actor }) => {
      await updates.check(actor);
      return await updates.read();
    }),
    route(
      "POST",
      "/api/appliance/updates/:id/restart",
      "appliance",
      { ...one, body: RestartWish },
      ({ actor, params, body }) => updates.restart(actor, params["id"]!, body.drainMinutes, body.at ?? null),
    ),
    route("POST", "/api/appliance/updates/:id/cancel", "appliance", one, ({ actor, params }) =>
      updates.cancel(actor, params["id"]!),
    ),
    route("POST", "/api/appliance/updates/return", "appliance", { ...all, body: PowerWish }, async (asked) => {
      await updates.returnToOther(asked.actor, asked.body.drainMinutes);
      return await updates.read();
    }),
  ];
}
