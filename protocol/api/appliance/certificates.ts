/** /appliance > Certificates. All need an appliance administrator. A new one is served at once, and no Jump Client is lost by it. */
import { type Static, Type } from "@sinclair/typebox";
import { Certificate } from "../administration.ts";
import { NullableTime, Time } from "../common.ts";
import { joined } from "../../shapes.ts";

const Null = Type.Null();

/** How Jump Clients take a certificate: by the site's own trust bundle, so none needs a new installer. */
export const PreFlight = Type.Object({
  jumpClients: Type.Integer(),
  /** They accept it now, online or when they call in. */
  accepting: Type.Integer(),
  /** They have not called in since the trust bundle that vouches for it; they learn it by the pinned key when they do. */
  learning: Type.Integer(),
  /** They would be lost: the act is refused while there are any, unless it is forced. */
  lost: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), lastSeenAt: NullableTime }), {
    maxItems: 100,
  }),
  lostCount: Type.Integer(),
  /** "": fits. Else what is wrong: key, names, dates, chain. */
  problems: Type.Array(Type.String()),
});
export type PreFlight = Static<typeof PreFlight>;

export const AcmeSettings = Type.Object({
  isEnabled: Type.Boolean(),
  /** https directory URL. */
  directory: Type.String({ maxLength: 500 }),
  email: Type.String({ maxLength: 254 }),
  names: Type.Array(Type.String({ maxLength: 253 }), { maxItems: 20 }),
  /** External account binding, where the authority asks for one; "": none. The key is written, never read. */
  bindingKeyId: Type.String({ maxLength: 200 }),
  /** PEM of a private authority's own root; "": the system's authorities. */
  authorityPem: Type.String({ maxLength: 100_000 }),
  renewDaysBefore: Type.Integer({ minimum: 1, maximum: 60 }),
});
export type AcmeSettings = Static<typeof AcmeSettings>;
export const ChangeAcme = joined(
  AcmeSettings,
  Type.Object({ bindingKey: Type.Optional(Type.String({ maxLength: 500 })), agreesToTerms: Type.Boolean() }),
);

/** What it is doing: it asks for an account, orders, proves the names on port 80, waits for the certificate, serves it. */
export const acmeSteps = ["account", "order", "proof", "certificate", "service"] as const;
export type AcmeStep = (typeof acmeSteps)[number];
export const AcmeState = Type.Object({
  lastTriedAt: NullableTime,
  nextTryAt: NullableTime,
  /** What went wrong the last time; "": nothing. */
  problem: Type.String(),
  isRunning: Type.Boolean(),
  /** null while nothing runs. */
  step: Type.Union([...acmeSteps.map((step) => Type.Literal(step)), Null]),
});
export type AcmeState = Static<typeof AcmeState>;

// GET /api/appliance/certificates

export const ApplianceCertificates = Type.Object({
  current: Certificate,
  /** Ready, with its key, and not served yet. */
  next: Type.Union([Certificate, Null]),
  /** When the next one becomes current by itself; null: when somebody says so. */
  switchesAt: NullableTime,
  /** A request that waits for its certificate. */
  request: Type.Union([
    Type.Object({ createdAt: Time, names: Type.Array(Type.String()), requestPem: Type.String() }),
    Null,
  ]),
  acme: AcmeSettings,
  hasBindingKey: Type.Boolean(),
  acmeState: AcmeState,
  /** Of the next one, or while there is none of the current one. */
  preFlight: PreFlight,
  /** Of the site's identity providers and others, with what they are for. */
  others: Type.Array(Type.Object({ name: Type.String(), use: Type.String(), issuer: Type.String(), notAfter: Time })),
});
export type ApplianceCertificates = Static<typeof ApplianceCertificates>;

// POST /api/appliance/certificates/check {chainPem, keyPem?} -> PreFlight (without a key: that of the open request)
// PUT  /api/appliance/certificates/next  {chainPem, keyPem?} -> ApplianceCertificates
// DELETE /api/appliance/certificates/next -> ApplianceCertificates
// POST /api/appliance/certificates/switch {force, at?} -> ApplianceCertificates: next becomes current at once, or at that
//   time; at: null calls a time that was set off
// POST /api/appliance/certificates/request {names, organization?, key: "ec"|"rsa"} -> ApplianceCertificates; DELETE …/request
// PUT  /api/appliance/certificates/acme ChangeAcme; POST …/acme/renew
// POST /api/appliance/certificates/self-signed

export const GivenCertificate = Type.Object({
  chainPem: Type.String({ minLength: 1, maxLength: 100_000 }),
  keyPem: Type.Optional(Type.String({ minLength: 1, maxLength: 20_000 })),
});
export const SwitchCertificate = Type.Object({ force: Type.Boolean(), at: Type.Optional(NullableTime) });
export const RequestCertificate = Type.Object({
  names: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { minItems: 1, maxItems: 20 }),
  organization: Type.String({ maxLength: 128 }),
  key: Type.Union([Type.Literal("ec"), Type.Literal("rsa")]),
});
