import { ChangeSecurity, Security } from "../../protocol/api/security.ts";
import { type Route, route } from "../route.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import type { SecurityChanges } from "./security-changes.ts";
import type { SiteSecurity } from "./site-security.ts";

export interface SecurityRoutesNeeds {
  readonly security: SiteSecurity;
  readonly securityChanges: SecurityChanges;
  readonly signIns: SignIns;
}

/** /api/login/security. */
export function securityRoutes({ security, securityChanges, signIns }: SecurityRoutesNeeds): Route[] {
  const path = "/api/login/security";
  return [
    route("GET", path, "security.view", { response: Security }, () => security.current()),
    route("PATCH", path, "security.edit", { body: ChangeSecurity, response: Security }, async ({ actor, body }) => {
      await signIns.requireProof(actor);
      return await securityChanges.change(actor, body);
    }),
  ];
}
