/** Reads an identity provider's metadata into a draft of a provider's settings. */
import type { Static } from "@sinclair/typebox";
import type { SamlConfig } from "../../../protocol/api/providers.ts";
import { AppError } from "../../../protocol/errors.ts";
import { checkCertificate, isRsaCertificate } from "../provider-rules.ts";
import { ProviderRefusal } from "../refusal.ts";
import { checkMessageText } from "./message-text.ts";
import { certificatePem } from "./signing-key.ts";
import { allElements, attribute, childrenNamed, isElement, NS, parseXml, textOf } from "./xml.ts";

const BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:";
const MAX_ELEMENTS = 20_000;
const MAX_CERTIFICATES = 10;

/** @throws {AppError} provider.invalid, with what is missing */
export function readIdpMetadata(text: string): Static<typeof SamlConfig> {
  const entities = allElements(parse(text))
    .filter((element) => isElement(element, NS.metadata, "EntityDescriptor"))
    .filter((entity) => childrenNamed(entity, NS.metadata, "IDPSSODescriptor").length > 0);
  if (entities.length !== 1)
    throw invalid(
      entities.length === 0
        ? "This metadata describes no identity provider. Perhaps it is this site's own, or a service provider's."
        : "This metadata describes several identity providers. Take the metadata of the one.",
    );
  const [role] = childrenNamed(entities[0]!, NS.metadata, "IDPSSODescriptor");
  const signInUrl = location(role!, "SingleSignOnService", "HTTP-Redirect");
  if (signInUrl === null) throw invalid("This metadata names no sign-in address with the redirect binding.");
  return {
    kind: "saml",
    entityId: attribute(entities[0]!, "entityID") ?? "",
    signInUrl,
    ...signOut(role!),
    certificates: certificatesOf(role!),
    signsRequests: true,
    wantsEncryptedAssertions: false,
    allowsCbc: false,
    clockSkewSeconds: 60,
    allowsIdpInitiated: true,
  };
}

/** Metadata, unlike messages, often carries comments; they mean nothing and go. */
function parse(text: string): Element {
  try {
    return parseXml(checkMessageText(text.replace(/<!--[^]*?-->/gu, "").trim(), MAX_ELEMENTS));
  } catch (error) {
    if (!(error instanceof ProviderRefusal)) throw error;
    throw invalid(`This is not SAML metadata: ${error.message}`, error);
  }
}

type Way = "HTTP-Redirect" | "HTTP-POST";

/** Its redirect address where it has one, and where its answers go, if elsewhere (SAML 2.0 metadata 2.2.2). */
function signOut(role: Element): Pick<Static<typeof SamlConfig>, "signOutUrl" | "signOutAnswerUrl" | "signOutBinding"> {
  const answersAt = (way: Way) => location(role, "SingleLogoutService", way, "ResponseLocation");
  const byRedirect = location(role, "SingleLogoutService", "HTTP-Redirect");
  if (byRedirect !== null)
    return { signOutUrl: byRedirect, signOutAnswerUrl: answersAt("HTTP-Redirect"), signOutBinding: "redirect" };
  const byPost = location(role, "SingleLogoutService", "HTTP-POST");
  if (byPost === null) return { signOutUrl: null, signOutAnswerUrl: null, signOutBinding: "redirect" };
  return { signOutUrl: byPost, signOutAnswerUrl: answersAt("HTTP-POST"), signOutBinding: "post" };
}

function location(
  role: Element,
  service: string,
  way: Way,
  name: "Location" | "ResponseLocation" = "Location",
): string | null {
  const found = childrenNamed(role, NS.metadata, service).find(
    (element) => attribute(element, "Binding") === BINDING + way,
  );
  const url = found === undefined ? null : attribute(found, name);
  if (url !== null && !/^https?:\/\/[^\s]+$/u.test(url)) throw invalid(`The address of ${service} is none we take.`);
  return url;
}

function certificatesOf(role: Element): string[] {
  const found = childrenNamed(role, NS.metadata, "KeyDescriptor")
    .filter((descriptor) => attribute(descriptor, "use") !== "encryption")
    .flatMap((descriptor) => allElements(descriptor))
    .filter((element) => isElement(element, NS.signature, "X509Certificate"))
    .map((element) => certificatePem(textOf(element).replace(/\s/gu, "")));
  const certificates = [...new Set(found)].slice(0, MAX_CERTIFICATES);
  if (certificates.length === 0) throw invalid("This metadata holds no certificate to check signatures with.");
  // A provider may have keys of other kinds beside; with those alone, the check says so.
  const usable = certificates.filter(isRsaCertificate);
  for (const pem of usable.length === 0 ? certificates : usable) checkCertificate(pem);
  return usable;
}

const invalid = (message: string, cause?: unknown): AppError => new AppError("provider.invalid", message, { cause });
