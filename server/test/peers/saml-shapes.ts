/**
 * Responses in the shapes that tile identity providers send: prefixes, places of signatures, names of attributes as in
 * their documents and in recorded messages; names, times and keys are the tests' own.
 */
import type { SigningKey } from "../../providers/saml/signing-key.ts";
import { SP, signed } from "./saml-forge.ts";

const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();
const END_MS = 300_000;

export interface SamlShape {
  readonly name: string;
  readonly issuer: string;
  readonly xml: string;
  readonly nameId: string;
  readonly attributes: {
    readonly username: string;
    readonly displayName: string;
    readonly email: string;
    readonly groups: string;
  };
}

/** Both response and assertion signed, "saml2p" and "saml2", typed values, an inclusive namespace "xs" in the transform. */
function okta(key: SigningKey): SamlShape {
  const issuer = "http://www.okta.com/exk1a2b3c4d5e6f7g8h9";
  const value = (name: string, values: readonly string[]): string =>
    `<saml2:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified">${values
      .map(
        (text) =>
          `<saml2:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${text}</saml2:AttributeValue>`,
      )
      .join("")}</saml2:Attribute>`;
  const issuerXml = `<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">${issuer}</saml2:Issuer>`;
  const xml = `<?xml version="1.0" encoding="UTF-8"?><saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:xs="http://www.w3.org/2001/XMLSchema" Destination="${SP.acsUrl}" ID="id2170853710" IssueInstant="${at(0)}" Version="2.0">${issuerXml}<saml2p:Status xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol"><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status><saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="id2170853711" IssueInstant="${at(0)}" Version="2.0">${issuerXml}<saml2:Subject><saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">carol@example.com</saml2:NameID><saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml2:SubjectConfirmationData NotOnOrAfter="${at(END_MS)}" Recipient="${SP.acsUrl}"/></saml2:SubjectConfirmation></saml2:Subject><saml2:Conditions NotBefore="${at(-END_MS)}" NotOnOrAfter="${at(END_MS)}"><saml2:AudienceRestriction><saml2:Audience>${SP.entityId}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions><saml2:AuthnStatement AuthnInstant="${at(0)}" SessionIndex="id1700000000000.123"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement><saml2:AttributeStatement>${value("login", ["carol"])}${value("displayName", ["Carol Jones"])}${value("email", ["carol@example.com"])}${value("groups", ["Everyone", "Support"])}</saml2:AttributeStatement></saml2:Assertion></saml2p:Response>`;
  const style = { prefix: "ds", inclusivePrefixes: ["xs"] };
  return {
    name: "Okta",
    issuer,
    xml: signed(signed(xml, "Assertion", key, style), "Response", key, style),
    nameId: "carol@example.com",
    attributes: { username: "login", displayName: "displayName", email: "email", groups: "groups" },
  };
}

/** The assertion signed, an end of the session, capital names, an "@" in the name's value. */
function oneLogin(key: SigningKey): SamlShape {
  const issuer = "https://app.onelogin.com/saml/metadata/1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f";
  const value = (name: string, text: string): string =>
    `<saml:Attribute NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic" Name="${name}"><saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${text}</saml:AttributeValue></saml:Attribute>`;
  const xml = `<samlp:Response xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="R0123456789abcdef0123456789abcdef01234567" Version="2.0" IssueInstant="${at(0)}" Destination="${SP.acsUrl}"><saml:Issuer>${issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Version="2.0" ID="A0123456789abcdef0123456789abcdef01234567" IssueInstant="${at(0)}"><saml:Issuer>${issuer}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">carol@example.com</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${at(END_MS)}" Recipient="${SP.acsUrl}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${at(-180_000)}" NotOnOrAfter="${at(END_MS)}"><saml:AudienceRestriction><saml:Audience>${SP.entityId}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${at(-1000)}" SessionNotOnOrAfter="${at(86_400_000)}" SessionIndex="_01234567-89ab-4000-8000-0123456789ab"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${value("User.Username", "carol")}${value("User.FullName", "Carol Jones")}${value("User.email", "carol@example.com")}${value("memberOf", "Support")}</saml:AttributeStatement></saml:Assertion></samlp:Response>`;
  return {
    name: "OneLogin",
    issuer,
    xml: signed(xml, "Assertion", key),
    nameId: "carol@example.com",
    attributes: { username: "User.Username", displayName: "User.FullName", email: "User.email", groups: "memberOf" },
  };
}

/** Default namespaces without prefixes, claims as addresses, groups as object ids, the assertion signed. */
function entra(key: SigningKey): SamlShape {
  const issuer = "https://sts.windows.net/01234567-89ab-4cde-8f01-23456789abcd/";
  const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
  const microsoft = "http://schemas.microsoft.com";
  const value = (name: string, ...values: readonly string[]): string =>
    `<Attribute Name="${name}">${values.map((text) => `<AttributeValue>${text}</AttributeValue>`).join("")}</Attribute>`;
  const xml = `<samlp:Response ID="_7f2d9f6e-0000-4000-8000-9c1c3f0b2d11" Version="2.0" IssueInstant="${at(0)}" Destination="${SP.acsUrl}" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><Assertion ID="_55d3b1a2-0000-4000-8000-7a4a6a2d9300" IssueInstant="${at(0)}" Version="2.0" xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Issuer>${issuer}</Issuer><Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">q7Z-carol-object</NameID><SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData NotOnOrAfter="${at(END_MS)}" Recipient="${SP.acsUrl}"/></SubjectConfirmation></Subject><Conditions NotBefore="${at(-END_MS)}" NotOnOrAfter="${at(END_MS)}"><AudienceRestriction><Audience>${SP.entityId}</Audience></AudienceRestriction></Conditions><AttributeStatement>${value(`${microsoft}/identity/claims/tenantid`, "01234567-89ab-4cde-8f01-23456789abcd")}${value(`${microsoft}/identity/claims/displayname`, "Carol Jones")}${value(`${microsoft}/ws/2008/06/identity/claims/groups`, "0a1b2c3d-0000-4000-8000-000000000001", "Support")}${value(`${claims}/emailaddress`, "carol@example.com")}${value(`${claims}/name`, "carol")}</AttributeStatement><AuthnStatement AuthnInstant="${at(-2000)}" SessionIndex="_55d3b1a2-0000-4000-8000-7a4a6a2d9300"><AuthnContext><AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion></samlp:Response>`;
  return {
    name: "Entra",
    issuer,
    xml: signed(xml, "Assertion", key, { prefix: "" }),
    nameId: "q7Z-carol-object",
    attributes: {
      username: `${claims}/name`,
      displayName: `${microsoft}/identity/claims/displayname`,
      email: `${claims}/emailaddress`,
      groups: `${microsoft}/ws/2008/06/identity/claims/groups`,
    },
  };
}

export const samlShapes = (key: SigningKey): readonly SamlShape[] => [okta(key), oneLogin(key), entra(key)];
