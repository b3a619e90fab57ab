import { auditActor } from "../audit/audit-actor.ts";
import { Certificate, ReplaceCertificate } from "../../protocol/api/administration.ts";
import { type Route, route } from "../route.ts";
import type { Certificates } from "./certificates.ts";

/** /api/login/certificate. */
export function certificateRoutes(certificates: Certificates): Route[] {
  const path = "/api/login/certificate";
  return [
    route("GET", path, "settings.view", { response: Certificate }, () => certificates.describe()),
    route(
      "PUT",
      path,
      "settings.edit",
      { body: ReplaceCertificate, response: Certificate },
      async ({ actor, body }) => {
        await certificates.replace(auditActor(actor), body.chainPem, body.keyPem);
        return await certificates.describe();
      },
    ),
    route("POST", `${path}/self-signed`, "settings.edit", { response: Certificate }, async ({ actor }) => {
      await certificates.replaceWithSelfSigned(auditActor(actor));
      return await certificates.describe();
    }),
  ];
}
