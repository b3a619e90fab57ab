/**
 * What people have sent to SAML service providers to become somebody else: each a message and the code it is refused by.
 * Signature wrapping 1 to 8 is of Somorovsky et al., "On Breaking SAML" (2012); the rest follows published advisories.
 */
import type { RefusalReason } from "../../providers/refusal.ts";
import {
  assertionXml,
  encrypted,
  type ForgeKeys,
  type ForgeWords,
  posted,
  responseXml,
  rightWords,
  signed,
} from "./saml-forge.ts";

export interface Attack {
  readonly name: string;
  /** base64, as posted. */
  readonly message: string;
  readonly code: RefusalReason;
}

const EVIL: Partial<ForgeWords> = { assertionId: "_evil", nameId: "admin@example.com" };

export function samlAttacks(keys: ForgeKeys): Attack[] {
  return [...wrapping(keys), ...signatures(keys), ...words(keys), ...texts(keys), ...encryption(keys)].map(
    ({ name, xml, code }) => ({ name, code, message: posted(xml) }),
  );
}

interface Raw {
  readonly name: string;
  readonly xml: string;
  readonly code: RefusalReason;
}
const of = (changes: Partial<ForgeWords> = {}): ForgeWords => ({ ...rightWords, ...changes });

/** The parts of a signed message, to be put together wrongly. */
function parts(keys: ForgeKeys, element: "Response" | "Assertion") {
  const xml = signed(responseXml(of()), element, keys.idp);
  const signature = /<ds:Signature\b[^]*?<\/ds:Signature>/u.exec(xml)![0];
  const unsigned = xml.replace(signature, "");
  const assertion = /<saml:Assertion\b[^]*<\/saml:Assertion>/u.exec(xml)![0];
  const unsignedAssertion = assertion.replace(signature, "");
  return { xml, signature, unsigned, assertion, unsignedAssertion };
}

