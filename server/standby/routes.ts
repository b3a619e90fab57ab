/** /api/appliance/standby: the failover pair. */
import { Nothing } from "../../protocol/api/common.ts";
import { Invitation, JoinPair, Standby, SwitchRoles } from "../../protocol/api/appliance/standby.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { type Route, route } from "../route.ts";
import type { FailoverPair } from "./failover-pair.ts";

const MAX_BODY_BYTES = 8 << 10;

/** All need an administrator of the appliance, but for the change of roles that programs order. */
export function standbyRoutes(failoverPair: FailoverPair): Route[] {
  const path = "/api/appliance/standby";
  const body = <S extends typeof Nothing | typeof JoinPair | typeof SwitchRoles>(shape: S) =>
    ({ body: shape, response: Standby, maxBodyBytes: MAX_BODY_BYTES }) as const;
  return [
    route("GET", path, "appliance", { response: Standby }, () => failoverPair.view()),
    route("POST", `${path}/invitation`, "appliance", { body: Nothing, response: Invitation }, ({ actor, request }) =>
      failoverPair.invite(actor, new URL(request.url).hostname.replaceAll(/[[\]]/gu, "")),
    ),
    route("POST", `${path}/join`, "appliance", body(JoinPair), ({ actor, body: asked }) =>
      failoverPair.join(actor, asked.invitation),
    ),
    route("POST", `${path}/switch`, "appliance", body(SwitchRoles), ({ actor, body: asked }) =>
      failoverPair.switchBy(actor, asked.force),
    ),
    route("POST", `${path}/drill`, "appliance", body(Nothing), ({ actor }) => failoverPair.drill(actor)),
    route("POST", `${path}/part`, "appliance", body(Nothing), ({ actor }) => failoverPair.part(actor)),
    // For programs, at the primary. A standby serves nothing of the site, so nobody of the site can order it by force.
    route("POST", "/api/login/standby/switch", "appliance.switch", body(Nothing), ({ actor }) =>
      failoverPair.switchRoles(auditActor(actor), false),
    ),
  ];
}
