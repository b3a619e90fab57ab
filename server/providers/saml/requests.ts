/** The messages we send: AuthnRequest, LogoutRequest, LogoutResponse (SAML 2.0 core 3.4, 3.7). Pure. */
import { escapeXml } from "./escape-xml.ts";
import { NS } from "./xml.ts";

const POST_BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

interface Message {
  /** "_" and random hexadecimal digits. */
  readonly id: string;
  readonly at: Date;
  /** Where it goes. */
  readonly destination: string;
  /** Our entity id. */
  readonly issuer: string;
}

function message(name: string, { id, at, destination, issuer }: Message, attributes: string, content: string): string {
  const head = `ID="${id}" Version="2.0" IssueInstant="${at.toISOString()}" Destination="${escapeXml(destination)}"`;
  return (
    `<samlp:${name} xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ${head}${attributes}>` +
    `<saml:Issuer>${escapeXml(issuer)}</saml:Issuer>${content}</samlp:${name}>`
  );
}

/** Asks the identity provider to sign somebody in and to answer by POST to `acsUrl`. */
export function authnRequest(request: Message & { readonly acsUrl: string }): string {
  const attributes = ` AssertionConsumerServiceURL="${escapeXml(request.acsUrl)}" ProtocolBinding="${POST_BINDING}"`;
  return message("AuthnRequest", request, attributes, `<samlp:NameIDPolicy AllowCreate="true"/>`);
}

/** Tells the identity provider that somebody signs out here. */
export function logoutRequest(request: Message & { readonly nameId: string; readonly sessionIndex: string }): string {
  const index =
    request.sessionIndex === "" ? "" : `<samlp:SessionIndex>${escapeXml(request.sessionIndex)}</samlp:SessionIndex>`;
  return message("LogoutRequest", request, "", `<saml:NameID>${escapeXml(request.nameId)}</saml:NameID>${index}`);
}

/** Answers the identity provider's LogoutRequest. */
export function logoutResponse(response: Message & { readonly inResponseTo: string }): string {
  const status = `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`;
  return message("LogoutResponse", response, ` InResponseTo="${escapeXml(response.inResponseTo)}"`, status);
}