function wrapping(keys: ForgeKeys): Raw[] {
  const evil = assertionXml(of(EVIL));
  const evilResponse = responseXml(of({ ...EVIL, responseId: "_evilResponse" }), evil);
  const r = parts(keys, "Response");
  const a = parts(keys, "Assertion");
  const into = (xml: string, tag: string, content: string): string => xml.replace(`</${tag}>`, `${content}</${tag}>`);
  const behindIssuer = (xml: string, content: string): string =>
    xml.replace("</saml:Issuer>", `</saml:Issuer>${content}`);
  const withObject = (signature: string, content: string): string =>
    into(signature, "ds:Signature", `<ds:Object>${content}</ds:Object>`);
  const evilSigned = behindIssuer(evil, a.signature);
  return [
    [
      "XSW 1: the signed response inside the signature of another",
      behindIssuer(evilResponse, into(r.signature, "ds:Signature", r.unsigned)),
      "structure.assertions",
    ],
    [
      "XSW 2: the signed response beside the signature of another",
      behindIssuer(evilResponse, r.unsigned + r.signature),
      "structure.assertions",
    ],
    ["XSW 3: another assertion before the signed one", responseXml(of(), evil + a.assertion), "structure.assertions"],
    [
      "XSW 4: the signed assertion inside another",
      responseXml(of(), into(evil, "saml:Assertion", a.assertion)),
      "structure.assertions",
    ],
    [
      "XSW 5: another assertion with the signature, the signed one behind it",
      responseXml(of(), evilSigned + a.unsignedAssertion),
      "structure.assertions",
    ],
    [
      "XSW 6: the signed assertion inside the signature of another",
      responseXml(of(), behindIssuer(evil, into(a.signature, "ds:Signature", a.unsignedAssertion))),
      "structure.assertions",
    ],
    [
      "XSW 7: another assertion in an extension",
      responseXml(of({ extension: `<samlp:Extensions>${evil}</samlp:Extensions>` }), a.assertion),
      "structure.assertions",
    ],
    [
      "XSW 8: the signed assertion in an object of another's signature",
      responseXml(of(), behindIssuer(evil, withObject(a.signature, a.unsignedAssertion))),
      "structure.assertions",
    ],
    [
      "another assertion of the signed one's id",
      responseXml(of(), assertionXml(of({ nameId: "admin@example.com" })) + a.assertion),
      "structure.ids",
    ],
    [
      "an element of the signed assertion's id",
      responseXml(of({ extension: `<samlp:Extensions ID="_assertion"/>` }), a.assertion),
      "structure.ids",
    ],
    [
      "an id by another attribute's name",
      responseXml(of({ extension: `<samlp:Extensions xml:id="_assertion"/>` }), a.assertion),
      "structure.ids",
    ],
    ["a lower-case id", responseXml(of({ extension: `<samlp:Extensions id="_x"/>` }), a.assertion), "structure.ids"],
    [
      "a signature over another element than its parent",
      responseXml(
        of({ extension: `<samlp:Extensions ID="_elsewhere"/>` }),
        a.assertion.replace('URI="#_assertion"', 'URI="#_elsewhere"'),
      ),
      "structure.signature",
    ],
    [
      "a signature over the whole document",
      responseXml(of(), a.assertion.replace('URI="#_assertion"', 'URI=""')),
      "structure.signature",
    ],
    [
      "a signature by an XPointer",
      responseXml(of(), a.assertion.replace('URI="#_assertion"', `URI="#xpointer(id('_assertion'))"`)),
      "structure.signature",
    ],
    [
      "a signature in the status",
      responseXml(of(), a.unsignedAssertion).replace("</samlp:Status>", `${a.signature}</samlp:Status>`),
      "structure.signature",
    ],
    [
      "two signatures of one assertion",
      responseXml(of(), behindIssuer(a.assertion, a.signature)),
      "structure.signature",
    ],
    [
      "a signature of another namespace",
      responseXml(of(), a.assertion.replaceAll('http://www.w3.org/2000/09/xmldsig#"', 'urn:other"')),
      "structure.signature",
    ],
    [
      "an object in the signature",
      responseXml(of(), a.assertion.replace(a.signature, withObject(a.signature, "<x/>"))),
      "structure.signature",
    ],
    [
      "two references",
      responseXml(
        of(),
        a.assertion.replace(/<ds:Reference[^]*?<\/ds:Reference>/u, (one) => one + one),
      ),
      "structure.signature",
    ],
    [
      "an assertion of another namespace",
      responseXml(of(), evil.replaceAll("urn:oasis:names:tc:SAML:2.0:assertion", "urn:other")),
      "structure.assertions",
    ],
    ["no assertion", responseXml(of(), ""), "structure.assertions"],
    [
      "two assertions, both signed",
      responseXml(of(), a.assertion + parts(keys, "Assertion").assertion.replaceAll("_assertion", "_second")),
      "structure.assertions",
    ],
    [
      "the signed assertion inside the status",
      responseXml(of(), "").replace("</samlp:Status>", `${a.assertion}</samlp:Status>`),
      "structure.assertions",
    ],
    ["another root", a.assertion, "structure.root"],
    ["SAML 1.1", a.xml.replace('Version="2.0"', 'Version="1.1"'), "structure.root"],
    ["a logout response as a response", a.xml.replaceAll("samlp:Response", "samlp:LogoutResponse"), "structure.root"],
  ].map(toRaw);
}

