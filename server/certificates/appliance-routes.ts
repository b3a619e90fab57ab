import {
  ApplianceCertificates as Page,
  ChangeAcme,
  GivenCertificate,
  PreFlight,
  RequestCertificate,
  SwitchCertificate,
} from "../../protocol/api/appliance/certificates.ts";
import { type Route, route } from "../route.ts";
import type { Acme } from "./acme/acme.ts";
import type { ApplianceCertificates } from "./appliance-certificates.ts";

/** /api/appliance/certificates. */
export function applianceCertificateRoutes(certificates: ApplianceCertificates, acme: Acme): Route[] {
  const path = "/api/appliance/certificates";
  const shows = { response: Page };
  const given = { body: GivenCertificate, response: Page };
  return [
    route("GET", path, "appliance", shows, () => certificates.read()),
    route("POST", `${path}/check`, "appliance", { body: GivenCertificate, response: PreFlight }, ({ body }) =>
      certificates.check(body),
    ),
    route("PUT", `${path}/next`, "appliance", given, async ({ actor, body }) => {
      await certificates.prepare(actor, body);
      return await certificates.read();
    }),
    route("DELETE", `${path}/next`, "appliance", shows, async ({ actor }) => {
      await certificates.drop(actor);
      return await certificates.read();
    }),
    route("POST", `${path}/switch`, "appliance", { ...shows, body: SwitchCertificate }, async ({ actor, body }) => {
      await certificates.switch(actor, body);
      return await certificates.read();
    }),
    route("POST", `${path}/self-signed`, "appliance", shows, async ({ actor }) => {
      await certificates.replaceWithSelfSigned(actor);
      return await certificates.read();
    }),
    route("POST", `${path}/request`, "appliance", { ...shows, body: RequestCertificate }, async ({ actor, body }) => {
      await certificates.makeRequest(actor, body);
      return await certificates.read();
    }),
    route("DELETE", `${path}/request`, "appliance", shows, async ({ actor }) => {
      await certificates.dropRequest(actor);
      return await certificates.read();
    }),
    route("PUT", `${path}/acme`, "appliance", { ...shows, body: ChangeAcme }, async ({ actor, body }) => {
      await acme.change(actor, body);
      return await certificates.read();
    }),
    route("POST", `${path}/acme/renew`, "appliance", shows, async ({ actor }) => {
      await acme.renew(actor);
      return await certificates.read();
    }),
  ];
}
