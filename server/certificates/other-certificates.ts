/** Certificates the site rests on beside its own: those of its identity providers and directories. Pure. */
import { X509Certificate } from "node:crypto";
import type { ApplianceCertificates } from "../../protocol/api/appliance/certificates.ts";
import type { Provider } from "../providers/provider.ts";
import { readPem } from "./pem.ts";

type Other = ApplianceCertificates["others"][number];

/** Each with the provider's name, soonest end first. One that does not read is left out: nothing rests on it. */
export function otherCertificates(providers: readonly Provider[]): Other[] {
  const others = providers.flatMap((provider) =>
    pemsOf(provider).flatMap(({ use, pem }) => readAll(pem).map((found) => describe(provider.name, use, found))),
  );
  return others.toSorted((one, other) => one.notAfter.localeCompare(other.notAfter));
}

function pemsOf({ config, secrets }: Provider): { use: string; pem: string }[] {
  const own = (secrets.signingKeys ?? []).map(({ certificatePem }) => ({ use: "signing", pem: certificatePem }));
  if (config.kind === "saml") return [...config.certificates.map((pem) => ({ use: "sign-in", pem })), ...own];
  return config.kind === "ldap" ? [{ use: "directory", pem: config.certificateAuthority }] : [];
}

function readAll(pem: string): X509Certificate[] {
  return readPem(pem).flatMap(({ label, text }) => (label === "CERTIFICATE" ? (read(text) ?? []) : []));
}

function read(text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

const describe = (name: string, use: string, { issuer, validTo }: X509Certificate): Other => ({
  ...{ name, use, issuer: issuer.split("\n").join(", ") },
  notAfter: new Date(validTo).toISOString(),
});