function signatures(keys: ForgeKeys): Raw[] {
  const a = parts(keys, "Assertion");
  const sign = (style: Parameters<typeof signed>[3], key = keys.idp): string =>
    signed(responseXml(of()), "Assertion", key, style);
  const method = (algorithm: string): string =>
    a.xml.replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", algorithm);
  const transform = (algorithm: string, content = ""): string =>
    a.xml.replace(
      /<ds:Transform Algorithm="[^"]*enveloped-signature"\/>/u,
      `<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`,
    );
  const xslt = `<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/"/></xsl:stylesheet>`;
  const digest = /<ds:DigestValue>[^<]*<\/ds:DigestValue>/u;
  return [
    ["no signature", responseXml(of()), "signature.missing"],
    ["a signature taken away", a.unsigned, "signature.missing"],
    ["signed by somebody else", sign({}, keys.stranger), "signature.wrong"],
    ["signed by somebody else, response too", signed(sign({}, keys.idp), "Response", keys.stranger), "signature.wrong"],
    ["an altered name", a.xml.replace("carol@", "admin@"), "signature.wrong"],
    ["an altered attribute", a.xml.replace(">Support<", ">Admins<"), "signature.wrong"],
    [
      "an altered digest",
      a.xml.replace(digest, `<ds:DigestValue>${Buffer.alloc(32).toString("base64")}</ds:DigestValue>`),
      "signature.wrong",
    ],
    ["an empty digest", a.xml.replace(digest, "<ds:DigestValue></ds:DigestValue>"), "signature.wrong"],
    [
      "an empty signature value",
      a.xml.replace(/<ds:SignatureValue>[^<]*</u, "<ds:SignatureValue><"),
      "signature.wrong",
    ],
    [
      "a digest with another in a child",
      a.xml.replace(digest, (one) => one.replace("</", "<x/></")),
      "signature.wrong",
    ],
    [
      "a signed response with an altered status",
      signed(responseXml(of()), "Response", keys.idp).replace('IssueInstant="', 'Consent="x" IssueInstant="'),
      "signature.wrong",
    ],
    ["SHA-1", sign({ algorithm: "http://www.w3.org/2000/09/xmldsig#rsa-sha1" }), "signature.algorithm"],
    ["a SHA-1 digest", sign({ digest: "http://www.w3.org/2000/09/xmldsig#sha1" }), "signature.algorithm"],
    [
      "HMAC with the certificate as its key",
      method("http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
      "signature.algorithm",
    ],
    ["HMAC-SHA256", method("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), "signature.algorithm"],
    ["no algorithm", method(""), "signature.algorithm"],
    ["an algorithm named __proto__", method("__proto__"), "signature.algorithm"],
    ["NA33 an XSLT transform", transform("http://www.w3.org/TR/1999/REC-xslt-19991116", xslt), "signature.algorithm"],
    [
      "an XPath transform",
      transform("http://www.w3.org/TR/1999/REC-xpath-19991116", "<XPath>//x</XPath>"),
      "signature.algorithm",
    ],
    [
      "a third transform",
      a.xml.replace(
        "</ds:Transforms>",
        `<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>`,
      ),
      "signature.algorithm",
    ],
    [
      "no transform",
      a.xml.replace(/<ds:Transforms>[^]*?<\/ds:Transforms>/u, "<ds:Transforms/>"),
      "signature.algorithm",
    ],
    [
      "canonicalization with comments",
      sign({ canonicalization: "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" }),
      "signature.algorithm",
    ],
    [
      "inclusive canonicalization",
      sign({ canonicalization: "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" }),
      "signature.algorithm",
    ],
  ].map(toRaw);
}

const NO_CONDITIONS = /<saml:Conditions [^]*?<\/saml:Conditions>/u;

function words(keys: ForgeKeys): Raw[] {
  const wrong = (changes: Partial<ForgeWords>, edit = (xml: string): string => xml): string =>
    signed(edit(responseXml(of(changes))), "Assertion", keys.idp);
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
      signed(responseXml(of({ destination: "" })), "Response", keys.idp),
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
  ].map(toRaw);
}

const LAUGHS = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`;
const FILE = `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>`;

function texts(keys: ForgeKeys): Raw[] {
  const right = signed(responseXml(of()), "Assertion", keys.idp);
  const nested = (depth: number): string => "<x>".repeat(depth) + "</x>".repeat(depth);
  const inside = (content: string): string => responseXml(of({ extension: content }));
  return [
    [
      "NA36 a comment inside the name",
      right.replace("carol@example.com", "admin@example.com<!---->.evil.example"),
      "message.declarations",
    ],
    ["a comment before the root", `<!--x-->${right}`, "message.declarations"],
    ["CDATA in the name", right.replace("carol@example.com", "<![CDATA[admin]]>"), "message.declarations"],
    ["a processing instruction in the name", right.replace("carol@", "<?x?>admin@"), "message.declarations"],
    ["a billion laughs", LAUGHS + right.replace("carol@", "&c;@"), "message.declarations"],
    ["a file by an entity", FILE + right.replace("carol@", "&f;@"), "message.declarations"],
    [
      "a DTD that defines an attribute",
      `<!DOCTYPE x [<!ATTLIST samlp:Response ID CDATA "y">]>${right}`,
      "message.declarations",
    ],
    ["41 levels", inside(nested(41)), "message.too_deep"],
    ["100,000 levels", inside(nested(30_000)), "message.too_deep"],
    ["4,000 elements too many", inside("<x/>".repeat(8001)), "message.too_many_elements"],
    ["257 KB", inside(`<x>${"a".repeat(257 << 10)}</x>`), "message.too_large"],
    ["a null character by its number", right.replace("carol@", "carol&#0;@"), "message.characters"],
    ["a control character by its number", right.replace("carol@", "carol&#x1F;@"), "message.characters"],
    ["a control character", right.replace("carol@", "carol\u0001@"), "message.characters"],
    ["two roots", right + right, "message.not_xml"],
    ["text behind the root", `${right}admin`, "message.not_xml"],
    ["a tag that does not end", right.slice(0, -3), "message.not_xml"],
    ["a < in an attribute", right.replace('Version="2.0"', 'Version="<"'), "message.not_xml"],
    ["an attribute twice", right.replace('Version="2.0"', 'Version="2.0" Version="2.0"'), "message.not_xml"],
    ["an entity nobody defined", right.replace("carol@", "&admin;@"), "message.not_xml"],
    ["text that is no XML", "admin@example.com", "message.not_xml"],
    ["nothing but spaces", "   ", "message.not_xml"],
  ].map(toRaw);
}

function encryption(keys: ForgeKeys): Raw[] {
  const assertion = signed(assertionXml(of()), "Assertion", keys.idp);
  const unsigned = assertionXml(of());
  const { certificatePem } = keys.ours;
  const wrap = (content: string, style?: Parameters<typeof encrypted>[2]): string =>
    responseXml(of(), encrypted(content, certificatePem, style));
  const flip = (bytes: Buffer): void => {
    bytes[bytes.length >> 1]! ^= 1;
  };
  return [
    ["an encrypted assertion nobody signed", wrap(unsigned), "signature.missing"],
    ["an encrypted assertion a stranger signed", wrap(signed(unsigned, "Assertion", keys.stranger)), "signature.wrong"],
    ["an altered ciphertext", wrap(assertion, { alter: flip }), "encryption.failed"],
    [
      "a ciphertext that is cut off",
      wrap(assertion).replace(
        /[A-Za-z0-9+/]{40}(=*<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedData>)/u,
        "$1",
      ),
      "encryption.failed",
    ],
    ["AES-CBC in a response nobody signed", wrap(assertion, { cipher: "aes-256-cbc" }), "encryption.algorithm"],
    ["RSA 1.5", wrap(assertion, { keyAlgorithm: "http://www.w3.org/2001/04/xmlenc#rsa-1_5" }), "encryption.algorithm"],
    [
      "Triple DES",
      wrap(assertion).replace(
        "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
      ),
      "encryption.algorithm",
    ],
    ["for another key", responseXml(of(), encrypted(assertion, keys.stranger.certificatePem)), "encryption.failed"],
    ["encrypted words that are no assertion", wrap("<x/>"), "structure.root"],
    ["an encrypted response", wrap(signed(responseXml(of()), "Assertion", keys.idp)), "structure.root"],
    ["two assertions in one ciphertext", wrap(assertion + assertion), "message.not_xml"],
    ["a DTD in the ciphertext", wrap(LAUGHS + assertion), "message.declarations"],
    [
      "another assertion around the signed one, encrypted",
      wrap(unsigned.replace("_assertion", "_evil").replace("</saml:Subject>", `</saml:Subject>${assertion}`)),
      "structure.assertions",
    ],
    [
      "an encrypted assertion beside a plain one",
      responseXml(of(), encrypted(assertion, certificatePem) + assertion),
      "structure.assertions",
    ],
  ].map(toRaw);
}

const toRaw = ([name, xml, code]: readonly string[]): Raw => ({
  name: name!,
  xml: xml!,
  code: code as RefusalReason,
});
