/** This site's SAML metadata (SAML 2.0 metadata): what an identity provider imports. Pure. */
import { contentCiphers, RSA_OAEP_MGF1P } from "./algorithms.ts";
import { escapeXml } from "./escape-xml.ts";
import { NS } from "./xml.ts";

const BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:";
const nameIdFormats = [
  "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
  "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
  "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
];

export interface OurMetadata {
  readonly entityId: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
  /** PEM, the one that signs first; several during a rollover. */
  readonly certificates: readonly string[];
  readonly signsRequests: boolean;
  readonly allowsCbc: boolean;
}

/** One EntityDescriptor with every certificate for signing and encryption. */
export function ourMetadata(ours: OurMetadata): string {
  const role =
    `AuthnRequestsSigned="${ours.signsRequests}" WantAssertionsSigned="true" ` +
    `protocolSupportEnumeration="${NS.protocol}"`;
  const keys = ours.certificates.flatMap((pem) => [
    keyDescriptor("signing", pem, ""),
    keyDescriptor("encryption", pem, methods(ours.allowsCbc)),
  ]);
  const slo = ["HTTP-Redirect", "HTTP-POST"].map(
    (way) => `<md:SingleLogoutService Binding="${BINDING}${way}" Location="${escapeXml(ours.sloUrl)}"/>`,
  );
  const formats = nameIdFormats.map((format) => `<md:NameIDFormat>${format}</md:NameIDFormat>`);
  const acs =
    `<md:AssertionConsumerService index="0" isDefault="true" Binding="${BINDING}HTTP-POST" ` +
    `Location="${escapeXml(ours.acsUrl)}"/>`;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<md:EntityDescriptor xmlns:md="${NS.metadata}" xmlns:ds="${NS.signature}" entityID="${escapeXml(ours.entityId)}">`,
    `<md:SPSSODescriptor ${role}>`,
    ...keys,
    ...slo,
    ...formats,
    acs,
    `</md:SPSSODescriptor>`,
    `</md:EntityDescriptor>`,
    "",
  ].join("\n");
}

function keyDescriptor(use: string, pem: string, methodList: string): string {
  const base64 = pem.replace(/-----[A-Z ]+-----|\s/gu, "");
  const keyInfo = `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`;
  return `<md:KeyDescriptor use="${use}">${keyInfo}${methodList}</md:KeyDescriptor>`;
}

function methods(allowsCbc: boolean): string {
  const ciphers = Object.keys(contentCiphers).filter((name) => allowsCbc || !contentCiphers[name]!.isCbc);
  return [...ciphers, RSA_OAEP_MGF1P].map((name) => `<md:EncryptionMethod Algorithm="${name}"/>`).join("");
}
