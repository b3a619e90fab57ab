import { type ForgeKeys, type ForgeWords, responseXml, rightWords, signed } from "../saml-forge.ts";
import { type Attack, toAttack, wordsWith } from "./attack.ts";

const NO_CONDITIONS = /<saml:Conditions [^]*?<\/saml:Conditions>/u;

/** Rightly signed, and not for us, not now, not about anybody. */
export function statements(keys: ForgeKeys): Attack[] {
  const wrong = (changes: Partial<ForgeWords>, edit = (xml: string): string => xml): string =>
    signed(edit(responseXml(wordsWith(changes))), "Assertion", keys.idp);
  const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
  return [
    ["another audience", wrong({ audience: "https://other.example.com/saml" }), "audience.wrong"],
    ["an audience that begins as ours", wrong({ audience: `${rightWords.audience}.evil.example` }), "audience.wrong"],
    [
      "no audience",
      wrong({}, (xml) => xml.replace(/<saml:AudienceRestriction>[^]*?<\/saml:AudienceRestriction>/u, "")),
      "audience.wrong",
    ],
    [
      "a second audience restriction",
      wrong({}, (xml) =>
        xml.replace(
          "</saml:Conditions>",
          "<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction></saml:Conditions>",
        ),
      ),
      "audience.wrong",
    ],
    ["another recipient", wrong({ recipient: "https://other.example.com/acs" }), "recipient.wrong"],
    ["no recipient", wrong({ recipient: "" }), "recipient.wrong"],
    ["another destination", wrong({ destination: "https://other.example.com/acs" }), "destination.wrong"],
    [
      "a signed response without a destination",
      signed(responseXml(wordsWith({ destination: "" })), "Response", keys.idp),
      "destination.wrong",
    ],
    ["another issuer", wrong({ issuer: "https://evil.example.com/entity" }), "issuer.wrong"],
    [
      "another issuer of the assertion alone",
      wrong({}, (xml) => xml.replace(/(<saml:Assertion[^]*?<saml:Issuer>)[^<]*/u, "$1https://evil.example.com")),
      "issuer.wrong",
    ],
    ["no issuer", wrong({ issuer: "" }), "issuer.wrong"],
    ["an end that is past", wrong({ notBefore: -600_000, notOnOrAfter: -120_000 }), "assertion.expired"],
    ["a begin to come", wrong({ notBefore: 120_000 }), "assertion.too_early"],
    [
      "a time that is none",
      wrong({}, (xml) => xml.replace(/NotBefore="[^"]*"/u, 'NotBefore="soon"')),
      "assertion.incomplete",
    ],
    ["no conditions", wrong({}, (xml) => xml.replace(NO_CONDITIONS, "")), "assertion.incomplete"],
    ["conditions twice", wrong({}, (xml) => xml.replace(NO_CONDITIONS, (one) => one + one)), "assertion.incomplete"],
    [
      "conditions without an end",
      wrong({}, (xml) => xml.replace(/(<saml:Conditions [^>]*?) NotOnOrAfter="[^"]*"/u, "$1")),
      "assertion.incomplete",
    ],
    [
      "no statement",
      wrong({}, (xml) => xml.replace(/<saml:AuthnStatement [^]*?<\/saml:AuthnStatement>/u, "")),
      "assertion.incomplete",
    ],
    [
      "a session that has ended",
      wrong({}, (xml) => xml.replace('SessionIndex="s1"', 'SessionNotOnOrAfter="2020-01-01T00:00:00Z"')),
      "assertion.expired",
    ],
    ["no subject", wrong({}, (xml) => xml.replace(/<saml:Subject>[^]*?<\/saml:Subject>/u, "")), "assertion.incomplete"],
    [
      "no confirmation",
      wrong({}, (xml) => xml.replace(/<saml:SubjectConfirmation [^]*?<\/saml:SubjectConfirmation>/u, "")),
      "subject.unconfirmed",
    ],
    [
      "holder of key",
      wrong({}, (xml) => xml.replace(bearer, "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key")),
      "subject.unconfirmed",
    ],
    [
      "a confirmation without an end",
      wrong({}, (xml) => xml.replace(/(<saml:SubjectConfirmationData[^>]*?) NotOnOrAfter="[^"]*"/u, "$1")),
      "subject.unconfirmed",
    ],
    [
      "a confirmation with a begin",
      wrong({}, (xml) =>
        xml.replace("<saml:SubjectConfirmationData", '<saml:SubjectConfirmationData NotBefore="2020-01-01T00:00:00Z"'),
      ),
      "subject.unconfirmed",
    ],
    ["an answer to a request nobody made", wrong({ inResponseTo: "_unknown" }), "request.unknown"],
    [
      "an answer whose response no longer says that it is one",
      wrong({ inResponseTo: "_unknown" }, (xml) => xml.replace(' InResponseTo="_unknown"', "")),
      "request.unknown",
    ],
    ["an empty name", wrong({ nameId: "" }), "name_id.missing"],
    ["a name of spaces", wrong({ nameId: "   " }), "name_id.missing"],
    ["no name", wrong({}, (xml) => xml.replace(/<saml:NameID [^]*?<\/saml:NameID>/u, "")), "name_id.missing"],
    [
      "two names",
      wrong({}, (xml) => xml.replace(/<saml:NameID [^]*?<\/saml:NameID>/u, (one) => one + one)),
      "assertion.incomplete",
    ],
    [
      "a passing name",
      wrong({}, (xml) => xml.replace("SAML:1.1:nameid-format:emailAddress", "SAML:2.0:nameid-format:transient")),
      "name_id.transient",
    ],
    ["a status that failed", wrong({ status: "urn:oasis:names:tc:SAML:2.0:status:Responder" }), "status.failed"],
    ["no status", wrong({}, (xml) => xml.replace(/<samlp:Status>[^]*?<\/samlp:Status>/u, "")), "status.failed"],
  ].map(toAttack);
}
